"""Names that a Python method knows only through `self`, and `self` where no parameter is called so."""

import re
from collections.abc import Callable, Iterator

from lsp_server.explanation.problem import Evidence
from lsp_server.explanation.words import Words
from lsp_server.index.outline import Definition
from lsp_server.syntax.outlining import outline
from lsp_server.text.document import Document

SELF = ("self", "cls")
CERTAIN = 0.99  # the very name exists: no near miss is as likely

MembersOf = Callable[[str], list[Definition]]


def own_members(
    document: Document, line: int, name: str, members_of: MembersOf, words: Words
) -> Iterator[Evidence]:
    """The member *name* of the class around 0-based *line*, or the method that lacks its `self`."""
    if document.language != "python":
        return
    around = [it for it in outline(document).definitions if it.start_line <= line <= it.end_line]
    functions = [it for it in around if it.kind in ("function", "method")]
    classes = [it for it in around if it.kind == "class"]
    if name in SELF and functions:
        [*_, function] = functions
        yield Evidence(
            path=document.path, line=function.name_line, text=_first_line(function),
            why=words("lacks_self", name=name, function=function.name), weight=CERTAIN, role="lacks_self",
            name=function.name,
        )  # fmt: skip
    elif classes and functions:
        [*_, owner] = classes
        why = words("own_member", name=name, owner=owner.name)
        for it in members_of(owner.name):
            if it.name == name:
                yield Evidence(
                    path=it.path, line=it.name_line, text=_first_line(it), why=why, weight=CERTAIN,
                    role="own_member", name=name,
                )  # fmt: skip
                return
        assigned = re.compile(rf"\bself\.{re.escape(name)}\b\s*(?::[^=\n]+)?=(?!=)")
        for number in range(owner.start_line, min(owner.end_line, document.line_count - 1) + 1):
            if assigned.search(document.line_text(number)):
                yield Evidence(
                    path=document.path, line=number, text=document.line_text(number).strip(), why=why,
                    weight=CERTAIN, role="own_member", name=name,
                )  # fmt: skip
                return


def _first_line(definition: Definition) -> str:
    return definition.signature.split("\n")[0] if definition.signature else definition.name
