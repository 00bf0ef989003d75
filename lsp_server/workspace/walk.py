"""Find the files of a repository that are worth knowing, without opening any but .gitignore.

Links are not followed, so there are no circles and no way out. What is left out is named with its reason.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsp_server.index.layout import LAYOUT_FILES
from lsp_server.workspace.files import INDEXED_MAX_BYTES, read_lines
from lsp_server.workspace.ignore_rules import (
    RULES_MAX_BYTES,
    IgnoreRules,
    reason_to_skip,
    rules_of_root,
    skips_folder,
)

FILES_MAX = 200_000
DEPTH_MAX = 60


@dataclass(frozen=True, slots=True)
class FoundFile:
    path: str
    size: int
    mtime_ns: int
    is_layout: bool = False  # read for what it says of modules, not for its text


Skip = Callable[[str, str], None]  # path, reason


WHOLE = ("",)  # the folders that are looked at: all of the root


def walk(
    root: Path, *, exclude: Sequence[str], skip: Skip, folders: Sequence[str] = WHOLE
) -> Iterator[FoundFile]:
    """Yield the files worth reading in *folders* of *root*, by folder and name; tell *skip* of the others."""
    pending = [(it, 0, rules_of_root(root, exclude, it)) for it in reversed(folders)]
    count = 0
    while pending:
        folder, depth, rules = pending.pop()
        try:
            with os.scandir(root / folder) as entries:
                here = sorted(entries, key=lambda it: it.name)
        except (OSError, ValueError):
            skip(folder, "unreadable folder")
            continue
        names = {it.name for it in here}
        if ".gitignore" in names:
            rules = rules.with_lines(folder, _gitignore(root, folder))
        inner: list[tuple[str, int, IgnoreRules]] = []
        for entry in here:
            path = f"{folder}/{entry.name}" if folder else entry.name
            found = _looked_at(entry, path, rules, names, skip)
            if isinstance(found, FoundFile):
                count += 1
                if count > FILES_MAX:
                    skip(path, f"more than {FILES_MAX:,} files")
                    return
                yield found
            elif found == "folder":
                if depth < DEPTH_MAX:
                    inner.append((path, depth + 1, rules))
                else:
                    skip(path, "too deep")
        pending += reversed(inner)


def found_file(
    root: Path, path: str, *, exclude: Sequence[str], folders: Sequence[str] = WHOLE
) -> FoundFile | None:
    """The file at *path* if a walk would find it now: after it was created, changed, or removed."""
    rules = _rules_around(root, path, exclude, folders)
    if rules is None:
        return None
    folder, _, name = path.rpartition("/")
    try:
        with os.scandir(root / folder) as entries:
            entry = next((it for it in entries if it.name == name), None)
    except (OSError, ValueError):
        return None
    found = None if entry is None else _looked_at(entry, path, rules, set(), lambda path, reason: None)
    return found if isinstance(found, FoundFile) else None


def is_left_out(root: Path, path: str, *, exclude: Sequence[str], folders: Sequence[str] = WHOLE) -> bool:
    """Whether a walk would pass over *path* for its name and the rules, be it on disk or not."""
    rules = _rules_around(root, path, exclude, folders)
    return rules is None or bool(reason_to_skip(path)) or rules.ignores(path)


def _rules_around(
    root: Path, path: str, exclude: Sequence[str], folders: Sequence[str]
) -> IgnoreRules | None:
    """The rules in the folder of *path*; None if a walk never enters that folder."""
    folder = next((it for it in folders if not it or path.startswith(it + "/")), None)
    if folder is None:
        return None
    rules = rules_of_root(root, exclude, folder)
    for part in path[len(folder) + bool(folder) :].split("/")[:-1]:
        rules = rules.with_lines(folder, _gitignore(root, folder))
        try:
            siblings = {it.name for it in (root / folder).iterdir()}
        except (OSError, ValueError):
            siblings = set()
        folder = f"{folder}/{part}" if folder else part
        if part in (".", "..", "") or skips_folder(part, siblings) or rules.ignores(folder + "/"):
            return None
        if (root / folder).is_symlink():
            return None
    return rules.with_lines(folder, _gitignore(root, folder))


def _looked_at(
    entry: "os.DirEntry[str]", path: str, rules: IgnoreRules, siblings: set[str], skip: Skip
) -> FoundFile | str | None:
    """A file to read, "folder" for one to enter, None for what was skipped."""
    try:
        if entry.is_symlink():
            skip(path, "link")
            return None
        if entry.is_dir(follow_symlinks=False):
            if skips_folder(entry.name, siblings) or rules.ignores(path + "/"):
                skip(path + "/", "ignored")
                return None
            return "folder"
        if not entry.is_file(follow_symlinks=False):
            skip(path, "not a regular file")
            return None
        is_layout = entry.name in LAYOUT_FILES
        reason = reason_to_skip(path)
        if reason and not (is_layout and reason == "not source"):
            skip(path, reason)
            return None
        if rules.ignores(path):
            skip(path, "ignored")
            return None
        status = entry.stat(follow_symlinks=False)
    except OSError:
        skip(path, "unreadable")
        return None
    if status.st_size > INDEXED_MAX_BYTES:
        skip(path, "too large")
        return None
    return FoundFile(path, status.st_size, status.st_mtime_ns, is_layout)


def _gitignore(root: Path, folder: str) -> list[str]:
    return read_lines(root, f"{folder}/.gitignore" if folder else ".gitignore", max_bytes=RULES_MAX_BYTES)
