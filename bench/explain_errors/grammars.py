"""What the mistakes need to know of each language's syntax tree: the node types of one and the same thing."""

from dataclasses import dataclass

Field = tuple[str, str]  # (type of the parent, name of the field)


@dataclass(frozen=True, kw_only=True)
class Grammar:
    members: frozenset[Field]  # a name behind a dot
    calls: dict[str, tuple[str, str]]  # type → (field of what is called, field of the arguments)
    imports: frozenset[str]  # one statement, or one line, that can be taken out
    wrong_values: tuple[str, ...]  # as an argument or a result, nearly never of the type that is wanted
    nothing: str  # None, null; "" where it fits nearly everywhere
    constant: tuple[str, str]  # what makes a variable changeable, and what unchangeable
    this: str  # before a member, where it cannot be left out
    comment: str = "//"


_TYPESCRIPT = Grammar(
    members=frozenset({("member_expression", "property")}),
    calls={
        "call_expression": ("function", "arguments"),
        "new_expression": ("constructor", "arguments"),
    },
    imports=frozenset({"import_statement"}),
    wrong_values=("Symbol.iterator", "17n", '"text"', "{ wrong: true }"),
    nothing="null",
    constant=("let ", "const "),
    this="this.",
)

GRAMMARS = {
    "typescript": _TYPESCRIPT,
    "go": Grammar(
        members=frozenset({("selector_expression", "field")}),
        calls={"call_expression": ("function", "arguments")},
        imports=frozenset({"import_spec"}),
        wrong_values=("struct{}{}", '"text"', "17.5"),
        nothing="nil",
        constant=("", ""),
        this="",
    ),
    "rust": Grammar(
        members=frozenset({("field_expression", "field")}),
        calls={"call_expression": ("function", "arguments")},
        imports=frozenset({"use_declaration"}),
        wrong_values=("()", '"text"', "17.5"),
        nothing="None",
        constant=("let mut ", "let "),
        this="self.",
    ),
    "java": Grammar(
        members=frozenset({("field_access", "field"), ("method_invocation", "name")}),
        calls={
            "method_invocation": ("name", "arguments"),
            "object_creation_expression": ("type", "arguments"),
        },
        imports=frozenset({"import_declaration"}),
        wrong_values=("new Object()", "17.5", "new int[0]"),
        nothing="",
        constant=("", "final "),
        this="",
    ),
    "c": Grammar(
        members=frozenset({("field_expression", "field")}),
        calls={"call_expression": ("function", "arguments")},
        imports=frozenset({"preproc_include"}),
        wrong_values=("17.5", '"text"', "(struct wrong *)0"),
        nothing="",
        constant=("", "const "),
        this="",
    ),
}
