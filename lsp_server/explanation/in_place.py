"""Evidence from what the code does at the place: what it calls, whose result it is, what its names are."""

import re
from collections.abc import Iterator

from lsp_server.explanation.kinds import Reading
from lsp_server.explanation.problem import Evidence, Problem, evidence_of
from lsp_server.explanation.reachable import nearest
from lsp_server.explanation.scope_names import ScopeName
from lsp_server.explanation.words import Words
from lsp_server.index.outline import Definition
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.around import Around, Called, around
from lsp_server.syntax.outlining import IDENTIFIER, outline
from lsp_server.text.document import Document

CALLED = 0.93  # the innermost call; each further one less
FURTHER = 0.12
RESULT = 0.92
DECLARED = 0.9
MAYBE = 0.64
DEFINITIONS_MAX = 3

_DEFERRED = ("Promise<", "Coroutine[", "CoroutineType[")
_RECEIVER = re.compile(r"([A-Za-z_$][\w$]*)\s*(?:\?\.|\.|->)\s*$")
_RECEIVER_HERE = re.compile(r"([A-Za-z_$][\w$]*)")

_ABOUT_CALLS = {
    "argument_count", "missing_argument", "extra_argument", "duplicate_argument", "type_mismatch",
    "missing_property", "other", "none_access", "not_awaited", "not_callable", "not_iterable", "unpack",
}  # fmt: skip
_ABOUT_RESULTS = {"type_mismatch", "missing_return", "missing_property", "other"}
_ABOUT_VARIABLES = {
    "constant_assigned", "moved_value", "borrow_conflict", "unbound", "none_access", "type_mismatch",
    "unused", "not_subscriptable", "not_iterable", "not_callable", "unpack",
}  # fmt: skip


def in_place(
    snapshot: Snapshot,
    document: Document,
    problem: Problem,
    reading: Reading,
    scope: dict[str, ScopeName],
    words: Words,
) -> Iterator[Evidence]:
    line = document.line_of(problem.start)
    found = around(document, problem.start, problem.end)
    # A parameter or property that is nearly called so says more.
    is_literal = problem.message.startswith("Object literal")
    less = 2 * FURTHER if is_literal or reading.kind == "extra_argument" else 0.0
    if reading.kind in _ABOUT_CALLS or is_literal:
        yield from _calls(snapshot, document, found, line, scope, words, less)
    if reading.kind in _ABOUT_RESULTS or is_literal:
        yield from _result(document, reading, found, line, words, less)
    if reading.kind in ("unknown_attribute", "none_access", "not_awaited", "type_mismatch"):
        yield from _source(snapshot, document, problem, scope, words)
    if reading.kind == "no_override":
        for it in _functions_from(document, line)[:1]:
            yield evidence_of(it, words("defined", name=it.name), RESULT)
    if reading.kind == "wrong_constructor":
        for it in _around(document, line, ("class",))[-1:]:
            yield evidence_of(it, words("defined", name=it.name), RESULT)
    if reading.kind in _ABOUT_VARIABLES:
        yield from _variables(document, reading, found, scope, words)


def _calls(
    snapshot: Snapshot,
    document: Document,
    found: Around,
    line: int,
    scope: dict[str, ScopeName],
    words: Words,
    less: float,
) -> Iterator[Evidence]:
    calls = [*found.calls, *([found.value] if found.value is not None and not found.calls else [])]
    for rank, called in enumerate(calls):
        weight = CALLED - less - FURTHER * rank
        definitions = called_definitions(snapshot, document, called, line)[:DEFINITIONS_MAX]
        for it in definitions:
            yield evidence_of(it, words("called_here", name=it.name), weight)
        if not definitions and called.name in scope:
            yield declared(document, scope[called.name], words, weight)


def _result(
    document: Document, reading: Reading, found: Around, line: int, words: Words, less: float
) -> Iterator[Evidence]:
    """The function that gives the value back: by a return, or, where the head is marked, altogether."""
    function = function_around(document, line)
    if function is None:
        return
    is_head = line <= function.name_line + function.signature.count("\n") and not found.calls
    if found.is_result or is_head or reading.kind == "missing_return":
        yield evidence_of(function, words("result_of", name=function.name), RESULT - less)


def _variables(
    document: Document, reading: Reading, found: Around, scope: dict[str, ScopeName], words: Words
) -> Iterator[Evidence]:
    less = FURTHER if reading.kind == "type_mismatch" else 0.0
    for rank, name in enumerate(dict.fromkeys([*reading.names[:2], found.assigned])):
        first = IDENTIFIER.search(name)  # gcc names `*(heads + 2)`
        short = first.group() if first is not None else ""
        if short in scope and (rank == 0 or name == found.assigned):
            yield declared(document, scope[short], words, DECLARED - less)


def _functions_from(document: Document, line: int) -> list[Definition]:
    """Those whose head starts at *line*, or just below, as behind an annotation."""
    known = outline(document).definitions
    return [
        it
        for it in known
        if it.kind in ("function", "method") and line - 1 <= it.start_line <= line + 1 <= it.name_line + 2
    ]


def _source(
    snapshot: Snapshot, document: Document, problem: Problem, scope: dict[str, ScopeName], words: Words
) -> Iterator[Evidence]:
    """What was called to get the value that the place asks something of."""
    line = document.line_of(problem.start)
    text = document.line_text(line)
    column = problem.start - document.line_starts[line]
    receiver = _RECEIVER.search(text[:column]) or _RECEIVER_HERE.match(text[column:])
    it = scope.get(receiver[1]) if receiver is not None else None
    if it is None or it.how != "assigned":
        return
    end = document.line_starts[it.line] + len(document.line_text(it.line).rstrip(" ;"))
    likely = any(word in problem.message for word in _DEFERRED)
    for called in around(document, max(end - 1, 0), end).calls[:1]:
        for each in called_definitions(snapshot, document, called, line)[:1]:
            yield evidence_of(
                each, words("comes_from", name=it.name, function=each.name), CALLED if likely else MAYBE
            )


def called_definitions(snapshot: Snapshot, document: Document, called: Called, line: int) -> list[Definition]:
    """What the call may mean, the likeliest first: a member of what stands before its dot, if known."""
    imports = outline(document).imports
    name = next((there for it in imports for there, here in it.names if here == called.name), called.name)
    found = [it for it in nearest(snapshot, document, name) if it.kind not in ("field", "module")]
    owner = called.qualifier.rpartition(".")[2].strip("()&*! ")
    if owner in ("self", "this", "cls", "Self", "super"):
        classes = [it.name for it in _around(document, line, ("class",))][-1:] or [
            _owner_around(document, line)
        ]
    else:
        classes = [owner, *snapshot.classes_like(owner)]
    if called.qualifier:
        all_of_it = [it for it in snapshot.definitions(name) if it.owner.rpartition(".")[2] in classes]
        found = [*all_of_it, *(it for it in found if it not in all_of_it)]
    else:
        found.sort(key=lambda it: it.kind == "method" and it.owner not in classes)
    return found


def function_around(document: Document, line: int) -> Definition | None:
    return next(iter(_around(document, line, ("function", "method"))[-1:]), None)


def declared(document: Document, it: ScopeName, words: Words, weight: float) -> Evidence:
    why = words(f"near_{it.how}", name=it.name, line=str(it.line + 1), function=it.function)
    text = document.line_text(it.line).strip()
    return Evidence(
        path=document.path, line=it.line, text=text, why=why, weight=weight, role="definition", name=it.name
    )


def _around(document: Document, line: int, kinds: tuple[str, ...]) -> list[Definition]:
    return [
        it
        for it in outline(document).definitions
        if it.kind in kinds and it.start_line <= line <= it.end_line
    ]


def _owner_around(document: Document, line: int) -> str:
    """Of a Rust or Go method, whose class stands elsewhere."""
    function = function_around(document, line)
    return "" if function is None else function.owner.rpartition(".")[2]
