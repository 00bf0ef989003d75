"""How a repository names its own modules: what go.mod, tsconfig.json, package.json and Cargo.toml say.

Anything that cannot be read is as if it were not there.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

WHOLE_FOLDER = ("__init__", "index", "mod", "lib")  # file names that stand for their folder

LAYOUT_FILES = frozenset({"go.mod", "tsconfig.json", "jsconfig.json", "package.json", "Cargo.toml"})

_GO_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)
# A string, or a comment, or a comma before a closing bracket: what JSON with comments may hold.
_JSON_EXTRAS = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|,(?=\s*[}\]])')


@dataclass(frozen=True, slots=True, kw_only=True)
class PathAliases:
    """compilerOptions.paths and baseUrl of one tsconfig.json; folders are repository-relative."""

    folder: str
    base: str | None
    patterns: tuple[tuple[str, tuple[str, ...]], ...]  # "@app/*" → ("src/app/*",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    go_modules: tuple[tuple[str, str], ...] = ()  # (module, folder)
    js_packages: tuple[tuple[str, str], ...] = ()  # (name, folder)
    crates: tuple[tuple[str, str], ...] = ()  # (name with underscores, folder)
    aliases: tuple[PathAliases, ...] = ()


NO_LAYOUT = Layout()


def read_layout(texts: Mapping[str, str]) -> Layout:
    """The layout that the files in *texts*, path → text, describe; other files are passed over."""
    go, js, crates, aliases = [], [], [], []
    for path in sorted(texts):
        name, folder = PurePosixPath(path).name, _folder(path)
        if name == "go.mod":
            go += [(match[1], folder) for match in _GO_MODULE.finditer(texts[path])][:1]
        elif name == "package.json":
            given = _json(texts[path]).get("name")
            if isinstance(given, str):
                js.append((given, folder))
        elif name == "Cargo.toml":
            given = _table(_toml(texts[path]).get("package")).get("name")
            if isinstance(given, str):
                crates.append((given.replace("-", "_"), folder))
        elif name in ("tsconfig.json", "jsconfig.json"):
            aliases.append(_aliases(_json(texts[path]), folder))
    return Layout(go_modules=tuple(go), js_packages=tuple(js), crates=tuple(crates), aliases=tuple(aliases))


def _aliases(config: Mapping[str, object], folder: str) -> PathAliases:
    options = _table(config.get("compilerOptions"))
    base = options.get("baseUrl")
    patterns = [
        (pattern, tuple(it for it in targets if isinstance(it, str)))
        for pattern, targets in _table(options.get("paths")).items()
        if isinstance(targets, list)
    ]
    return PathAliases(
        folder=folder,
        base=joined(folder, base) if isinstance(base, str) else None,
        patterns=tuple(patterns),
    )


def joined(folder: str, path: str) -> str | None:
    """*path* seen from *folder*, both relative to the root; None when it leads out of the repository."""
    parts: list[str] = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _json(text: str) -> Mapping[str, object]:
    try:
        return _table(json.loads(_JSON_EXTRAS.sub(lambda match: match[1] or " ", text.lstrip("\ufeff"))))
    except (ValueError, RecursionError):
        return {}


def _toml(text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
