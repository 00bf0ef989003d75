"""Documentation comments of languages that put them above the definition."""

from collections.abc import Sequence

from lsp_server.docstring.comment_facts import CommentFacts
from lsp_server.docstring.python_facts import Parameter
from lsp_server.docstring.styles import parameter_words
from lsp_server.index.outline import Definition

# language → (name of the style, first line, before each line, last line)
FORMS = {
    "javascript": ("JSDoc", "/**", " * ", " */"),
    "typescript": ("JSDoc", "/**", " * ", " */"),
    "tsx": ("JSDoc", "/**", " * ", " */"),
    "java": ("Javadoc", "/**", " * ", " */"),
    "c": ("Doxygen", "/**", " * ", " */"),
    "cpp": ("Doxygen", "/**", " * ", " */"),
    "rust": ("rustdoc", "", "/// ", ""),
    "go": ("godoc", "", "// ", ""),
    "bash": ("comment", "", "# ", ""),
}
# style → the tags of parameters, returned value and thrown exceptions
_TAGS = {
    "JSDoc": ("@param", "@returns", "@throws {%s}"),
    "Javadoc": ("@param", "@return", "@throws %s"),
    "Doxygen": ("@param", "@return", "@throws %s"),
}


def comment_lines(definition: Definition, summary: str, facts: CommentFacts, language: str) -> list[str]:
    """The comment, without indentation. *language* must be one of FORMS."""
    style, first, each, last = FORMS[language]
    body = [godoc_sentence(definition.name, summary) if style == "godoc" else summary]
    if style in _TAGS:
        parameter, result, thrown = _TAGS[style]
        tags = [
            f"{parameter} {name} {parameter_sentence(name)}" for name in plain_names(definition.parameters)
        ]
        tags += [f"{result} The result."] if facts.returns_value else []
        tags += [f"{thrown % name} See the code for when." for name in facts.throws]
        body += ["", *tags] if tags else []
    lines = [(each + line).rstrip() for line in body]
    return [*([first] if first else []), *lines, *([last] if last else [])]


def godoc_sentence(name: str, summary: str) -> str:
    """Go wants the name first."""
    if summary.lower().startswith(name.lower()):
        return name + summary[len(name) :]
    return f"{name}: {summary[0].lower()}{summary[1:]}"


def tags_of(style: str) -> tuple[str, str, str]:
    """Of parameters, the result and an exception, whose name goes in the place of `%s`."""
    return _TAGS[style]


def parameter_sentence(name: str) -> str:
    """Says no more than the name does."""
    return parameter_words(Parameter(name=name), {})


def plain_names(parameters: Sequence[str]) -> list[str]:
    """Of those that have a name of their own."""
    return [name.lstrip("&*.") for name in parameters if name.lstrip("&*.").replace("_", "a").isalnum()]
