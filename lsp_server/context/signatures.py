"""Show signatures of one file as a reader of that file would: members indented under their class."""

from collections.abc import Sequence

from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition

_INDENT = "    "
_LINES_MAX = 4  # of one signature


def signature_text(snapshot: Snapshot, path: str, definitions: Sequence[Definition]) -> str:
    """The signatures of *definitions*, all of the file at *path*, in source order."""
    lines: list[str] = []
    shown: set[str] = set()
    for it in sorted(definitions, key=lambda it: (it.name_line, it.name)):
        depth = 0
        header = owner_definition(snapshot, it)
        if header is not None:
            depth = 1
            if header.signature not in shown:
                shown.add(header.signature)
                lines += _shown(header, 0)
        if it.signature in shown:
            continue
        shown.add(it.signature)
        lines += _shown(it, depth)
    return "\n".join(lines)


def owner_definition(snapshot: Snapshot, definition: Definition) -> Definition | None:
    """The class or module around *definition*, if its header is needed to read it."""
    owner = definition.owner.rpartition(".")[2]
    if not owner or definition.signature.startswith("func ("):  # a Go method names its receiver itself
        return None
    return next(
        (
            it
            for it in snapshot.definitions(owner)
            if it.path == definition.path
            and it.kind in ("class", "type", "module")
            and it.signature != definition.signature
        ),
        None,
    )


def _shown(definition: Definition, depth: int) -> list[str]:
    return [_INDENT * depth + line for line in definition.signature.split("\n")[:_LINES_MAX]]
