"""Documentation comments of languages that put them above the definition."""

from collections.abc import Sequence

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
_WITH_PARAMETERS = {"JSDoc", "Javadoc", "Doxygen"}


def comment_lines(definition: Definition, summary: str, language: str) -> list[str]:
    """The comment, without indentation. *language* must be one of FORMS."""
    style, first, each, last = FORMS[language]
    body = [godoc_sentence(definition.name, summary) if style == "godoc" else summary]
    if style in _WITH_PARAMETERS and definition.parameters:
        body += ["", *(f"@param {name} {_words(name)}" for name in _plain(definition.parameters))]
    lines = [(each + line).rstrip() for line in body]
    return [*([first] if first else []), *lines, *([last] if last else [])]


def godoc_sentence(name: str, summary: str) -> str:
    """Go wants the name first."""
    if summary.lower().startswith(name.lower()):
        return name + summary[len(name) :]
    return f"{name}: {summary[0].lower()}{summary[1:]}"


def _words(name: str) -> str:
    return parameter_words(Parameter(name=name), {})


def _plain(parameters: Sequence[str]) -> list[str]:
    return [name.lstrip("&*.") for name in parameters if name.lstrip("&*.").replace("_", "a").isalnum()]
