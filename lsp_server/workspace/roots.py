"""Which folder is the repository that a file belongs to."""

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
