"""Bring a docstring that a person wrote up to date with the code, and leave all that they said.

Parameters that are missing are put in, one that was renamed is renamed, one that is gone is taken out; a
result or an exception that nothing is said of is added. Lines that are still right stay, letter by letter.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from lsp_server.docstring.edit import CannotDocument, DocstringEdit
from lsp_server.docstring.house_style import HouseStyle, Style
from lsp_server.docstring.proof import prove_replaced
from lsp_server.docstring.python_facts import Facts, Parameter
from lsp_server.docstring.sections import Entry, Section, sections_of, style_of
from lsp_server.docstring.styles import added_section, parameter_lines, without_expressions
from lsp_server.text.document import Document

_LITERAL = re.compile(r"(?P<prefix>[rRuU]?)(?P<quotes>\"\"\"|'''|\"|')(?P<inner>.*)(?P=quotes)", re.S)
OWN = {"self", "cls", "mcs"}  # of a method, or of a function that calls its argument so
RENAMED = 60.0  # of 100: how alike two names are if one was made from the other


@dataclass(frozen=True, slots=True)
class Literal:
    """The docstring as it stands in the file."""

    offset: int
    end_offset: int
    prefix: str
    quotes: str
    inner: str
    margin: str  # before it on its line


def literal_of(document: Document, facts: Facts, first_line: int) -> Literal:
    """Of the definition that begins at *first_line*. Raises CannotDocument if it is no plain literal."""
    line, column, end_line, end_column = facts.docstring_at
    starts = [
        _offset(document, first_line + number, at) for number, at in ((line, column), (end_line, end_column))
    ]
    match = _LITERAL.fullmatch(document.text[starts[0] : starts[1]])
    if match is None or match["quotes"] in match["inner"].replace("\\" + match["quotes"], ""):
        raise CannotDocument(
            f"the docstring of {facts.name} is put together from several strings",
            hint="Make one string of it; then it can be brought up to date.",
        )
    margin = document.text[document.line_starts[first_line + line] : starts[0]]
    return Literal(starts[0], starts[1], match["prefix"], match["quotes"], match["inner"], margin)


def update_docstring(
    document: Document, facts: Facts, literal: Literal, house: HouseStyle, described: Mapping[str, str]
) -> DocstringEdit:
    """Raises CannotDocument if there is nothing to do, or no proof."""
    style = style_of(literal.inner) or house.style
    text = literal.inner.replace("\r\n", "\n")
    new = text
    for spoken in (facts, without_expressions(facts)):
        new = _reconciled(text, spoken, style, described, "" if literal.margin.strip() else literal.margin)
        if "\\" not in new.replace(text, "") or literal.prefix in ("r", "R") or "\\" in text:
            break
    quotes = literal.quotes
    if "\n" in new and len(quotes) == 1:
        quotes *= 3
    if new == text:
        raise CannotDocument(
            f"the docstring of {facts.name} agrees with its code", hint="Nothing needs to be done."
        )
    if quotes in new.replace("\\" + quotes, ""):
        raise CannotDocument(f"the docstring of {facts.name} holds its own quotes", hint="Edit it by hand.")
    eol = "\r\n" if "\r\n" in literal.inner or _has_carriage_returns(document) else "\n"
    edit = DocstringEdit(
        path=document.path,
        offset=literal.offset,
        end_offset=literal.end_offset,
        text=(literal.prefix + quotes + new + quotes).replace("\n", eol),
        name=facts.name,
        style=style,
    )
    prove_replaced(document, edit)
    return edit


def is_out_of_date(facts: Facts, literal: Literal) -> bool:
    """Whether a section of it does not say what the code says; without sections nothing is wrong."""
    style = style_of(literal.inner)
    if style is None:
        return False
    text = literal.inner.replace("\r\n", "\n")
    return _reconciled(text, facts, style, {}, literal.margin) != text


def _reconciled(text: str, facts: Facts, style: Style, described: Mapping[str, str], margin: str) -> str:
    lines = text.split("\n")
    closing = lines.pop() if len(lines) > 1 and not lines[-1].strip() else None
    lines = _parameters(lines, facts, style, described, margin)
    for kind in ("yields", "returns", "raises"):
        lines = _section(lines, kind, facts, style, margin)
    if len(lines) > 1 and closing is None and lines != text.split("\n"):
        return "\n".join(lines) + ("\n" + margin if len(lines) > text.count("\n") + 1 else "")
    return "\n".join(lines if closing is None else [*lines, closing])


def _parameters(
    lines: list[str], facts: Facts, style: Style, described: Mapping[str, str], margin: str
) -> list[str]:
    if facts.is_class:  # what it says of parameters, it says of `__init__`, its own or an inherited one
        return lines
    section = next((it for it in sections_of(lines, style) if it.kind == "parameters"), None)
    if section is None:
        return _with(lines, added_section("parameters", facts, style, described), None, style, margin)
    wanted = {it.name.lstrip("*"): it for it in facts.parameters}
    told = {name for entry in section.entries for name in entry.names}
    missing = [it for name, it in wanted.items() if name not in told]
    takes_any = any(it.name.startswith("*") for it in facts.parameters)
    stale = [
        entry for entry in section.entries
        if entry.names and not takes_any and not set(entry.names) & (wanted.keys() | OWN)
    ]  # fmt: skip
    if not section.entries and missing:  # told in prose, not one by one
        return lines
    result: list[str | None] = list(lines)
    for entry, parameter in _renamed(stale, missing):
        result[entry.first] = re.sub(
            rf"\b{entry.names[0]}\b", parameter.name.lstrip("*"), lines[entry.first], count=1
        )
        missing.remove(parameter)
        stale = [it for it in stale if it is not entry]
        wanted[entry.names[0]] = parameter
    for entry in stale:
        for number in range(entry.first, entry.end):
            result[number] = None
    inserted: dict[int, list[str]] = {}
    order = list(wanted)
    for parameter in missing:
        at = _place(section, order, parameter.name.lstrip("*"), stale)
        new = parameter_lines(parameter, style, described)
        inserted.setdefault(at, []).extend(section.indent + it for it in new)
    done: list[str] = []
    for number in range(len(lines) + 1):
        done += inserted.get(number, [])
        if number < len(lines) and (kept := result[number]) is not None:
            done.append(kept)
    return _without_empty_heading(done, style) if stale and not missing else done


def _renamed(stale: Sequence[Entry], missing: Sequence[Parameter]) -> list[tuple[Entry, Parameter]]:
    found = []
    left = list(missing)
    for entry in stale:
        if len(entry.names) != 1:
            continue
        best = max(left, key=lambda it: fuzz.ratio(entry.names[0], it.name.lstrip("*")), default=None)
        if best is None:
            break
        is_alike = fuzz.ratio(entry.names[0], best.name.lstrip("*")) >= RENAMED
        if is_alike or (len(stale) == 1 and len(missing) == 1):
            found.append((entry, best))
            left.remove(best)
    return found


def _place(section: Section, order: Sequence[str], name: str, stale: Sequence[Entry]) -> int:
    """The line before which *name* is put in: after what stands before it in the signature."""
    entries = [it for it in section.entries if it not in stale]
    before = set(order[: order.index(name)])
    ends = [it.end for it in entries if set(it.names) & before]
    if ends:
        return max(ends)
    return entries[0].first if entries else section.end


def _without_empty_heading(lines: list[str], style: Style) -> list[str]:
    """Without a heading that nothing follows any more."""
    for section in sections_of(lines, style):
        if section.kind == "parameters" and not section.entries and style != "sphinx":
            size = 2 if style == "numpy" else 1
            if section.end <= section.first + size:
                rest = lines[section.first + size :]
                while rest and not rest[0].strip():
                    rest.pop(0)
                return [*lines[: section.first], *rest] if rest else _stripped(lines[: section.first])
    return lines


def _stripped(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _section(lines: list[str], kind: str, facts: Facts, style: Style, margin: str) -> list[str]:
    """With what is missing of results or exceptions."""
    sections = sections_of(lines, style)
    section = next((it for it in sections if it.kind == kind), None)
    if section is None:
        says_more = bool(facts.returned) and kind == "returns"
        if kind != "raises" and not says_more and (style == "sphinx" or not facts.returns):
            return lines  # "The result." is nothing that a person left out
        if kind != "raises" and any(it.kind in ("returns", "yields") for it in sections):
            return lines
        later = next((it for it in sections if it.kind == "raises"), None) if kind != "raises" else None
        return _with(lines, added_section(kind, facts, style, {}), later, style, margin)
    if kind != "raises":
        return lines
    told = {name.rpartition(".")[2] for entry in section.entries for name in entry.names}
    missing = tuple(it for it in facts.raises if it[0].rpartition(".")[2] not in told)
    if not missing or not section.entries:
        return lines
    head = {"google": 1, "numpy": 2, "sphinx": 0}[style]
    new = added_section("raises", replace(facts, raises=missing), style, {})[head:]
    margin_of = section.indent if style != "google" else section.indent[: -len("    ")]
    return [*lines[: section.end], *(margin_of + it for it in new), *lines[section.end :]]


def _with(
    lines: list[str], new: Sequence[str], before: Section | None, style: Style, margin: str
) -> list[str]:
    """With the lines of a *new* section, at the end or *before* one."""
    if not new:
        return lines
    added = [margin + it if it else it for it in new]
    if before is not None:
        gap = [] if style == "sphinx" else [""]
        return [*lines[: before.first], *added, *gap, *lines[before.first :]]
    known = sections_of(lines, style)
    fields = [it for it in known if it.kind in ("parameters", "returns", "yields", "raises")]
    if fields:
        end = max(it.end for it in fields)
        gap = [] if style == "sphinx" else [""]
        return [*lines[:end], *gap, *added, *lines[end:]]
    return [*lines, "", *added]


def _offset(document: Document, line: int, column: int) -> int:
    """*column* in UTF-8 bytes, as CPython counts."""
    text = document.line_text(line)
    return document.line_starts[line] + len(
        text.encode("utf-8", "replace")[:column].decode("utf-8", "replace")
    )


def _has_carriage_returns(document: Document) -> bool:
    starts = document.line_starts
    return len(starts) > 1 and document.text[: starts[1]].endswith("\r\n")
