"""Write the docstring of one definition: facts from its code, prose from a model, then proof."""

import re
from collections.abc import Mapping

from lsp_server.cancellation import Cancellation
from lsp_server.docstring.comment_facts import comment_facts
from lsp_server.docstring.comment_update import comment_above, is_comment_out_of_date, update_comment
from lsp_server.docstring.comments import FORMS, comment_lines
from lsp_server.docstring.edit import CannotDocument, DocstringEdit
from lsp_server.docstring.house_style import HouseStyle, Quotes, house_style
from lsp_server.docstring.known_words import known_words
from lsp_server.docstring.proof import prove
from lsp_server.docstring.prose import sentence_from_model, sentence_from_name
from lsp_server.docstring.python_facts import Facts, python_facts
from lsp_server.docstring.styles import docstring_body, without_expressions
from lsp_server.docstring.target import definition_at
from lsp_server.docstring.update import is_out_of_date, literal_of, update_docstring
from lsp_server.index.outline import Definition
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.port import Model
from lsp_server.prompting.families import Family
from lsp_server.syntax.outlining import outline
from lsp_server.text.document import Document

_HEADER_COMMENT = re.compile(r"^\s*(#.*)?$")


def write_docstring(
    document: Document,
    line: int,
    *,
    snapshot: Snapshot,
    model: Model | None,
    family: Family | None,
    cancellation: Cancellation,
) -> DocstringEdit:
    """For the definition at 0-based *line*; one that a person wrote is brought up to date.

    Raises CannotDocument, and Cancelled. Without a model that fills in, the first sentence says what the name
    says, and no more.
    """
    definition = definition_at(document, line)
    if document.language == "python":
        return _python(document, definition, snapshot, model, family, cancellation)
    if document.language in FORMS:
        return _comment(document, definition, snapshot, model, family, cancellation)
    raise CannotDocument(
        f"docstrings are not written for {document.language}",
        hint=f"They are for Python, {', '.join(sorted(set(FORMS)))}.",
    )


def can_be_updated(document: Document, definition: Definition) -> bool:
    """Whether it has a docstring whose sections no longer say what the code says."""
    try:
        if document.language in FORMS:
            known = comment_facts(document, definition)
            comment = comment_above(document, known.first_line)
            return is_comment_out_of_date(document, definition, known, comment)
        if document.language != "python":
            return False
        facts = python_facts(document, definition)
        return facts.has_docstring and is_out_of_date(
            facts, literal_of(document, facts, definition.start_line)
        )
    except CannotDocument:
        return False


def _python(
    document: Document,
    definition: Definition,
    snapshot: Snapshot,
    model: Model | None,
    family: Family | None,
    cancellation: Cancellation,
) -> DocstringEdit:
    facts = python_facts(document, definition)
    if facts.has_docstring:
        described = known_words([it.name for it in facts.parameters], document, snapshot)
        literal = literal_of(document, facts, definition.start_line)
        return update_docstring(document, facts, literal, house_style(document, snapshot), described)
    if facts.is_overload:
        _refuse_overload(document, definition)
    house = house_style(document, snapshot)
    eol = _eol(document)
    offset, end_offset, indent, is_inline = _place(document, definition, facts)
    before = eol + indent if is_inline else indent
    after = eol + indent if is_inline else eol
    sentence = ""
    if model is not None and family is not None:
        sentence = sentence_from_model(
            document, offset, before + house.quotes, house.quotes + after, name=definition.name,
            repository=snapshot.name, model=model, family=family, cancellation=cancellation,
        )  # fmt: skip
    summary = sentence or sentence_from_name(facts, definition.owner)
    described = known_words([it.name for it in facts.parameters], document, snapshot)
    lines = _quoted(_safe(summary), facts, house, described, len(indent.expandtabs(4)))
    text = eol.join(indent + text if text else "" for text in lines)
    edit = DocstringEdit(
        path=document.path,
        offset=offset,
        end_offset=end_offset,
        text=(eol + text if is_inline else text) + after + (eol if _needs_blank(facts, is_inline) else ""),
        name=definition.name,
        style=house.style,
    )
    prove(document, edit)
    return edit


def _quoted(
    summary: str, facts: Facts, house: HouseStyle, described: Mapping[str, str], indent: int
) -> list[str]:
    """The docstring's lines with quotes that nothing inside of it ends."""
    other: Quotes = "'''" if house.quotes == '"""' else '"""'
    lines, quotes = [summary], house.quotes
    for spoken, quotes in ((facts, house.quotes), (facts, other), (without_expressions(facts), house.quotes)):
        lines = docstring_body(summary, spoken, house.style, described, width=house.width - indent)
        if quotes not in "\n".join(lines):
            break
    lines[0] = quotes + lines[0]
    lines = [*lines, quotes] if len(lines) > 1 else [lines[0] + quotes]
    if any("\\" in text for text in lines):
        lines[0] = "r" + lines[0]
    return lines


def _refuse_overload(document: Document, definition: Definition) -> None:
    """The documentation of overloads stands in their implementation, where there is one (not in stubs)."""
    same = [
        it
        for it in outline(document).definitions
        if (it.name, it.owner, it.kind) == (definition.name, definition.owner, definition.kind)
        and it.name_line > definition.end_line
    ]
    for it in same:
        if not python_facts(document, it).is_overload:
            raise CannotDocument(
                f"{it.name} is an overload; its documentation belongs to the implementation",
                hint=f"Ask for it on line {it.name_line + 1}.",
            )


def _place(document: Document, definition: Definition, facts: Facts) -> tuple[int, int, str, bool]:
    """(offset, end offset, indentation, whether the body stands on the header's line)."""
    body_line = definition.start_line + facts.body_line
    text = document.line_text(body_line)
    column = len(text.encode("utf-8", "replace")[: facts.body_column].decode("utf-8", "replace"))
    lead = text[:column]
    if lead.strip():
        start = document.offset_at(body_line, len(lead.rstrip()))
        margin = re.match(r"\s*", document.line_text(definition.start_line))
        inner = (margin[0] if margin else "") + _indent_unit(document)
        return start, document.offset_at(body_line, column), inner, True
    header = body_line - 1
    while header > definition.start_line and _HEADER_COMMENT.match(document.line_text(header)):
        header -= 1
    return document.line_starts[header + 1], document.line_starts[header + 1], lead, False


def _comment(
    document: Document,
    definition: Definition,
    snapshot: Snapshot,
    model: Model | None,
    family: Family | None,
    cancellation: Cancellation,
) -> DocstringEdit:
    found = comment_facts(document, definition)
    if definition.doc:
        return update_comment(document, definition, found, comment_above(document, found.first_line))
    eol = _eol(document)
    first = document.line_text(found.first_line)
    indent = first[: len(first) - len(first.lstrip())]
    offset = document.line_starts[found.first_line]
    _, opening, each, closing = FORMS[document.language]
    before = f"{indent}{opening}{eol}{indent}{each}" if opening else indent + each
    after = f"{eol}{indent}{closing}{eol}" if closing else eol
    sentence = ""
    if model is not None and family is not None:
        sentence = sentence_from_model(
            document, offset, before, after, name=definition.name, repository=snapshot.name,
            model=model, family=family, cancellation=cancellation,
        )  # fmt: skip
    facts = Facts(name=definition.name, is_class=definition.kind in ("class", "type"))
    summary = _safe(sentence or sentence_from_name(facts, definition.owner)).replace("*/", "")
    lines = comment_lines(definition, summary, found, document.language)
    edit = DocstringEdit(
        path=document.path,
        offset=offset,
        end_offset=offset,
        text="".join(indent + text + eol for text in lines),
        name=definition.name,
        style=FORMS[document.language][0],
    )
    prove(document, edit)
    return edit


def _needs_blank(facts: Facts, is_inline: bool) -> bool:  # noqa: FBT001
    """PEP 257 wants a blank line between a class's docstring and its body."""
    return facts.is_class and not is_inline


def _safe(sentence: str) -> str:
    """Nothing in it may end the string or begin an escape."""
    return sentence.replace('"""', "").replace("'''", "").replace("\\", "/").rstrip("\"'")


def _eol(document: Document) -> str:
    starts = document.line_starts
    return "\r\n" if len(starts) > 1 and document.text[: starts[1]].endswith("\r\n") else "\n"


def _indent_unit(document: Document) -> str:
    for line in document.text.split("\n"):
        if line.startswith("\t"):
            return "\t"
        if line.startswith("  ") and line.strip():
            return " " * min(4, len(line) - len(line.lstrip(" ")))
    return "    "
