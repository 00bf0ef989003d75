"""What is to be explained, what is known about it, and what is said."""

from dataclasses import dataclass
from typing import Literal

from lsp_server.index.outline import Definition

# near: another name that may have been meant; import: where the missing name is defined. The language's
# own names, builtin and stdlib, have no place: their path is "".
# imported_so: another file imports that name so; related: the tool itself points there.
# frame: of a traceback, in the repository; same: another place with the same problem.
# edited: changed in the editor lately, with what stood there before.
# own_member: reached through `self` only; lacks_self: the method without that parameter.
Role = Literal[
    "near",
    "import",
    "definition",
    "elsewhere",
    "builtin",
    "stdlib",
    "own_member",
    "lacks_self",
    "unused",
    "suggested",
    "imported_so",
    "related",
    "edited",
    "frame",
    "same",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another place that the tool itself points at: a declaration, where a value was moved."""

    path: str  # POSIX, relative to the repository's root
    line: int  # 0-based
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What any tool says is wrong with a piece of a document; offsets are code points."""

    message: str
    start: int
    end: int
    source: str = ""  # "pyright", "rustc", …
    code: str = ""
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that was looked up, not guessed."""

    path: str
    line: int  # 0-based
    text: str  # one line of source, or a signature
    why: str  # for a person, in the reader's language
    weight: float  # compares pieces of one explanation; for a near miss its likeness, 0 to 1
    role: Role
    name: str  # the symbol it is about

    @property
    def place(self) -> str:
        """`path:line` as editors and terminals understand it; "" for what has no place."""
        return f"{self.path}:{self.line + 1}" if self.path else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    title: str
    markdown: str
    evidence: tuple[Evidence, ...]


def evidence_of(definition: Definition, why: str, weight: float, role: Role = "definition") -> Evidence:
    """The place of a definition, with the first line of its signature."""
    return Evidence(
        path=definition.path,
        line=definition.name_line,
        text=definition.signature.split("\n")[0] if definition.signature else definition.name,
        why=why,
        weight=weight,
        role=role,
        name=definition.name,
    )
