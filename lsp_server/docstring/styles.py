"""The text between the quotes, in the style that the project uses already.

Google: its Python style guide; NumPy: the numpydoc guide; Sphinx: field lists. A section is
only written for what the code says; types are left to annotations where there are any.
"""

import textwrap
from collections.abc import Mapping
from dataclasses import replace

from lsp_server.docstring.house_style import Style
from lsp_server.docstring.outcomes import EXPRESSION_MAX
from lsp_server.docstring.python_facts import Facts, Parameter

NARROWEST = 40  # characters; deeper indentation than this leaves is not answered with narrower text


def docstring_body(
    summary: str, facts: Facts, style: Style, described: Mapping[str, str], *, width: int
) -> list[str]:
    """The lines, without indentation and quotes. *described*: what is known of a parameter in words.

    *width* is what a line may have; the first one also holds the quotes.
    """
    sections = {"google": _google, "numpy": _numpy, "sphinx": _sphinx}[style](facts, described)
    width = max(width, NARROWEST)
    lines = _wrapped(summary, width - 3)
    for section in sections:
        lines.append("")
        for line in section:
            # numpydoc wants a name and its type on one line, and its rules as they are.
            is_heading = style == "numpy" and not line.startswith(" ")
            lines += [line] if is_heading else _wrapped(line, width)
    return lines


def parameter_lines(parameter: Parameter, style: Style, described: Mapping[str, str]) -> list[str]:
    """What a section says of one parameter."""
    section = added_section(
        "parameters", Facts(name="", is_class=False, parameters=(parameter,)), style, described
    )
    lines = section[{"google": 1, "numpy": 2, "sphinx": 0}[style] :]
    return [line.removeprefix("    ") for line in lines] if style == "google" else lines


def added_section(kind: str, facts: Facts, style: Style, described: Mapping[str, str]) -> list[str]:
    """The section *kind* alone: parameters, returns, yields or raises; empty if there is nothing to say."""
    nothing = replace(facts, parameters=(), raises=(), yields=False, returns="", returns_value=False)
    match kind:
        case "parameters":
            spoken = replace(nothing, parameters=facts.parameters)
        case "raises":
            spoken = replace(nothing, raises=facts.raises)
        case "yields" if facts.yields:
            spoken = replace(nothing, yields=True, returns=facts.returns)
        case "returns" if not facts.yields:
            spoken = replace(nothing, returns=facts.returns, returns_value=facts.returns_value)
        case _:
            return []
    sections = {"google": _google, "numpy": _numpy, "sphinx": _sphinx}[style](spoken, described)
    return sections[0] if sections else []


def without_expressions(facts: Facts) -> Facts:
    """The same with no code in it, for where code would end the string."""
    return replace(
        facts,
        returned="",
        parameters=tuple(replace(it, default="", annotation="") for it in facts.parameters),
        raises=tuple((name, "") for name, _ in facts.raises),
        returns="",
    )


def _google(facts: Facts, described: Mapping[str, str]) -> list[list[str]]:
    sections = []
    if facts.parameters:
        sections.append(
            ["Args:", *(f"    {it.name}: {parameter_words(it, described)}" for it in facts.parameters)]
        )
    if facts.yields:
        sections.append(["Yields:", f"    {_result(facts, 'The next value.')}"])
    elif _returns(facts):
        sections.append(["Returns:", f"    {_result(facts, 'The result.')}"])
    if facts.raises:
        sections.append(["Raises:", *(f"    {name}: {_raised(when)}" for name, when in facts.raises)])
    return sections


def _numpy(facts: Facts, described: Mapping[str, str]) -> list[list[str]]:
    sections: list[list[str]] = []
    if facts.parameters:
        lines = _headed("Parameters")
        for it in facts.parameters:
            kind = it.annotation + (
                f", default {it.default}" if 0 < len(it.default) <= EXPRESSION_MAX else ""
            )
            lines += [f"{it.name} : {kind}" if kind else it.name, f"    {parameter_words(it, described)}"]
        sections.append(lines)
    if facts.yields or _returns(facts):
        title, words = ("Yields", "The next value.") if facts.yields else ("Returns", "The result.")
        kinds = [facts.returns] if facts.returns else ["object"]
        sections.append([*_headed(title), *kinds, f"    {_result(replace(facts, returns=''), words)}"])
    if facts.raises:
        raised = _headed("Raises")
        for name, when in facts.raises:
            raised += [name, f"    {_raised(when)}"]
        sections.append(raised)
    return sections


def _sphinx(facts: Facts, described: Mapping[str, str]) -> list[list[str]]:
    fields = [
        f":param {it.name.replace('*', chr(92) + '*')}: {parameter_words(it, described)}"
        for it in facts.parameters
    ]
    if facts.yields or _returns(facts):
        words = "The next value." if facts.yields else "The result."
        fields.append(f":returns: {_result(replace(facts, returns=''), words)}")
    fields += [f":raises {name}: {_raised(when)}" for name, when in facts.raises]
    return [fields] if fields else []


def _raised(condition: str) -> str:
    return f"If ``{condition}``." if condition else "See the code for when."


def _returns(facts: Facts) -> bool:
    return (
        not facts.is_property
        and (facts.returns_value or facts.returns not in ("", "None"))
        and (facts.returns not in ("NoReturn", "Never", "typing.NoReturn"))
    )


def _result(facts: Facts, words: str) -> str:
    said = f"``{facts.returned}``." if facts.returned and not facts.yields else words
    return f"{facts.returns}: {said}" if facts.returns else said


def parameter_words(parameter: Parameter, described: Mapping[str, str]) -> str:
    known = described.get(parameter.name.lstrip("*"))
    if known:
        return known
    if parameter.name.startswith("**"):
        return "Further keyword arguments."
    if parameter.name.startswith("*"):
        return "Further positional arguments."
    words = parameter.name.strip("_").replace("_", " ")
    default = f" Default: {parameter.default}." if 0 < len(parameter.default) <= EXPRESSION_MAX else ""
    return f"The {words}.{default}"


def _headed(title: str) -> list[str]:
    return [title, "-" * len(title)]


def _wrapped(line: str, width: int) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line, width, subsequent_indent=indent + "    ", break_long_words=False, break_on_hyphens=False,
        replace_whitespace=False, drop_whitespace=True,
    ) or [line]  # fmt: skip
