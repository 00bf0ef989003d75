"""A suggestion in Python calls nothing by a name that is bound nowhere it could be seen from.

Small models copy a line from the next function together with that function's variables: sound to a parser,
wrong to a person. As in JetBrains' full line completion (Semenkin et al. 2024), what refers to nothing is
not shown. Told by words and indentation, since the text is half-typed as a rule, and in doubt a name is
known: it stands somewhere in the enclosing function, or outside of all functions, or Python has it.
"""

import builtins
import keyword
import re
from collections import defaultdict
from functools import lru_cache

from lsp_server.postprocess.pipeline import Cleaned, clean
from lsp_server.postprocess.site import Site, indent_of, site_of
from lsp_server.text.document import Document

_ALWAYS_KNOWN = frozenset(
    (*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "_", "display", "get_ipython", "reveal_type")
)
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_STRING_OR_COMMENT = re.compile(
    r"(?P<prefix>\b[rbuft]{1,2})?(?:(?P<long>\"{3}|'{3}).*?(?:(?P=long)|\Z)"
    r"|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?)|#[^\n]*",
    re.S | re.I,
)
_FIELD = re.compile(r"\{\{|\{(?P<expression>[^{}!:]*)")  # of an f-string
_BINDING = re.compile(
    r"\bfor\b(?P<loop>[^\n]*?)\bin\b"
    r"|\bas\s+(?P<alias>\w+|\([^)\n]*\))"
    r"|\blambda\b(?P<arguments>[^:\n]*):"
    r"|^[ \t]*class\s+(?P<class>\w+)"
    r"|^[ \t]*(?:async\s+)?def\s+(?P<header>[^(\n]*(?:\([^)]*\)?)?)"
    r"|^[ \t]*(?:import|from|case|global|nonlocal|type)\b(?P<statement>[^(\n]*(?:\([^)]*\)?)?[^\n]*)"
    r"|^[ \t]*(?P<targets>[(\[]?\w[\w ,*]*[)\]]?)\s*=(?!=)"
    r"|(?:^|[,(])[ \t]*\**(?P<annotated>\w+)\s*:"
    r"|(?<![\w.])(?P<name>\w+)\s*(?::[^=\n]*)?:?=(?!=)",  # a keyword argument, too: it names nothing of ours
    re.M,
)
_PARAMETER = re.compile(r"(?:^|[,(\[])\s*\**(\w+)")
_WORD = re.compile(r"[A-Za-z_]\w*")
_FROM = re.compile(r"\s*from\s+\S+\s+import\b")
_STAR_IMPORT = re.compile(r"^\s*from\s+\S+\s+import\s+\*", re.M)
_FUNCTION = re.compile(r"[ \t]*(?:async\s+)?def\b")
_HEADER = re.compile(r"[ \t]*(?:(?:async\s+)?def|class)\s+(\w+)")


def without_unknown_names(cleaned: Cleaned, document: Document, offset: int, *, max_lines: int) -> Cleaned:
    """The lines of *cleaned*, which `clean` made for *offset*, before the first with such a name."""
    if document.language != "python" or not cleaned.text:
        return cleaned
    site = site_of(document, offset, max_lines=max_lines)
    lines = cleaned.text.replace("\r\n", "\n").split("\n")
    count = _lines_known(lines, site)
    if count == len(lines):
        return cleaned
    shorter = clean("\n".join(lines[:count]), document, offset, max_lines=max_lines)
    if not shorter.text.strip():
        return Cleaned(text="", replace_end_offset=offset, dropped_by=without_unknown_names.__name__)
    return shorter


def _lines_known(lines: list[str], site: Site) -> int:
    """How many of *lines* come before the first that uses an unknown name."""
    if not site.lexical.is_code or _binds_here(site) or _imports_all(site):
        return len(lines)
    prefix = site.line_prefix
    code = _STRING_OR_COMMENT.sub(_blank, prefix + "\n".join(lines))
    bound = _bound_in(code)
    for match in _NAME.finditer(code):
        name = match.group()
        if match.end() <= len(prefix) or name in _ALWAYS_KNOWN or name.startswith("__"):
            continue
        if any(start <= match.start() < end for start, end in bound.get(name, ())):
            continue
        if not _is_known(name, lines, site):
            return code.count("\n", 0, match.start())
    return len(lines)


def _binds_here(site: Site) -> bool:
    """The cursor is between the brackets of parameters or imported names, which began on a line above."""
    if not site.line_lexical.depth:
        return False
    width = site.width(site.line_prefix + "x")
    opener = next((it for it in reversed(site.lines_above) if it.strip() and site.width(it) < width), "")
    return re.match(r"\s*(?:async\s+def|def|class|from|import)\b", opener) is not None


def _imports_all(site: Site) -> bool:
    return bool(_STAR_IMPORT.search(site.before) or _STAR_IMPORT.search(site.after))


def _is_known(name: str, lines: list[str], site: Site) -> bool:
    word = re.compile(rf"(?<![\w.]){name}\b")
    if word.search(f"{site.line_prefix} {site.line_suffix}"):
        return True
    first = next((it for it in lines if it.strip()), "")
    around = _STRING_OR_COMMENT.sub(_blank, _around(site, indent_of(site.line_prefix or first)))
    above = site.before[: len(site.before) - len(site.line_prefix)]
    below = site.after[len(site.line_suffix) :]
    return bool(word.search(around)) or name in _outside_functions(above, below)


def _around(site: Site, indent: str) -> str:
    """From the start of the outermost function around the cursor, else of the outermost class, to its line.

    What comes below binds nothing yet, but in closures and loops that are rarely written that way round.
    """
    above = site.before.split("\n")[:-1]
    width, start, is_function = len(indent), len(above), False
    for at in range(len(above) - 1, -1, -1):
        stripped = above[at].lstrip()
        if not stripped or len(above[at]) - len(stripped) >= width or stripped[0] in ")#":
            continue
        width = len(above[at]) - len(stripped)
        if _FUNCTION.match(stripped):
            start, is_function = at, True
        elif not is_function and stripped.startswith("class "):
            start = at
        if not width:
            break
    return "\n".join(above[start:])


@lru_cache(maxsize=4)  # at a keystroke the same lines stand around the cursor's as at the one before
def _outside_functions(above: str, below: str) -> frozenset[str]:
    """The words of what every function sees: all but the insides of functions and classes."""
    words: set[str] = set()
    inside = -1  # the width of the header that we are below
    for line in (above + below).split("\n"):
        if not line.strip():
            continue
        width = len(indent_of(line))
        if inside >= 0 and (width > inside or line.lstrip().startswith(")")):
            continue
        header = _HEADER.match(line)
        inside = width if header else -1
        words.update([header.group(1)] if header else _WORD.findall(_FROM.sub("", line)))
    return frozenset(words)


def _bound_in(code: str) -> dict[str, list[tuple[int, int]]]:
    """Where each name that *code* binds, or that needs no binding, as a keyword argument, is known.

    What an assignment binds is known in its targets and below: nothing is made of itself.
    """
    bound = defaultdict[str, list[tuple[int, int]]](list)
    for match in _BINDING.finditer(code):
        kind = match.lastgroup or ""
        where = [(0, len(code))]
        if kind == "targets":
            below = code.find("\n", match.end())
            where = [match.span(kind), (below if below >= 0 else len(code), len(code))]
        for name in (_PARAMETER if kind == "header" else _WORD).findall(match[kind]):
            bound[name] += where
    return bound


def _blank(match: re.Match[str]) -> str:
    """As long and with as many lines, so that offsets stay; what an f-string computes is code."""
    text = match.group()
    blank = re.sub(r"[^\n]", " ", text)
    if not set((match["prefix"] or "").lower()) & set("ft"):
        return blank
    for field in _FIELD.finditer(text):
        start, end = field.span("expression")
        if start >= 0:
            code = _STRING_OR_COMMENT.sub(_blank, text[start:end])
            blank = blank[: start - 1] + " " + code + blank[end:]
    return blank
