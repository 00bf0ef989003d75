"""Errors that people make in TypeScript, Go, Rust, Java and C: one place of one file, with the cause known.

One operator serves all languages that can have the mistake; grammars.py knows how each writes it.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import tree_sitter

from bench.explain_errors.code import Code, Unparsed
from bench.explain_errors.mutations import NAME_MIN, Mutant, misspelt
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outlining import IDENTIFIER
from lsp_server.text.document import Document

Item = TypeVar("Item")
Slip = tuple[str, set[str]]  # the text with the mistake, the symbols at fault
Operator = Callable[[Code, random.Random], Iterator[Slip]]


def shuffled(found: list[Item], rng: random.Random) -> list[Item]:
    return rng.sample(found, len(found))


def _misspell(code: Code, nodes: list[tree_sitter.Node], rng: random.Random) -> Iterator[Slip]:
    for node in shuffled(nodes, rng):
        name = code.text(node)
        if len(name) >= NAME_MIN:
            yield code.replaced(node, misspelt(name, rng)), {name}


def local_misspelt(code: Code, rng: random.Random) -> Iterator[Slip]:
    nodes = []
    for function in shuffled([it for it in code.definitions if it.kind in ("function", "method")], rng)[:6]:
        known = code.locals_of(function)
        nodes += [
            it
            for it in code.uses(known.__contains__, "identifier")
            if function.start_line < it.start_point.row <= function.end_line
        ]
    yield from _misspell(code, nodes, rng)


def function_misspelt(code: Code, rng: random.Random) -> Iterator[Slip]:
    own = {it.name for it in code.definitions if it.kind in ("function", "macro")} | code.imported
    called = [it for it in code.uses(own.__contains__, "identifier") if "call" in code.field(it)[0]]
    yield from _misspell(code, called, rng)


def type_misspelt(code: Code, rng: random.Random) -> Iterator[Slip]:
    known = {it for it in code.own | code.imported if it[:1].isupper() or code.document.language == "c"}
    yield from _misspell(code, code.uses(known.__contains__, "type_identifier"), rng)


def member_misspelt(code: Code, rng: random.Random) -> Iterator[Slip]:
    """Of the repository's own classes, as far as names tell."""
    yield from _misspell(code, code.members(lambda it: bool(code.snapshot.definitions(it))), rng)


def import_removed(code: Code, rng: random.Random) -> Iterator[Slip]:
    nodes = [it for it in code.nodes if it.type in code.grammar.imports]
    for node in shuffled(nodes, rng):
        names = _imported(code, node)
        whole = node.parent if node.parent and node.parent.type == "import_declaration" else node
        text = code.cut(code.start(whole), code.end(whole), "")
        if names and (node.type == "preproc_include" or any(code.uses(it.__eq__) for it in names)):
            yield text, names


def imported_name_misspelt(code: Code, rng: random.Random) -> Iterator[Slip]:
    for node in shuffled([it for it in code.nodes if it.type in code.grammar.imports], rng):
        for name in shuffled(sorted(_imported(code, node)), rng):
            at = code.text(node).rfind(name)
            if len(name) >= NAME_MIN and at >= 0:
                start = code.start(node) + at
                yield code.cut(start, start + len(name), misspelt(name, rng)), {name}


def argument_forgotten(code: Code, rng: random.Random) -> Iterator[Slip]:
    for name, _, given in _calls(code, rng, at_least=1):
        start = code.end(given[-2]) if len(given) > 1 else code.start(given[-1])
        yield code.cut(start, code.end(given[-1]), ""), {name}


def argument_added(code: Code, rng: random.Random) -> Iterator[Slip]:
    for name, node, given in _calls(code, rng):
        at = code.end(given[-1]) if given else code.end(node) - 1
        yield code.cut(at, at, ", 17" if given else "17"), {name}


def arguments_swapped(code: Code, rng: random.Random) -> Iterator[Slip]:
    for name, _, given in _calls(code, rng, at_least=2):
        one, two = given[0], given[1]
        text = code.text(two) + code.document.text[code.end(one) : code.start(two)] + code.text(one)
        yield code.cut(code.start(one), code.end(two), text), {name}


def argument_of_wrong_type(code: Code, rng: random.Random) -> Iterator[Slip]:
    for name, _, given in _calls(code, rng, at_least=1):
        yield code.replaced(rng.choice(given), rng.choice(code.grammar.wrong_values)), {name}


def nothing_passed(code: Code, rng: random.Random) -> Iterator[Slip]:
    for name, _, given in _calls(code, rng, at_least=1):
        yield code.replaced(rng.choice(given), code.grammar.nothing), {name}


def return_forgotten(code: Code, rng: random.Random) -> Iterator[Slip]:
    """The value is worked out, and not given back."""
    for node in shuffled([it for it in code.nodes if it.type == "return_statement"], rng):
        function = code.function_around(node)
        value = next(iter(node.named_children), None)
        if function is not None and value is not None and node.end_point.row >= function.end_line - 1:
            written = (
                code.text(value) if "call" in value.type else f"{code.grammar.comment} {code.text(value)}"
            )
            is_alone = not code.document.line_text(node.end_point.row)[node.end_point.column :].strip(" ;")
            if "\n" not in written and is_alone:
                yield code.replaced(node, written + ";" * ("call" in value.type)), {function.name}


def wrong_value_returned(code: Code, rng: random.Random) -> Iterator[Slip]:
    for node in shuffled(
        [it for it in code.nodes if it.type in ("return_statement", "return_expression")], rng
    ):
        function = code.function_around(node)
        value = next(iter(node.named_children), None)
        if function is not None and value is not None and value.type != "expression_list":
            yield code.replaced(value, rng.choice(code.grammar.wrong_values)), {function.name}


def function_renamed(code: Code, rng: random.Random) -> Iterator[Slip]:
    """While its callers in this file keep the old name."""
    yield from _renamed(code, rng, ("function",), code.uses)


def type_renamed(code: Code, rng: random.Random) -> Iterator[Slip]:
    yield from _renamed(code, rng, ("class", "type"), code.uses)


def member_renamed(code: Code, rng: random.Random) -> Iterator[Slip]:
    yield from _renamed(code, rng, ("method", "field"), code.members)


def parameter_renamed(code: Code, rng: random.Random) -> Iterator[Slip]:
    """While the function's body keeps the old name."""
    for function in shuffled([it for it in code.definitions if it.kind in ("function", "method")], rng):
        for name in function.parameters:
            uses = [
                it
                for it in code.uses(name.__eq__, "identifier")
                if function.name_line < it.start_point.row <= function.end_line
            ]
            declared = [
                it
                for it in code.nodes
                if it.type == "identifier"
                and code.text(it) == name
                and it.start_point.row >= function.name_line
            ]
            if uses and declared and len(name) >= NAME_MIN and declared[0].start_byte < uses[0].start_byte:
                new = _new_name(name, rng)
                yield code.replaced(declared[0], new), {new}


def made_constant(code: Code, rng: random.Random) -> Iterator[Slip]:
    """A variable that is changed later."""
    changeable, constant = code.grammar.constant
    kinds = ("lexical_declaration", "let_declaration", "local_variable_declaration", "declaration")
    for node in shuffled([it for it in code.nodes if it.type in kinds], rng):
        text = code.text(node)
        names = [it for it in node.named_children if "declarator" in it.type or it.type == "identifier"]
        is_once = (
            "\n" not in text and text.startswith(changeable) and "=" in text and not text.startswith(constant)
        )
        if code.function_around(node) is not None and is_once and len(names) <= 2 and "," not in text:
            named = text.partition("=")[0].partition(":")[0].split()[-1].strip("*&")
            yield code.replaced(node, constant + text.removeprefix(changeable)), {named}


def property_forgotten(code: Code, rng: random.Random) -> Iterator[Slip]:
    """In the literal of an object or a struct."""
    for node in shuffled([it for it in code.nodes if it.type in ("pair", "field_initializer")], rng):
        name = node.child_by_field_name("key") or node.child_by_field_name("field")
        if name is not None and code.snapshot.definitions(code.text(name)):
            rest = code.document.text[code.end(node) :]
            comma = len(rest) - len(rest.lstrip().removeprefix(","))
            if rest.lstrip().startswith(","):
                yield code.cut(code.start(node), code.end(node) + comma, ""), {code.text(name)}


def property_misspelt(code: Code, rng: random.Random) -> Iterator[Slip]:
    nodes = [it for it in code.nodes if it.type in ("pair", "field_initializer")]
    names = [it.child_by_field_name("key") or it.child_by_field_name("field") for it in nodes]
    known = [it for it in names if it is not None and code.snapshot.definitions(code.text(it))]
    yield from _misspell(code, known, rng)


def this_forgotten(code: Code, rng: random.Random) -> Iterator[Slip]:
    this = code.grammar.this
    for node in shuffled(code.members(lambda it: bool(code.snapshot.definitions(it))), rng):
        start = code.start(node)
        if code.document.text[:start].endswith(this):
            yield code.cut(start - len(this), start, ""), {code.text(node)}


def await_forgotten(code: Code, rng: random.Random) -> Iterator[Slip]:
    for node in shuffled([it for it in code.nodes if it.type == "await_expression"], rng):
        name = code.text(node).partition("(")[0].removeprefix("await").rpartition(".")[2].strip()
        if code.snapshot.definitions(name):
            yield code.cut(code.start(node), code.start(node) + len("await "), ""), {name}


def value_moved_before(code: Code, rng: random.Random) -> Iterator[Slip]:
    """A parameter is given away in the function's first line."""
    for function in shuffled([it for it in code.definitions if it.kind in ("function", "method")], rng):
        body = [it for it in code.nodes if it.type == "block" and it.start_point.row >= function.name_line][
            :1
        ]
        for name in function.parameters:
            if body and name != "self" and code.text(body[0]).count(name) > 1 and name.isidentifier():
                at = code.start(body[0]) + 1
                yield code.cut(at, at, f" let _moved = {name};"), {name}


def import_unused(code: Code, rng: random.Random) -> Iterator[Slip]:
    package = rng.choice(("container/ring", "hash/crc32", "text/scanner", "image/color"))
    nodes = [it for it in code.nodes if it.parent and it.parent.type == "import_spec_list"]
    if nodes and package not in code.document.text:
        at = code.start(nodes[0])
        yield code.cut(at, at, f'"{package}"\n\t'), {package, package.rpartition("/")[2]}


def variable_unused(code: Code, rng: random.Random) -> Iterator[Slip]:
    name = rng.choice(("leftover", "spare", "remembered"))
    for node in shuffled([it for it in code.nodes if it.type == "return_statement"], rng):
        at = code.start(node)
        yield code.cut(at, at, f"{name} := 17\n\t"), {name}


def _renamed(
    code: Code,
    rng: random.Random,
    kinds: tuple[str, ...],
    uses: Callable[[Callable[[str], bool]], list[tree_sitter.Node]],
) -> Iterator[Slip]:
    for definition in shuffled([it for it in code.definitions if it.kind in kinds], rng):
        name = definition.name
        nodes = [
            it
            for it in code.nodes
            if it.start_point.row == definition.name_line and not it.child_count and code.text(it) == name
        ]
        if len(name) >= NAME_MIN and nodes and uses(name.__eq__):
            new = _new_name(name, rng)
            yield code.replaced(nodes[0], new), {new}


def _new_name(name: str, rng: random.Random) -> str:
    return rng.choice((f"{name}s", f"{name}2", f"{name}Of", f"my{name[0].upper()}{name[1:]}"))


def _calls(
    code: Code, rng: random.Random, *, at_least: int = 0
) -> Iterator[tuple[str, tree_sitter.Node, list[tree_sitter.Node]]]:
    for name, node, given in shuffled(list(code.calls()), rng):
        if len(given) >= at_least:
            yield name, node, given


def _imported(code: Code, node: tree_sitter.Node) -> set[str]:
    """The names, or for C and Go the file or package, that an import brings."""
    text = code.text(node).strip()
    if node.type == "preproc_include":
        header = text.partition('"')[2].rstrip('"').rpartition("/")[2]
        return {header, header.partition(".")[0]} - {""}
    if node.type == "import_spec":
        return {text.rstrip('"').rpartition("/")[2].rpartition('"')[2]} if text.startswith('"') else set()
    last = text.rpartition("}")[0] or text.rstrip(";")
    named = set(IDENTIFIER.findall(last)) if "{" in text else set(IDENTIFIER.findall(last)[-1:])
    if node.type == "import_statement":  # its module stands behind its names
        named = set(IDENTIFIER.findall(text.rpartition(" from ")[0]))
    return named & code.imported


_ANY = ("typescript", "go", "rust", "java", "c")
OPERATORS: Mapping[str, tuple[Operator, tuple[str, ...]]] = {
    "misspelt local": (local_misspelt, _ANY),
    "misspelt function": (function_misspelt, _ANY),
    "misspelt type": (type_misspelt, _ANY),
    "misspelt member": (member_misspelt, _ANY),
    "import removed": (import_removed, _ANY),
    "misspelt import": (imported_name_misspelt, _ANY),
    "argument forgotten": (argument_forgotten, _ANY),
    "argument added": (argument_added, _ANY),
    "arguments swapped": (arguments_swapped, _ANY),
    "argument of a wrong type": (argument_of_wrong_type, _ANY),
    "nothing passed": (nothing_passed, ("typescript", "go", "rust")),
    "return forgotten": (return_forgotten, ("typescript", "go", "java", "c")),
    "wrong value returned": (wrong_value_returned, _ANY),
    "function renamed": (function_renamed, ("typescript", "go", "rust", "c")),
    "type renamed": (type_renamed, _ANY),
    "member renamed": (member_renamed, _ANY),
    "parameter renamed": (parameter_renamed, _ANY),
    "made constant": (made_constant, ("typescript", "rust", "java", "c")),
    "property forgotten": (property_forgotten, ("typescript", "rust")),
    "misspelt property": (property_misspelt, ("typescript", "rust")),
    "this. or self. forgotten": (this_forgotten, ("typescript", "rust")),
    "await forgotten": (await_forgotten, ("typescript",)),
    "value moved before": (value_moved_before, ("rust",)),
    "import unused": (import_unused, ("go",)),
    "variable unused": (variable_unused, ("go",)),
}


def operators_of(language: str) -> list[str]:
    return [name for name, (_, languages) in OPERATORS.items() if language in languages]


def slips(
    operator: str, tool: str, document: Document, snapshot: Snapshot, rng: random.Random
) -> Iterator[Mutant]:
    """All ways to make that mistake in that file, in random order. Nothing for what does not parse."""
    try:
        code = Code(document, snapshot)
    except Unparsed:
        return
    for changed, causes in OPERATORS[operator][0](code, rng):
        if changed != document.text:
            yield Mutant(operator, document.path, changed, document.text, frozenset(causes), tool)
