"""The same evidence, told by a chat model; marked where it names what exists nowhere."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lsp_server.cancellation import Cancellation
from lsp_server.chat.port import Chat, Turn
from lsp_server.errors import ModelUnavailable
from lsp_server.explanation.problem import Evidence
from lsp_server.explanation.safe_markdown import safe
from lsp_server.explanation.scope_names import PYTHON_WORDS
from lsp_server.explanation.words import Words
from lsp_server.index.snapshot import Snapshot
from lsp_server.prompting.text import render
from lsp_server.text.secrets import redact

STORY_TOKENS = 320
EVIDENCE_SHOWN = 8
_NAMED = re.compile(r"`([A-Za-z_][\w.]*)(?:\(\))?`")
_LANGUAGE_NAMES = {
    "zh": "Chinese", "de": "German", "es": "Spanish", "fr": "French",
    "ja": "Japanese", "ko": "Korean", "pt": "Portuguese", "ru": "Russian",
}  # fmt: skip

_ANSWER_NOW = "Answer the question now, in plain words and without calling any tool."

OnText = Callable[[str], None]
# The question → what was looked up for it, as turns of the conversation.
LookAround = Callable[[Sequence[Turn], Cancellation], Sequence[Turn]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Storyteller:
    """A model that talks, and how it looks things up before, if it may."""

    chat: Chat
    look_around: LookAround | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    text: str
    seen: str  # all that the model was shown


def tell(
    storyteller: Storyteller,
    prompt: str,
    *,
    reader: str,
    cancellation: Cancellation,
    on_text: OnText,
    **holes: object,
) -> Story:
    """What the model says to prompts/*prompt*.md; texts in *holes* are shown without their secrets.

    *reader*: the language of the answer.
    Raises ModelUnavailable. A cancelled story ends where it was.
    """
    question = render(
        prompt, **{name: redact(it) if isinstance(it, str) else it for name, it in holes.items()}
    )
    if reader in _LANGUAGE_NAMES:
        question += f"\nAnswer in {_LANGUAGE_NAMES[reader]}.\n"
    turns = [Turn(role="user", content=question)]
    if storyteller.look_around is not None and storyteller.chat.may_use_tools:
        found = storyteller.look_around(turns, cancellation)
        turns += [*found, Turn(role="user", content=_ANSWER_NOW)] if found else []
    text = storyteller.chat.answer(
        turns, max_tokens=STORY_TOKENS, cancellation=cancellation, on_text=lambda text: on_text(safe(text))
    )
    return Story(text=safe(text).strip(), seen="\n".join(it.content for it in turns))


def listed(evidence: Sequence[Evidence]) -> str:
    return "\n".join(
        f"{it.place}: {it.text} ({it.why})" if it.path else it.why for it in evidence[:EVIDENCE_SHOWN]
    )


def unknown_names(story: str, snapshot: Snapshot, shown: str) -> list[str]:
    """Names that *story* puts in backticks although neither the repository nor what it was shown has them."""
    names = dict.fromkeys(_NAMED.findall(story))
    return [
        name
        for name in names
        if name.rpartition(".")[2] not in shown
        and not {*name.split(".")} & PYTHON_WORDS
        and not snapshot.definitions(name.rpartition(".")[2])
        and not snapshot.files_with(name.rpartition(".")[2])
    ]


def with_story(
    markdown: str,
    words: Words,
    storyteller: Storyteller,
    prompt: str,
    *,
    snapshot: Snapshot,
    reader: str,
    cancellation: Cancellation,
    on_text: OnText,
    own_words: str = "",
    **holes: object,
) -> str:
    """*markdown*, which stands without it, and below the story; or the sentence that says why there is none.

    *own_words*: those of *holes* that a model wrote, and that prove no name. Raises Cancelled.
    """
    head = f"{markdown}\n## {words('told')}\n\n"
    on_text(f"{head}…\n")
    try:
        story = tell(
            storyteller, prompt, reader=words.language if reader == "auto" else reader,
            cancellation=cancellation, on_text=lambda text: on_text(head + text), **holes,
        )  # fmt: skip
    except ModelUnavailable as problem:
        return f"{markdown}\n*{safe(words('not_told', why=f'{problem} {problem.hint}'))}*\n"
    cancellation.check()
    if not story.text:
        return markdown
    notes = [f"*{words('told_note', model=safe(storyteller.chat.name))}*"]
    seen = story.seen.replace(own_words, "") if own_words else story.seen
    missing = unknown_names(story.text, snapshot, seen)
    if missing:
        notes.insert(0, f"**{words('unsure', names=', '.join(f'`{name}`' for name in missing))}**")
    return head + story.text + "\n\n" + "\n\n".join(notes) + "\n"
