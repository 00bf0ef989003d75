"""Errors that people make, made in real code: one place of one file, with the cause known."""

import ast
import builtins
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lsp_server.fixes.python_code import PythonCode
from lsp_server.text.document import Document

NAME_MIN = 4  # letters of a name that is misspelt


@dataclass(frozen=True, slots=True)
class Mutant:
    operator: str
    path: str
    text: str  # with the error
    original: str
    causes: frozenset[str]  # a piece of evidence about one of these symbols names the cause
    tool: str  # pyflakes, cpython, mypy: who is asked for the message


Operator = Callable[[PythonCode, random.Random], Iterator[tuple[str, set[str]]]]


def misspelt(name: str, rng: random.Random) -> str:
    """One slip of the fingers: a letter lost, doubled, swapped or replaced; never the first."""
    at = rng.randrange(1, len(name) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at] + name[at:]
    if kind == 2 and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + rng.choice("aeiourstln") + name[at + 1 :]


def replaced(code: PythonCode, node: ast.expr | ast.stmt, text: str) -> str:
    whole = code.document.text
    return whole[: code.start(node)] + text + whole[code.end(node) :]


def names(code: PythonCode, fits: Callable[[str], bool]) -> list[ast.Name]:
    return [
        it
        for it in ast.walk(code.tree)
        if isinstance(it, ast.Name)
        and isinstance(it.ctx, ast.Load)
        and len(it.id) >= NAME_MIN
        and fits(it.id)
    ]


def _misspell(code: PythonCode, nodes: list[ast.Name], rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    for node in rng.sample(nodes, len(nodes)):
        yield replaced(code, node, misspelt(node.id, rng)), {node.id}


def local_misspelt(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    bound = {it.arg for it in ast.walk(code.tree) if isinstance(it, ast.arg)}
    yield from _misspell(code, names(code, lambda it: it in bound), rng)


def function_misspelt(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    own = {it.name for it in code.tree.body if isinstance(it, ast.FunctionDef)}
    yield from _misspell(code, names(code, lambda it: it in own), rng)


def class_misspelt(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    own = {it.name for it in code.tree.body if isinstance(it, ast.ClassDef)}
    yield from _misspell(code, names(code, lambda it: it in own), rng)


def builtin_misspelt(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    yield from _misspell(code, names(code, lambda it: hasattr(builtins, it)), rng)


def imported_misspelt(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    own = {a.asname or a.name for it in code.tree.body if isinstance(it, ast.ImportFrom) for a in it.names}
    yield from _misspell(code, names(code, lambda it: it in own), rng)


def import_removed(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    """Of a module of the standard library."""
    nodes = [
        it
        for it in code.tree.body
        if isinstance(it, ast.Import)
        and it.names[0].name in sys.stdlib_module_names
        and not it.names[0].asname
    ]
    for node in rng.sample(nodes, len(nodes)):
        yield replaced(code, node, "pass"), {node.names[0].name}


def from_import_removed(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    """Of a name of the repository."""
    nodes = [
        it for it in code.tree.body if isinstance(it, ast.ImportFrom) and it.level and len(it.names) == 1
    ]
    for node in rng.sample(nodes, len(nodes)):
        name = node.names[0].asname or node.names[0].name
        yield replaced(code, node, "pass"), {name, node.names[0].name}


def self_forgotten(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    nodes = [it for it in _own_attributes(code) if isinstance(it.ctx, ast.Load)]
    for node in rng.sample(nodes, len(nodes)):
        yield replaced(code, node, node.attr), {node.attr}


def self_parameter_forgotten(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    nodes = [
        it
        for owner in ast.walk(code.tree)
        if isinstance(owner, ast.ClassDef)
        for it in owner.body
        if isinstance(it, ast.FunctionDef) and it.args.args and it.args.args[0].arg == "self"
    ]
    text = code.document.text
    for node in rng.sample(nodes, len(nodes)):
        at = text.find("(self", code.start(node)) + 1
        rest = text[at + len("self") :].lstrip()
        yield text[:at] + rest.removeprefix(",").lstrip(), {node.name, "self"}


def definition_renamed(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    """A function of this file, while its callers keep the old name."""
    nodes = [it for it in code.tree.body if isinstance(it, ast.FunctionDef) and len(it.name) >= 2 * NAME_MIN]
    text = code.document.text
    for node in rng.sample(nodes, len(nodes)):
        at = text.find(node.name, code.start(node))
        new = rng.choice((f"{node.name}s", f"_{node.name}", node.name.replace("_", ""), f"{node.name}_of"))
        if new != node.name and text.count(node.name) > 1:
            yield text[:at] + new + text[at + len(node.name) :], {new}


def import_unused(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    name = rng.choice(("textwrap", "colorsys", "fractions", "bisect"))
    at = code.import_offset()
    yield code.document.text[:at] + f"import {name}\n" + code.document.text[at:], {name}


def colon_forgotten(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    yield from _line_ends(code, rng, ":")


def bracket_forgotten(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    yield from _line_ends(code, rng, ")")


def quote_forgotten(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    yield from _line_ends(code, rng, '")', keep=")")


def _line_ends(
    code: PythonCode, rng: random.Random, end: str, keep: str = ""
) -> Iterator[tuple[str, set[str]]]:
    document = code.document
    lines = [it for it in range(document.line_count) if document.line_text(it).endswith(end)]
    for line in rng.sample(lines, len(lines)):
        at = document.line_starts[line] + len(document.line_text(line))
        yield document.text[: at - len(end)] + keep + document.text[at:], set()


def attribute_misspelt(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    nodes = [it for it in _own_attributes(code) if len(it.attr) >= NAME_MIN and isinstance(it.ctx, ast.Load)]
    for node in rng.sample(nodes, len(nodes)):
        yield replaced(code, node, f"self.{misspelt(node.attr, rng)}"), {node.attr}


def import_name_misspelt(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    nodes = [it for it in code.tree.body if isinstance(it, ast.ImportFrom) and it.level and it.module]
    for node in rng.sample(nodes, len(nodes)):
        name = node.names[0].name
        if len(name) >= NAME_MIN and not node.names[0].asname and len(node.names) == 1:
            wrong = misspelt(name, rng)
            yield (
                replaced(code, node, f"from {'.' * node.level}{node.module} import {wrong} as {name}"),
                {name},
            )


def module_misspelt(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    nodes = [it for it in code.tree.body if isinstance(it, ast.Import) and len(it.names[0].name) >= NAME_MIN]
    for node in rng.sample(nodes, len(nodes)):
        name = node.names[0].name
        if name in sys.stdlib_module_names and not node.names[0].asname:
            yield replaced(code, node, f"import {misspelt(name, rng)} as {name}"), {name}


def module_attribute_misspelt(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    modules = {it.names[0].name for it in code.tree.body if isinstance(it, ast.Import)}
    nodes = [
        it
        for it in ast.walk(code.tree)
        if isinstance(it, ast.Attribute) and isinstance(it.value, ast.Name) and it.value.id in modules
        and len(it.attr) >= NAME_MIN and isinstance(it.ctx, ast.Load)
    ]  # fmt: skip
    for node in rng.sample(nodes, len(nodes)):
        assert isinstance(node.value, ast.Name)
        yield replaced(code, node, f"{node.value.id}.{misspelt(node.attr, rng)}"), {node.attr}


def argument_forgotten(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    for call, names_of_it in _own_calls(code, rng):
        if call.args and not call.keywords:
            changed = ast.Call(func=call.func, args=call.args[:-1], keywords=[])
            yield replaced(code, call, ast.unparse(changed)), names_of_it


def argument_added(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    for call, names_of_it in _own_calls(code, rng):
        if not call.keywords:
            changed = ast.Call(func=call.func, args=[*call.args, ast.Constant(17)], keywords=[])
            yield replaced(code, call, ast.unparse(changed)), names_of_it


def keyword_misspelt(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    for call, names_of_it in _own_calls(code, rng):
        given = [it for it in call.keywords if it.arg and len(it.arg) >= NAME_MIN]
        if given:
            keyword = rng.choice(given)
            assert keyword.arg is not None
            text, end = code.document.text, code.start(keyword.value)
            at = text.rfind(keyword.arg, 0, end)
            wrong = misspelt(keyword.arg, rng)
            yield text[:at] + wrong + text[at + len(keyword.arg) :], {*names_of_it, keyword.arg}


def argument_of_wrong_type(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    for call, names_of_it in _own_calls(code, rng):
        if call.args:
            changed = ast.Call(
                func=call.func, args=[ast.Dict([], []), *call.args[1:]], keywords=call.keywords
            )
            yield replaced(code, call, ast.unparse(changed)), names_of_it


def return_forgotten(code: PythonCode, rng: random.Random) -> Iterator[tuple[str, set[str]]]:
    for function in rng.sample(found := list(code.functions()), len(found)):
        last = function.body[-1]
        if function.returns is not None and isinstance(last, ast.Return) and last.value is not None:
            yield replaced(code, last, code.text(last.value)), {function.name}


def _own_attributes(code: PythonCode) -> list[ast.Attribute]:
    return [
        it
        for it in ast.walk(code.tree)
        if isinstance(it, ast.Attribute) and isinstance(it.value, ast.Name) and it.value.id == "self"
    ]


def _own_calls(code: PythonCode, rng: random.Random) -> Iterator[tuple[ast.Call, set[str]]]:
    """Calls, on one line, of what this file or its imports define, with its names here and there."""
    known = {it.name: {it.name} for it in code.functions()}
    for it in code.tree.body:
        if isinstance(it, ast.ImportFrom):
            known |= {a.asname or a.name: {a.asname or a.name, a.name} for a in it.names}
    calls = [it for it in ast.walk(code.tree) if isinstance(it, ast.Call) and it.lineno == it.end_lineno]
    for call in rng.sample(calls, len(calls)):
        name = ast.unparse(call.func).rpartition(".")[2]
        starred = any(isinstance(it, ast.Starred) for it in call.args) or any(
            not it.arg for it in call.keywords
        )
        if name in known and not starred:
            yield call, known[name]


_NAMES = ("pyflakes", "pyright")
_NAMES_AND_IMPORT = (*_NAMES, "traceback")
_TYPES = ("mypy", "pyright")
_IMPORTS = ("traceback",)
OPERATORS: dict[str, tuple[tuple[str, ...], Operator]] = {
    "misspelt local": (_NAMES, local_misspelt),
    "misspelt function": (_NAMES, function_misspelt),
    "misspelt class": (_NAMES_AND_IMPORT, class_misspelt),
    "misspelt builtin": (_NAMES, builtin_misspelt),
    "misspelt import in use": (_NAMES_AND_IMPORT, imported_misspelt),
    "standard import removed": (_NAMES, import_removed),
    "repository import removed": (_NAMES, from_import_removed),
    "self. forgotten": (_NAMES, self_forgotten),
    "self parameter forgotten": (("pyflakes",), self_parameter_forgotten),
    "definition renamed": (_NAMES_AND_IMPORT, definition_renamed),
    "import unused": (("pyflakes",), import_unused),
    "colon forgotten": (("cpython",), colon_forgotten),
    "bracket forgotten": (("cpython",), bracket_forgotten),
    "quote forgotten": (("cpython",), quote_forgotten),
    "import of a misspelt name": (_IMPORTS, import_name_misspelt),
    "import of a misspelt module": (_IMPORTS, module_misspelt),
    "misspelt attribute": (_TYPES, attribute_misspelt),
    "misspelt attribute of a module": (_TYPES, module_attribute_misspelt),
    "argument forgotten": (_TYPES, argument_forgotten),
    "argument added": (_TYPES, argument_added),
    "misspelt keyword": (_TYPES, keyword_misspelt),
    "argument of a wrong type": (_TYPES, argument_of_wrong_type),
    "return forgotten": (_TYPES, return_forgotten),
}


def jobs() -> list[tuple[str, str]]:
    """(operator, tool that notices it)."""
    return [(name, tool) for name, (tools, _) in OPERATORS.items() for tool in tools]


def mutants(operator: str, tool: str, path: str, text: str, rng: random.Random) -> Iterator[Mutant]:
    """All ways to make that mistake in that file, in random order. Nothing for what does not parse."""
    make = OPERATORS[operator][1]
    try:
        code = PythonCode(Document(path=path, text=text, language="python"))
    except (SyntaxError, ValueError, RecursionError):
        return
    for changed, causes in make(code, rng):
        if changed != text:
            yield Mutant(operator, path, changed, text, frozenset(causes), tool)
