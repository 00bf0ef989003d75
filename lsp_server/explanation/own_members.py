"""Names that a method knows only through `self` or `this`, and `self` where no parameter is called so."""

import re
from collections.abc import Callable, Iterator

from lsp_server.explanation.problem import Evidence
from lsp_server.explanation.words import Words
from lsp_server.index.outline import Definition
from lsp_server.syntax.outlining import outline
from lsp_server.text.document import Document

SELF = ("self", "cls")
ME = {
    "python": "self",
    "rust": "self",
    "typescript": "this",
    "tsx": "this",
    "javascript": "this",
    "php": "$this",
}
READ = 0.96
CERTAIN = 0.99  # the very name exists: no near miss is as likely

MembersOf = Callable[[str], list[Definition]]


def own_members(
    document: Document, line: int, name: str, members_of: MembersOf, words: Words
) -> Iterator[Evidence]:
    """The member *name* of the class around 0-based *line*, or the method that lacks its `self`."""
    if document.language not in ME:
        return
    around = [it for it in outline(document).definitions if it.start_line <= line <= it.end_line]
    functions = [it for it in around if it.kind in ("function", "method")]
    classes = [it for it in around if it.kind == "class"]
    if name in SELF and functions and document.language == "python":
        [*_, function] = functions
        yield Evidence(
            path=document.path, line=function.name_line, text=_first_line(function),
            why=words("lacks_self", name=name, function=function.name), weight=CERTAIN, role="lacks_self",
            name=function.name,
        )  # fmt: skip
        return
    owner = _owner(functions, classes)
    if not owner:
        return
    why = words("own_member", name=name, owner=owner, me=me_of(document.language))
    # In Rust a call without a dot may be of a trait's or of another type's: only its own impl counts.
    for it in members_of(owner):
        if it.name == name and it not in functions[-1:]:
            yield Evidence(
                path=it.path, line=it.name_line, text=_first_line(it), why=why, weight=CERTAIN,
                role="own_member", name=name,
            )  # fmt: skip
            return
    if classes and document.language == "python":
        yield from _assigned(document, classes[-1], name, why)


def me_of(language: str) -> str:
    return ME.get(language, "self")


def _owner(functions: list[Definition], classes: list[Definition]) -> str:
    if not functions:
        return ""
    return classes[-1].name if classes else functions[-1].owner.rpartition(".")[2]


def _assigned(document: Document, owner: Definition, name: str, why: str) -> Iterator[Evidence]:
    """Where `self` is given it, or, of a base that is not in the repository, where it is read from `self`."""
    used = re.compile(rf"\bself\.{re.escape(name)}\b(?P<given>\s*(?::[^=\n]+)?=(?!=))?")
    lines = range(owner.start_line, min(owner.end_line, document.line_count - 1) + 1)
    found = [(number, match) for number in lines if (match := used.search(document.line_text(number)))]
    found.sort(key=lambda it: it[1]["given"] is None)
    for number, match in found[:1]:
        yield Evidence(
            path=document.path, line=number, text=document.line_text(number).strip(), why=why,
            weight=CERTAIN if match["given"] else READ, role="own_member", name=name,
        )  # fmt: skip


def _first_line(definition: Definition) -> str:
    return definition.signature.split("\n")[0] if definition.signature else definition.name
