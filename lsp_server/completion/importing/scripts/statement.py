"""An import statement of JavaScript or TypeScript as far as it is written."""

import re
from dataclasses import dataclass
from typing import Literal

from lsp_server.text.document import Document

_NAMES = re.compile(r"\s*import\s+(?P<type>type\s+)?(?:\w+\s*,\s*)?\{(?P<inside>[^{}\"';]*)$")
_MODULE = re.compile(
    r"\s*import\s+(?P<type>type\s+)?(?P<what>[\w$*{}, ]+?)\s+from"
    r"(?:(?P<gap>\s*)|\s+(?P<quote>[\"'])(?P<typed>[^\"']*))$"
)
_BARE = re.compile(r"\s*import\s+(?P<type>type\s+)?$")
_BEHIND_NAMES = re.compile(
    r"\s*(?P<brace>\}?)\s*(?:from\s*(?P<quote>[\"'])(?P<module>[^\"']+)(?P=quote)\s*;?)?\s*$"
)
_BEHIND_MODULE = re.compile(r"(?P<quote>[\"']?)(?P<end>;?)\s*$")
_SPECIFIER = re.compile(r"(?:type\s+)?(?P<there>[\w$]+)(?:\s+as\s+(?P<here>[\w$]+))?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """*typed* is the beginning of the word at the cursor: of a name, or of a module."""

    asks: Literal["statement", "names", "module"]
    line: int  # 0-based
    is_type: bool = False  # says `import type`
    module: str = ""  # of the names, where it is written behind the cursor already
    done: tuple[tuple[str, str], ...] = ()  # (there, here); there is "default" and "*" for the other forms
    typed: str = ""
    lead: str = ""  # what has to be written before the first name, or before the module
    quote: str = ""  # that was opened
    behind: str = ""  # what stands behind the cursor and is a part of the statement
    is_begun: bool = False  # `import ` is there


def statement_at(document: Document, offset: int) -> Statement | None:
    """The import statement that is written at *offset*; None where none is, or none may begin."""
    line = document.line_of(offset)
    whole = document.line_text(line)
    before = whole[: offset - document.line_starts[line]]
    behind = whole[len(before) :]
    if not whole:
        return Statement(asks="statement", line=line)
    if (match := _BARE.fullmatch(before)) and not behind.strip():
        return Statement(asks="statement", line=line, is_begun=True, is_type=bool(match["type"]))
    if match := _NAMES.fullmatch(before):
        after = _BEHIND_NAMES.fullmatch(behind)
        if after is None:
            return None
        done, _, typed = match["inside"].rpartition(",")
        if " as " in typed or not re.fullmatch(r"\s*(?:type\s+)?[\w$]*", typed):
            return None
        typed = typed.strip().removeprefix("type ").strip()
        return Statement(
            asks="names", line=line, is_type=bool(match["type"]), module=after["module"] or "", typed=typed,
            done=_specifiers(done), lead="" if typed or before[-1].isspace() else " ", behind=behind,
        )  # fmt: skip
    if match := _MODULE.fullmatch(before):
        after = _BEHIND_MODULE.fullmatch(behind)
        if after is None:
            return None
        return Statement(
            asks="module", line=line, is_type=bool(match["type"]), done=_what(match["what"]),
            typed=match["typed"] or "", lead="" if match["quote"] or match["gap"] else " ",
            quote=match["quote"] or "", behind=behind,
        )  # fmt: skip
    return None


def _specifiers(text: str) -> tuple[tuple[str, str], ...]:
    found = (_SPECIFIER.match(it.strip()) for it in text.split(","))
    return tuple((it["there"], it["here"] or it["there"]) for it in found if it is not None)


def _what(text: str) -> tuple[tuple[str, str], ...]:
    """`a, { b as c }` → (default, a), (b, c)."""
    plain, brace, listed = text.partition("{")
    found = _specifiers(listed.rstrip(" }")) if brace else ()
    name = plain.strip(" ,")
    if name.startswith("*"):
        return (("*", name.rpartition(" ")[2]), *found)
    return (("default", name), *found) if name else found
