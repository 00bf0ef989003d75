"""Bring a documentation comment that a person wrote up to date, where it stands above the definition.

As for Python: what is missing is put in, what was renamed is renamed, what is gone is taken out, and every
other line stays as it is, letter by letter. A comment that names no parameter is given none, one
without tags nothing at all. What a function takes apart (`{a, b}`) has no name of its own: where it does so,
nothing is taken out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from lsp_server.docstring.comment_facts import CommentFacts
from lsp_server.docstring.comments import FORMS, parameter_sentence, plain_names, tags_of
from lsp_server.docstring.edit import CannotDocument, DocstringEdit
from lsp_server.docstring.proof import prove_comment_replaced
from lsp_server.docstring.tags import Tag, items_in, margin_of, tags_in
from lsp_server.docstring.update import RENAMED
from lsp_server.index.outline import Definition
from lsp_server.syntax.outlining import outline
from lsp_server.text.document import Document

_FUNCTIONS = ("function", "method")
_RECEIVERS = {"self", "this"}
_FIRST_WORD = re.compile(r"^(?P<name>[^\W\d]\w*)(?=\s)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    first: int  # 0-based line
    lines: tuple[str, ...]


def comment_above(document: Document, line: int) -> Comment:
    """The one that ends right above 0-based *line*. Raises CannotDocument."""
    last = line - 1
    above = document.line_text(last).strip() if last >= 0 else ""
    first = last
    if FORMS[document.language][1] == "/**":
        last = _above_remarks(document, last)
        above = document.line_text(last).strip() if last >= 0 else ""
    if above.endswith("*/"):
        while first > 0 and not document.line_text(first).lstrip().startswith("/*"):
            first -= 1
    else:
        while first >= 0 and document.line_text(first).lstrip().startswith(("//", "#")):
            first -= 1
        first += 1
    if first > last or not document.line_text(max(first, 0)).lstrip().startswith(("/*", "//", "#")):
        raise CannotDocument(
            f"the documentation does not stand right above line {line + 1}", hint="Move it there."
        )
    return Comment(first=first, lines=tuple(document.line_text(it) for it in range(first, last + 1)))


def _above_remarks(document: Document, last: int) -> int:
    """The last line of the comment above lines like `// eslint-disable-next-line`, if there is one."""
    line = last
    while line >= 0 and re.match(r"\s*//(?!/|!)", document.line_text(line)):
        line -= 1
    return line if line >= 0 and document.line_text(line).rstrip().endswith("*/") else last


def is_comment_out_of_date(
    document: Document, definition: Definition, facts: CommentFacts, comment: Comment
) -> bool:
    return _reconciled(document, definition, facts, comment) != list(comment.lines)


def update_comment(
    document: Document, definition: Definition, facts: CommentFacts, comment: Comment
) -> DocstringEdit:
    """Raises CannotDocument if there is nothing to do, or no proof."""
    lines = _reconciled(document, definition, facts, comment)
    if lines == list(comment.lines):
        raise CannotDocument(
            f"the documentation of {definition.name} agrees with its code", hint="Nothing needs to be done."
        )
    last = comment.first + len(comment.lines) - 1
    start = document.line_starts[comment.first]
    end = document.line_starts[last] + len(document.line_text(last))
    eol = "\r\n" if document.text[end : end + 2] == "\r\n" else "\n"
    edit = DocstringEdit(
        path=document.path, offset=start, end_offset=end, text=eol.join(lines), name=definition.name,
        style=FORMS[document.language][0],
    )  # fmt: skip
    prove_comment_replaced(document, edit)
    return edit


def _reconciled(
    document: Document, definition: Definition, facts: CommentFacts, comment: Comment
) -> list[str]:
    lines = list(comment.lines)
    style = FORMS[document.language][0]
    if definition.kind not in _FUNCTIONS or (len(lines) == 1 and lines[0].strip().startswith("/*")):
        return lines
    if style == "godoc":
        return _named(lines, definition, document)
    if style == "rustdoc":
        return _parameters(lines, items_in(lines), definition, style)
    if style not in ("JSDoc", "Javadoc", "Doxygen") or all(it.kind == "other" for it in tags_in(lines)):
        return lines
    lines = _parameters(lines, tags_in(lines), definition, style)
    return _outcomes(lines, facts, style)


def _parameters(lines: list[str], tags: Sequence[Tag], definition: Definition, style: str) -> list[str]:
    wanted = [it for it in plain_names(definition.parameters) if it not in _RECEIVERS]
    is_all = len(wanted) == len([it for it in definition.parameters if it.lstrip("&*.") not in _RECEIVERS])
    known = [it for it in tags if it.kind == "parameter" and it.names]
    if not known:  # told in prose, or not at all
        return lines
    told = {name for it in known for name in it.names}
    missing = [it for it in wanted if it not in told]
    stale = [it for it in known if is_all and not {*it.names} & {*wanted}]
    order = {name: wanted.index(name) for name in wanted}
    result: list[str | None] = list(lines)
    gone = [*dict.fromkeys(it.names[0] for it in stale if len(it.names) == 1)]
    is_one = len(gone) == len(stale) == len(missing) == 1
    for old in gone:
        new = missing[0] if is_one else _alike(old, missing)
        if new is None:
            continue
        missing.remove(new)
        order[old] = order[new]
        for it in [it for it in stale if it.names == (old,)]:
            line = lines[it.first]
            result[it.first] = line[: it.at] + new + line[it.at + len(old) :]
            stale.remove(it)
    for it in stale:
        result[it.first : it.end] = [None] * (it.end - it.first)
    inserted: dict[int, list[str]] = {}
    kept = [it for it in known if it not in stale]
    for name in missing:
        at = _place(lines, kept, tags, order, name)
        inserted.setdefault(at, []).append(_line(lines, (kept or known)[0], name, style))
    done: list[str] = []
    for number in range(len(lines) + 1):
        done += inserted.get(number, [])
        if number < len(lines) and (line_or_none := result[number]) is not None:
            done.append(line_or_none)
    return done


def _alike(old: str, missing: Sequence[str]) -> str | None:
    """The one that was made from *old*, by its look."""
    best = max(missing, key=lambda it: fuzz.ratio(old, it), default="")
    return best if fuzz.ratio(old, best) >= RENAMED else None


def _place(
    lines: Sequence[str], kept: Sequence[Tag], tags: Sequence[Tag], order: dict[str, int], name: str
) -> int:
    """The line before which *name* is put in: after what stands before it in the signature."""
    ends = [it.end for it in kept if any(order.get(each, 1 << 30) < order[name] for each in it.names)]
    if ends:
        return max(ends)
    if kept:
        return kept[0].first
    return next((it.first for it in tags if it.kind != "other"), len(lines))


def _line(lines: Sequence[str], like: Tag, name: str, style: str) -> str:
    """In the manner of its neighbours."""
    said = parameter_sentence(name)
    line = lines[like.first]
    before, behind = line[: like.at], line[like.at + len(like.names[0]) :]
    if style == "rustdoc":
        gap = re.match(r"`\s*[-–—:]?\s*", behind)
        return f"{before}{name}{gap[0] if gap else '` - '}{said}"
    before = re.sub(r"\{.*\}", "{*}", before)  # a type that nobody knows here
    before = re.sub(r"\[.*$", "", before) if style == "JSDoc" else re.sub(r"\[[\w, ]*\]", "", before)
    hyphen = re.match(r"(?:\s*[-–—]\s+)|\s+", behind)
    return f"{before}{name}{hyphen[0] if hyphen and hyphen[0].strip() else ' '}{said}"


def _outcomes(lines: list[str], facts: CommentFacts, style: str) -> list[str]:
    """With a tag for a result and for exceptions that nothing is said of."""
    _, result, thrown = tags_of(style)
    tags = tags_in(lines)
    told = {re.split(r"[.:]+", name)[-1] for it in tags if it.kind == "exception" for name in it.names}
    is_all_told = any(it.kind == "exception" and not it.names for it in tags)
    new = [
        (thrown % it) + " See the code for when."
        for it in facts.throws
        if re.split(r"[.:]+", it)[-1] not in told
    ]
    if new and not is_all_told:
        lines = _with(lines, new, after=("parameter", "result", "exception"))
    if facts.returns_value and not any(it.kind == "result" for it in tags):
        lines = _with(lines, [f"{result} The result."], after=("parameter",))
    return lines


def _with(lines: list[str], new: Sequence[str], *, after: Sequence[str]) -> list[str]:
    tags = [it for it in tags_in(lines) if it.kind != "other"]
    before = [it for it in tags if it.kind in after]
    at = max(it.end for it in before) if before else tags[0].first
    like = lines[(before[-1] if before else tags[0]).first]
    margin = margin_of(like)
    mark = like[len(margin) :].lstrip()[0]
    return [*lines[:at], *(margin + mark + it[1:] for it in new), *lines[at:]]


def _named(lines: list[str], definition: Definition, document: Document) -> list[str]:
    """Go wants the name first: an older one is replaced, if it is like this one and nothing else's."""
    margin = margin_of(lines[0])
    match = _FIRST_WORD.match(lines[0][len(margin) :])
    if match is None or match["name"] == definition.name:
        return lines
    is_other = any(it.name == match["name"] for it in outline(document).definitions)
    is_name = match["name"] != match["name"].capitalize()
    if match["name"].lower() == definition.name.lower():
        is_name = definition.name[0].isupper()  # the convention is for what is exported
    is_alike = fuzz.ratio(match["name"].lower(), definition.name.lower()) >= RENAMED
    if is_other or not is_name or not is_alike:
        return lines
    return [margin + definition.name + lines[0][len(margin) + match.end() :], *lines[1:]]
