"""The text between the quotes, in the style that the project uses already.

Google: its Python style guide; NumPy: the numpydoc guide; Sphinx: field lists. A section is
only written for what the code says; types are left to annotations where there are any.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from lsp_server.docstring.python_facts import Facts, Parameter
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

Style = Literal["google", "numpy", "sphinx"]

_MARKS: dict[Style, re.Pattern[str]] = {
    "google": re.compile(r"^[ \t]*(?:Args|Arguments|Returns|Raises|Yields|Attributes):[ \t]*$", re.M),
    "numpy": re.compile(
        r"^[ \t]*(?:Parameters|Returns|Raises|Yields|Attributes)[ \t]*\n[ \t]*-{3,}[ \t]*$", re.M
    ),
    "sphinx": re.compile(r"^[ \t]*:(?:param|returns?|raises?|type|rtype)\b[^:\n]*:", re.M),
}
_SURVEYED_FILES = 40


def style_of(document: Document, snapshot: Snapshot) -> Style:
    """The style of this file, else of the files around it; Google where nothing tells."""
    own = _counted([document.text])
    if own:
        return own.most_common(1)[0][0]
    folder = document.path.rpartition("/")[0]
    paths = sorted(
        (path for path in snapshot.paths if path.endswith(".py") and path != document.path),
        key=lambda path: (path.rpartition("/")[0] != folder, path),
    )
    texts = (file.text for path in paths[:_SURVEYED_FILES] if (file := snapshot.file(path)) is not None)
    around = _counted(texts)
    return around.most_common(1)[0][0] if around else "google"


def docstring_body(summary: str, facts: Facts, style: Style, described: dict[str, str]) -> list[str]:
    """The lines, without indentation and quotes. *described*: what is known of a parameter in words."""
    sections = {"google": _google, "numpy": _numpy, "sphinx": _sphinx}[style](facts, described)
    lines = [summary]
    for section in sections:
        lines += ["", *section]
    return lines


def _google(facts: Facts, described: dict[str, str]) -> list[list[str]]:
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


def _numpy(facts: Facts, described: dict[str, str]) -> list[list[str]]:
    sections: list[list[str]] = []
    if facts.parameters:
        lines = _headed("Parameters")
        for it in facts.parameters:
            kind = it.annotation + (f", default {it.default}" if it.default else "")
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


def _sphinx(facts: Facts, described: dict[str, str]) -> list[list[str]]:
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


def parameter_words(parameter: Parameter, described: dict[str, str]) -> str:
    known = described.get(parameter.name.lstrip("*"))
    if known:
        return known
    if parameter.name.startswith("**"):
        return "Further keyword arguments."
    if parameter.name.startswith("*"):
        return "Further positional arguments."
    words = parameter.name.strip("_").replace("_", " ")
    default = f" Default: {parameter.default}." if parameter.default else ""
    return f"The {words}.{default}"


def _headed(title: str) -> list[str]:
    return [title, "-" * len(title)]


def _counted(texts: Iterable[str]) -> Counter[Style]:
    counts: Counter[Style] = Counter()
    for text in texts:
        for style, mark in _MARKS.items():
            counts[style] += len(mark.findall(text))
    return +counts
