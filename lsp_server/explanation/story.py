"""The same evidence, told by a chat model; marked where it names what exists nowhere."""

import re
from collections.abc import Callable, Sequence

from lsp_server.cancellation import Cancellation
from lsp_server.explanation.problem import Evidence
from lsp_server.explanation.safe_markdown import safe
from lsp_server.explanation.scope_names import PYTHON_WORDS
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.port import GenerationRequest, Model, Priority
from lsp_server.prompting.chat import ChatFamily, Message, chat_pieces
from lsp_server.prompting.text import render
from lsp_server.text.document import Document
from lsp_server.text.secrets import redact

STORY_TOKENS = 320
EVIDENCE_SHOWN = 8
_NAMED = re.compile(r"`([A-Za-z_][\w.]*)(?:\(\))?`")
_LANGUAGE_NAMES = {
    "zh": "Chinese", "de": "German", "es": "Spanish", "fr": "French",
    "ja": "Japanese", "ko": "Korean", "pt": "Portuguese", "ru": "Russian",
}  # fmt: skip

OnText = Callable[[str], None]


def tell(
    model: Model,
    family: ChatFamily,
    *,
    document: Document,
    line: int,
    message: str,
    code: str,
    evidence: Sequence[Evidence],
    language: str,
    cancellation: Cancellation,
    on_text: OnText,
) -> str:
    """Raises ModelUnavailable. A cancelled story ends where it was."""
    known = "\n".join(
        f"{it.place}: {it.text} ({it.why})" if it.path else it.why for it in evidence[:EVIDENCE_SHOWN]
    )
    request = render(
        "explain_error",
        language=document.language, path=document.path, line=line + 1,
        message=redact(message), code=redact(code), evidence=redact(known),
    )  # fmt: skip
    if language in _LANGUAGE_NAMES:
        request += f"\nAnswer in {_LANGUAGE_NAMES[language]}.\n"

    def show(text: str) -> bool:
        on_text(safe(text))
        return True

    generation = model.generate(
        GenerationRequest(
            pieces=chat_pieces(family, [Message(role="user", content=request)]),
            max_tokens=STORY_TOKENS,
            priority=Priority.ACTION,
            stop_tokens=family.end_tokens,
            min_tokens=1,
        ),
        cancellation,
        show,
    )
    return safe(generation.text).strip()


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
