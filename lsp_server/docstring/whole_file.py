"""Document what a file has not documented yet: one proved edit after the other, from the last line up."""

from collections.abc import Callable
from dataclasses import dataclass

from lsp_server.cancellation import Cancellation
from lsp_server.docstring.comments import FORMS
from lsp_server.docstring.edit import CannotDocument, DocstringEdit
from lsp_server.docstring.target import DOCUMENTED_KINDS
from lsp_server.docstring.write import can_be_updated, write_docstring
from lsp_server.index.outline import Definition
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.port import Model
from lsp_server.prompting.families import Family
from lsp_server.syntax.outlining import outline
from lsp_server.text.document import Document

LANGUAGES = frozenset({"python", *FORMS})

OnStep = Callable[[int, int], None]  # how many of how many definitions were looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    before: Document
    after: str
    edits: tuple[DocstringEdit, ...]  # of `before`, in the order of the file
    names: tuple[str, ...]  # of what was documented, in the order of the file
    left_alone: tuple[str, ...]  # why, a sentence each


def document_file(
    document: Document,
    *,
    is_public_only: bool,
    may_update: bool,
    snapshot: Snapshot,
    model: Model | None,
    family: Family | None,
    cancellation: Cancellation,
    on_step: OnStep,
) -> Documented:
    """Functions, methods and classes; not what is defined inside a function, nor methods like `__repr__`.

    *may_update*: those too whose docstring no longer says what the code says. Raises Cancelled.
    """
    wanted = _wanted(document, is_public_only=is_public_only)
    text, edits, names, left_alone = document, list[DocstringEdit](), list[str](), list[str]()
    for number, it in enumerate(reversed(wanted)):
        cancellation.check()
        on_step(number, len(wanted))
        if it.doc and not (may_update and can_be_updated(document, it)):
            continue
        try:
            # What was inserted so far stands below it, so its line and offsets are still the same.
            edit = write_docstring(
                text, it.name_line, snapshot=snapshot, model=model, family=family, cancellation=cancellation
            )
        except CannotDocument as problem:
            left_alone.append(f"{document.path}:{it.name_line + 1}: {problem}")
            continue
        text = Document(path=text.path, text=edit.applied_to(text.text), language=text.language)
        edits.append(edit)
        names.append(_full_name(it))
    return Documented(
        before=document,
        after=text.text,
        edits=tuple(reversed(edits)),
        names=tuple(reversed(names)),
        left_alone=tuple(reversed(left_alone)),
    )


def _wanted(document: Document, *, is_public_only: bool) -> list[Definition]:
    definitions = outline(document).definitions
    functions = {_full_name(it) for it in definitions if it.kind in ("function", "method")}
    found = []
    for it in definitions:
        parts = [*filter(None, it.owner.split(".")), it.name]
        owners = {".".join(parts[:end]) for end in range(1, len(parts))}
        is_private = is_public_only and any(part.startswith("_") for part in parts)
        is_special = it.name.startswith("__") and it.name.endswith("__")
        if it.kind in DOCUMENTED_KINDS and not owners & functions and not is_private and not is_special:
            found.append(it)
    return sorted(found, key=lambda it: (it.name_line, it.start_line))


def _full_name(it: Definition) -> str:
    return f"{it.owner}.{it.name}" if it.owner else it.name
