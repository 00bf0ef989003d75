"""Which folder is the repository that a file belongs to."""

import os
from collections.abc import Sequence
from pathlib import Path

# The first that any folder above has wins; among folders with the same one, the innermost.
_MARKS = (
    (".git", ".hg", ".jj", ".svn"),
    (
        "pyproject.toml",
        "package.json",
        "go.mod",
        "Cargo.toml",
        "pom.xml",
        "build.gradle",
        "setup.py",
        "CMakeLists.txt",
    ),
)


def find_root(path: Path) -> Path:
    """The folder of the repository or project around *path*; without any mark, the file's own folder."""
    start = path.resolve()
    if not start.is_dir():
        start = start.parent
    for marks in _MARKS:
        for folder in (start, *start.parents):
            if any((folder / mark).exists() for mark in marks) and folder != Path.home():
                return folder
    return start


def together(roots: Sequence[Path]) -> tuple[Path, tuple[str, ...]]:
    """(the folder that holds all *roots*, each relative to it): several are read as one repository.

    Those inside of another are left out, and those on another drive than the first.
    """
    on_drive = [it for it in roots if it.drive == roots[0].drive]
    outermost = [
        it for it in on_drive if not any(it != other and it.is_relative_to(other) for other in roots)
    ]
    base = Path(os.path.commonpath(outermost))
    relative = (it.relative_to(base).as_posix() for it in outermost)
    return base, tuple(dict.fromkeys("" if it == "." else it for it in relative))
