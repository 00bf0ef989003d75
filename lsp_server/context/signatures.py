"""Show signatures of one file as a reader of that file would: members indented under their class.

`...` stands where something was left out.
"""

from collections.abc import Collection, Sequence

from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import LANGUAGES, language_of
from lsp_server.syntax.outline import Definition

_INDENT = "    "
_LINES_MAX = 4  # of one signature
_LEFT_OUT = "..."
_OWNERS = ("class", "type", "module")


def signature_text(
    snapshot: Snapshot, definitions: Sequence[Definition], documented: Collection[Definition] = ()
) -> str:
    """The signatures of *definitions*, all of one file, in source order; some with a line on what they do."""
    lines: list[str] = []
    shown: set[str] = set()
    last_line = 0  # of the file, that is shown
    owners: dict[str, list[Definition]] = {}
    for it in sorted(definitions, key=lambda it: (it.name_line, it.name)):
        header = _owner_definition(snapshot, it, owners)
        if header is not None and header.signature not in shown:
            shown.add(header.signature)
            lines += _signature(header, 0)
            last_line = _end_of(header)
        if it.signature in shown:
            continue
        shown.add(it.signature)
        depth = 0 if header is None else 1
        if header is not None and it.name_line > last_line + 1:
            lines.append(_INDENT + _LEFT_OUT)
        lines += _signature(it, depth)
        if it.doc and it in documented:
            lines.append(_INDENT * (depth + 1) + comment_of(it))
        last_line = _end_of(it)
    return "\n".join(lines)


def _owner_definition(
    snapshot: Snapshot, definition: Definition, owners: dict[str, list[Definition]]
) -> Definition | None:
    """The class or module around *definition*, if its header is needed to read it.

    *owners* has those of the file that were asked for, by name.
    """
    owner = definition.owner.rpartition(".")[2]
    if not owner or definition.signature.startswith("func ("):  # a Go method names its receiver itself
        return None
    called_so = owners.get(owner)
    if called_so is None:
        found = snapshot.names.definitions_in(definition.path, owner)
        called_so = owners[owner] = [it for it in found if it.kind in _OWNERS]
    return next((it for it in called_so if it.signature != definition.signature), None)


def _signature(definition: Definition, depth: int) -> list[str]:
    return [_INDENT * depth + line for line in definition.signature.split("\n")[:_LINES_MAX]]


def _end_of(definition: Definition) -> int:
    return definition.name_line + definition.signature.count("\n")


def comment_of(definition: Definition) -> str:
    language = language_of(definition.path)
    if language == "python":
        return f'"""{definition.doc}"""'
    return f"{LANGUAGES[language].line_comment or '#'} {definition.doc}"
