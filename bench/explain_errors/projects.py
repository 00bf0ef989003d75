"""The pinned projects that mistakes are made in (bench/sources.toml)."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.registries import CACHE, fetched
from bench.sources import pins, project

LANGUAGE_SUFFIX = {
    "python": ".py", "typescript": ".ts", "go": ".go", "rust": ".rs", "java": ".java", "c": ".c",
}  # fmt: skip
SIZE_MIN, SIZE_MAX = 1_500, 200_000  # bytes
_PYTHON_TABLES = {"errors_report": "python", "errors_develop": "calibration"}
_NOT_OURS = ("spec", "test", "tests", "__tests__", "testing", "benches", "examples", "fuzz")


@dataclass(frozen=True, kw_only=True)
class ErrorProject:
    name: str
    language: str
    version: str
    registry: str = "wheel"
    folder: str = ""
    package: str = ""  # its name at the registry, where another
    archive: str = ""  # in the package, with the folder
    table: str = ""  # of sources.toml, for Python
    options: Mapping[str, Any] = field(default_factory=dict)  # what its checker has to be told

    def root(self) -> Path:
        if self.language == "python":
            return project(self.name, self.table)
        package = fetched(self.package or self.name, registry=self.registry, version=self.version)
        if self.archive:
            package = _unpacked(package / self.archive, self.folder)
        return package / self.folder


def _unpacked(archive: Path, folder: str) -> Path:
    """A folder of its own for one folder of *archive*."""
    target = CACHE / f"{archive.parents[4].name}-{folder}"
    if not target.is_dir():
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(target, [it for it in opened.namelist() if it.startswith(f"{folder}/")])
    return target


def projects_of(language: str, table: str) -> list[ErrorProject]:
    """Of errors_report or errors_develop, in order of their names."""
    if language == "python":
        there = _PYTHON_TABLES[table]
        found = [
            ErrorProject(name=name, language=language, version=version, table=there)
            for name, version in pins(there).items()
        ]
    else:
        found = [
            ErrorProject(name=name, **it)
            for name, it in pins(table).items()  # type: ignore[arg-type]
            if it["language"] == language  # type: ignore[index]
        ]
    return sorted(found, key=lambda it: it.name)


def texts_of(chosen: ErrorProject) -> dict[str, str]:
    """Path → text of the files that are neither very small, very large, nor tests."""
    root = chosen.root()
    found: dict[str, str] = {}
    for path in sorted(root.rglob(f"*{LANGUAGE_SUFFIX[chosen.language]}")):
        relative = path.relative_to(root)
        is_ours = chosen.language == "python" or not set(relative.parts) & set(_NOT_OURS)
        is_ours = is_ours and not path.name.endswith((".d.ts", "_test.go", ".spec.ts", ".test.ts"))
        if is_ours and SIZE_MIN < path.stat().st_size < SIZE_MAX:
            found[relative.as_posix()] = path.read_text("utf-8", "replace")
    return found
