"""A question in free words: what the repository has under those words, and the story of a model that talks.

A question that names nothing is not guessed at: it is answered with a question.
"""

import re
from collections.abc import Callable

from lsp_server.cancellation import Cancellation
from lsp_server.explanation.problem import Evidence, Explanation
from lsp_server.explanation.safe_markdown import code, one_line, safe
from lsp_server.explanation.story import Storyteller, listed, with_story
from lsp_server.explanation.words import Words, words_for
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition
from lsp_server.text.lines import lines_of
from lsp_server.text.secrets import redact
from lsp_server.text.words import words as word_list

FOUND_MAX = 8
QUESTION_MAX = 2_000  # characters
WHY_SHOWN = 160  # characters
STEM = 5  # letters that two forms of a word usually share
WORTH_SHOWING = 0.3  # of the best

OnText = Callable[[str], None]

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# They say that something is wanted, and not of what.
_SAY_NOTHING = word_list("""
    a about again all an and any anything are around at be better bit bug bugs can change check clean
    code codebase could describe do does done error errors everything explain file files fix fixed for
    function functions get give good had handle happen happens has have help here how i if improve in is
    issue it its just know let like look make me more my need new nice nicer now of on one optimise
    optimize or our out over please problem program project properly question read refactor repo
    repository review rewrite run see should show so some something stuff tell that the their them then
    there these they thing things this those to try understand up us use used uses using want was way we
    were what when where which who why will with work works would write wrong you your
""")


def ask(
    question: str,
    *,
    snapshot: Snapshot,
    storyteller: Storyteller | None,
    language: str,
    cancellation: Cancellation,
    on_text: OnText,
) -> Explanation:
    """Raises Cancelled."""
    words = words_for(language)
    asked = question.strip()[:QUESTION_MAX]
    title = one_line(asked, 80) or words("ask_nothing")
    head = f"# {safe(title)}\n\n"
    if names_nothing(asked):
        return Explanation(title=title, markdown=head + words("ask_back") + "\n", evidence=())
    evidence = _found(snapshot, asked, words)
    cancellation.check()
    rows = [
        f"- `{one_line(it.place, 300)}` {code(it.text)} — {safe(one_line(it.why, WHY_SHOWN))}"
        for it in evidence
    ]
    listed_rows = "\n".join(rows) if rows else words("ask_not_found")
    markdown = f"{head}## {words('ask_found')}\n\n{listed_rows}\n"
    if not snapshot.is_complete:
        markdown += f"\n*{words('ask_not_read')}*\n"
    on_text(markdown)
    if storyteller is not None:
        markdown = with_story(
            markdown, words, storyteller, "ask", snapshot=snapshot, reader=language,
            cancellation=cancellation, on_text=on_text, question=asked, evidence=listed(evidence),
        )  # fmt: skip
    return Explanation(title=title, markdown=markdown, evidence=evidence)


def names_nothing(question: str) -> bool:
    """Whether it says neither what it is about nor where: "do something with this"."""
    return not _meaningful(question) and not _CHINESE.search(question)


def _meaningful(question: str) -> list[str]:
    return [it for it in _IDENTIFIER.findall(question) if it.lower() not in _SAY_NOTHING and len(it) > 1]


def _found(snapshot: Snapshot, question: str, words: Words) -> tuple[Evidence, ...]:
    """Definitions whose names, or the first lines of whose documentation, say the question's words."""
    names = _meaningful(question)
    stems = {_stem(part) for name in names for part in _PART.findall(name)}
    exact = {name.lower() for name in names}
    scored: list[tuple[float, Definition]] = []
    for outline in snapshot.outlines.values():
        for it in outline.definitions:
            own = {_stem(part) for part in _PART.findall(it.name)}
            told = {_stem(part) for part in _PART.findall(it.doc)} if it.doc else set[str]()
            score = 3.0 * (it.name.lower() in exact) + len(stems & own) ** 1.5 / (1 + 0.2 * len(own))
            score += 0.4 * len(stems & (told - own))
            if score > 0:
                scored.append((score * (0.5 if it.kind in ("field", "variable") else 1.0), it))
    scored.sort(key=lambda it: (-it[0], it[1].path, it[1].name_line))
    return tuple(
        Evidence(
            path=it.path, line=it.name_line, text=redact(_signature(it)), why=redact(it.doc) or it.kind,
            weight=score, role="definition", name=it.name,
        )
        for score, it in scored[:FOUND_MAX]
        if score >= WORTH_SHOWING * scored[0][0]
    )  # fmt: skip


def _stem(word: str) -> str:
    word = word.lower()
    return (word[:-1] if word.endswith("s") and len(word) > 3 else word)[:STEM]


def _signature(it: Definition) -> str:
    text = " ".join(part.strip() for part in lines_of(it.signature or it.name))
    return f"{it.owner}: {text}" if it.owner else text
