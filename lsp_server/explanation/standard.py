"""Names of the languages' own libraries, and the import of each. For Python the interpreter knows."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def standard_imports(language: str) -> Mapping[str, list[str]]:
    """Name → the lines that import it, the likeliest first."""
    text = resources.files("lsp_server.explanation").joinpath("standard_names.toml").read_text("utf-8")
    found: dict[str, list[str]] = {}
    for package, names in tomllib.loads(text).get(language, {}).items():
        for name in names.split():
            found.setdefault(name, []).append(_LINES[language].format(package=package, name=name))
    return found


_LINES = {"java": "import {package}.{name};", "go": 'import "{package}"'}
