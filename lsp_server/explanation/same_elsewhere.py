"""Where else the same problem stands: the name that is missing here is asked for there, too. Pure.

One piece of evidence, however many places: stale callers of a renamed definition are seen as what they are.
"""

import re
from collections.abc import Iterator, Sequence

from lsp_server.explanation.kinds import Reading
from lsp_server.explanation.problem import Evidence, Problem
from lsp_server.explanation.words import Words
from lsp_server.index.file import IndexedFile
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Import
from lsp_server.syntax.outlining import outline
from lsp_server.text.document import Document
from lsp_server.text.lines import lines_of
from lsp_server.text.secrets import is_secret_file, redact

FILES_MAX = 40  # a name that more files use is an everyday word, or another one
PLACES_SHOWN = 6
PLACES_MAX = 200
SHOWN_AT = 5  # at the latest: the last one that an explanation lists
WEIGHT = 0.65

Place = tuple[str, int, str]  # path, 0-based line, the line's text

_COMMENT = re.compile(r"\s*(?:#|//|\*|/\*|--)")


def with_same(
    evidence: Sequence[Evidence],
    problem: Problem,
    document: Document,
    reading: Reading,
    snapshot: Snapshot,
    words: Words,
) -> list[Evidence]:
    """*evidence*, which keeps its order, with one piece about the other places, if there are any."""
    name = reading.groups.get("name", "")
    if reading.kind == "unknown_module":
        places = _imports_of(snapshot, document, name)
    else:
        name = name.rpartition(".")[2]
        places = _places(snapshot, document, reading, name)
    line = document.line_of(problem.start)
    found: list[Place] = []
    for place in places:
        if place[:2] != (document.path, line) and len(found) < PLACES_MAX:
            found.append(place)
    if not found:
        return list(evidence)
    shown = ", ".join(f"`{path}:{number + 1}`" for path, number, _ in found[:PLACES_SHOWN])
    more = " …" if len(found) > PLACES_SHOWN else ""
    path, number, text = found[0]
    piece = Evidence(
        path=path, line=number, text=text.strip(),
        why=words("same_elsewhere", name=name, count=str(len(found)), places=shown + more),
        weight=WEIGHT, role="same", name=name,
    )  # fmt: skip
    at = sum(it.weight >= WEIGHT for it in evidence)
    at = min(at, SHOWN_AT)
    return [*evidence[:at], piece, *evidence[at:]]


def _places(snapshot: Snapshot, document: Document, reading: Reading, name: str) -> Iterator[Place]:
    """Of this document first."""
    if reading.kind not in ("unknown_name", "unknown_attribute", "cannot_import") or not name.isidentifier():
        return
    if reading.kind != "cannot_import" and snapshot.definitions(name):
        return  # another thing of that name exists: who uses it may well mean that
    is_member = reading.kind == "unknown_attribute"
    before = r"(?<=[.>:])" if is_member else r"(?<![.\w$>])"
    word = re.compile(before + re.escape(name) + r"(?![\w$]|\s*=(?!=))")
    yield from _in(document.path, lines_of(redact(document.text)), word)
    paths = [it for it in snapshot.files_with(name) if it != document.path and not is_secret_file(it)]
    for path in paths if len(paths) <= FILES_MAX else ():
        file = snapshot.file(path)
        if file is None or file.outline.language != document.language:
            continue
        if is_member or _asks_in_vain(snapshot, file, name):
            yield from _in(path, file.lines, word)


def _imports_of(snapshot: Snapshot, document: Document, name: str) -> Iterator[Place]:
    """Imports of the module *name*, or of one inside of it, that mean no file of the repository either."""
    if not all(it.isidentifier() for it in name.split(".")):
        return  # a path: from another folder it means another file
    own = outline(document)
    for each in (own, *(it for it in snapshot.outlines.values() if it.path != own.path)):
        lines = [
            it.line
            for it in each.imports
            if (it.module == name or it.module.startswith(f"{name}."))
            and not snapshot.modules.resolve(each.path, each.language, it)
        ]
        if not lines or each.language != own.language or is_secret_file(each.path):
            continue
        file = snapshot.file(each.path)
        text = lines_of(redact(document.text)) if each is own else file.lines if file is not None else []
        yield from ((each.path, line, text[line][:400]) for line in lines if line < len(text))


def _in(path: str, lines: Sequence[str], word: re.Pattern[str]) -> Iterator[Place]:
    for number, line in enumerate(lines):
        if word.search(line) and not _COMMENT.match(line):
            yield path, number, line[:400]


def _asks_in_vain(snapshot: Snapshot, file: IndexedFile, name: str) -> bool:
    """Whether *file* imports *name* from a file of the repository that has none of that name."""
    taken: list[Import] = [it for it in file.outline.imports if name in (there for there, _ in it.names)]
    for each in taken:
        paths = snapshot.modules.resolve(file.path, file.outline.language, each)
        stems = {part for path in paths for part in path.rpartition(".")[0].split("/")[-2:]}
        if paths and name not in stems and not any(_has(snapshot, path, name) for path in paths):
            return True
    return False


def _has(snapshot: Snapshot, path: str, name: str) -> bool:
    return any(it.name == name for it in snapshot.top_level(path))
