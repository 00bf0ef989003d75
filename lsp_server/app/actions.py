"""What a person asks for by name, each from the core's parts: see the context, explain, write a docstring."""

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from lsp_server.app.loaded_model import LoadedModel
from lsp_server.cancellation import Cancellation
from lsp_server.completion.limits import visible_automatically
from lsp_server.context.gather import gather
from lsp_server.context.recent import Recent
from lsp_server.context.snippet import Snippet
from lsp_server.docstring.edit import CannotDocument, DocstringEdit
from lsp_server.docstring.target import definition_at, is_head
from lsp_server.docstring.whole_file import document_file
from lsp_server.docstring.write import can_be_updated, write_docstring
from lsp_server.editor.services import Answer, OnText, Problem, Replacement
from lsp_server.explanation import problem as explained
from lsp_server.explanation.ask import ask
from lsp_server.explanation.edits import Edits
from lsp_server.explanation.explain import explain_problem, explain_traceback
from lsp_server.explanation.explain_code import explain_code
from lsp_server.explanation.places import places_in
from lsp_server.explanation.safe_markdown import fenced, one_line, safe
from lsp_server.explanation.story import Storyteller
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

CHARACTERS_PER_TOKEN = 3.5  # only for sizes that are shown when no model can count
PATH_MAX_CHARACTERS = 300


def show_context(
    snapshot: Snapshot,
    document: Document,
    offset: int,
    loaded: LoadedModel | None,
    *,
    budget_tokens: int,
    exclude: Sequence[str],
    recent: Recent,
) -> Answer:
    """What a model would be shown of the repository at *offset*, and why, as Markdown."""
    count = loaded.model.count_tokens if loaded is not None else _estimated_tokens
    snippets = gather(
        snapshot, document, offset,
        budget_tokens=budget_tokens, count_tokens=count, exclude=exclude, recent=recent,
        visible=visible_automatically(document, offset),
    )  # fmt: skip
    line = document.line_of(offset) + 1
    used = sum(count([snippet.text for snippet in snippets])) if snippets else 0
    counted = "tokens" if loaded is not None else "tokens (estimated, no model is loaded)"
    lines = [
        f"# What Kibitz sees at {_named(document.path)}:{line}",
        "",
        f"{len(snippets)} pieces of the repository, {used} of {budget_tokens} {counted}, in the order of "
        "the prompt. The text around the cursor follows them.",
    ]
    if not snippets:
        lines += ["", "Nothing else in this repository seems to help here."]
    if not snapshot.is_complete:
        lines += ["", "The repository is still being read; more may follow."]
    for snippet in snippets:
        lines += _shown(snippet)
    return Answer(title="What Kibitz sees here", markdown="\n".join(lines) + "\n")


def explain(
    snapshot: Snapshot,
    document: Document,
    problem: Problem,
    teller: Storyteller | None,
    language: str,
    *,
    cancellation: Cancellation,
    on_text: OnText,
    edits: Edits,
) -> Answer:
    explanation = explain_problem(
        core_problem(problem),
        document,
        snapshot=snapshot,
        storyteller=teller,
        language=language,
        cancellation=cancellation,
        on_text=on_text,
        edits=edits,
    )
    return _answer(explanation, snapshot)


def explain_piece(
    snapshot: Snapshot,
    document: Document,
    start: int,
    end: int,
    teller: Storyteller | None,
    language: str,
    *,
    cancellation: Cancellation,
    on_text: OnText,
) -> Answer:
    explanation = explain_code(
        document, start, end, snapshot=snapshot, storyteller=teller, language=language,
        cancellation=cancellation, on_text=on_text,
    )  # fmt: skip
    return _answer(explanation, snapshot)


def explain_output(
    snapshot: Snapshot,
    text: str,
    read: Callable[[str], Document | None],
    teller: Storyteller | None,
    language: str,
    *,
    cancellation: Cancellation,
    on_text: OnText,
    edits: Edits,
) -> Answer:
    explanation = explain_traceback(
        text, snapshot=snapshot, read=read, storyteller=teller, language=language,
        cancellation=cancellation, on_text=on_text, edits=edits,
    )  # fmt: skip
    return _answer(explanation, snapshot)


def asked(
    snapshot: Snapshot,
    question: str,
    teller: Storyteller | None,
    language: str,
    *,
    cancellation: Cancellation,
    on_text: OnText,
) -> Answer:
    explanation = ask(
        question, snapshot=snapshot, storyteller=teller, language=language,
        cancellation=cancellation, on_text=on_text,
    )  # fmt: skip
    return _answer(explanation, snapshot)


def _answer(explanation: explained.Explanation, snapshot: Snapshot) -> Answer:
    markdown = explanation.markdown
    return Answer(title=explanation.title, markdown=markdown, places=places_in(markdown, snapshot))


def core_problem(problem: Problem) -> explained.Problem:
    return explained.Problem(
        message=problem.message,
        start=problem.start,
        end=problem.end,
        source=problem.source,
        code=problem.code,
        related=tuple(
            explained.Related(path=it.path, line=it.line, message=it.message) for it in problem.related
        ),
    )


def docstring_offer(document: Document, line: int) -> str:
    """What can be done in the head of the definition at *line*; "" for nothing."""
    try:
        definition = definition_at(document, line)
    except CannotDocument:
        return ""
    if not is_head(definition, line):
        return ""
    if not definition.doc:
        return "Write docstring"
    return "Update docstring" if can_be_updated(document, definition) else ""


def docstring_edit(
    snapshot: Snapshot,
    document: Document,
    line: int,
    loaded: LoadedModel | None,
    *,
    cancellation: Cancellation,
) -> DocstringEdit:
    return write_docstring(
        document,
        line,
        snapshot=snapshot,
        model=None if loaded is None else loaded.model,
        family=None if loaded is None else loaded.family,
        cancellation=cancellation,
    )


def docstring(
    snapshot: Snapshot,
    document: Document,
    line: int,
    loaded: LoadedModel | None,
    *,
    cancellation: Cancellation,
) -> list[Replacement]:
    edit = docstring_edit(snapshot, document, line, loaded, cancellation=cancellation)
    return [Replacement(start=edit.offset, end=edit.end_offset, text=edit.text)]


def document_whole(
    snapshot: Snapshot,
    document: Document,
    loaded: LoadedModel | None,
    *,
    cancellation: Cancellation,
    on_step: Callable[[int, int], None],
) -> list[Replacement]:
    try:
        done = document_file(
            document,
            is_public_only=True,
            may_update=False,
            snapshot=snapshot,
            model=None if loaded is None else loaded.model,
            family=None if loaded is None else loaded.family,
            cancellation=cancellation,
            on_step=on_step,
        )
    finally:
        on_step(1, 1)
    return [Replacement(start=it.offset, end=it.end_offset, text=it.text) for it in done.edits]


def _shown(snippet: Snippet) -> list[str]:
    suffix = PurePosixPath(snippet.path).suffix.removeprefix(".")
    return [
        "",
        f"## {_named(snippet.path)}:{snippet.start_line + 1}-{snippet.end_line + 1}",
        "",
        f"{safe(snippet.reason)} (score {snippet.score:.2f})",
        "",
        fenced(snippet.text, suffix if suffix.isalnum() else ""),
    ]


def _named(path: str) -> str:
    """A repository may name its files as it likes; here they are names and nothing else."""
    return safe(one_line(path, PATH_MAX_CHARACTERS))


def _estimated_tokens(texts: Sequence[str]) -> list[int]:
    return [int(len(text) / CHARACTERS_PER_TOKEN) + 1 for text in texts]
