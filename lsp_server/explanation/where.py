"""The definitions that a name at a place may mean, the likeliest first. By names, not by types."""

import re
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from lsp_server.explanation.reachable import reachable
from lsp_server.explanation.scope_names import names_in_scope
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition
from lsp_server.syntax.outlining import IDENTIFIER, outline
from lsp_server.text.document import Document

FOUND_MAX = 20
NEAR_MIN = 0.7
_OBJECT = re.compile(r"([A-Za-z_$][\w$]*)\s*(?:\.|->|::|\?\.)\s*$")
_MEMBERS = ("method", "field")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    path: str
    line: int  # 0-based
    kind: str  # as of Definition; or parameter, assigned, imported, module
    text: str  # signature or line
    doc: str = ""

    @classmethod
    def of(cls, definition: Definition) -> "Found":
        text = definition.signature or definition.name
        return cls(
            path=definition.path,
            line=definition.name_line,
            kind=definition.kind,
            text=text,
            doc=definition.doc,
        )


def name_at(document: Document, offset: int) -> str:
    """The identifier around or just before *offset*; "" if there is none."""
    line = document.line_of(offset)
    start = document.line_starts[line]
    for match in IDENTIFIER.finditer(document.line_text(line)):
        if start + match.start() <= offset <= start + match.end():
            return match.group()
    return ""


def definitions_at(snapshot: Snapshot, document: Document, offset: int) -> list[Found]:
    """Behind a dot members are meant, elsewhere what is in scope, then what is imported, then others."""
    name = name_at(document, offset)
    if not name:
        return []
    line = document.line_of(offset)
    known = reachable(snapshot, document, name)
    text = document.text[document.line_starts[line] : offset]
    owner = _OBJECT.search(text[: len(text) - len(_tail(text))])
    if owner is not None:
        classes = [owner[1], *snapshot.classes_like(owner[1])]
        if owner[1] in ("self", "cls", "this"):
            around = [it for it in outline(document).definitions if it.kind == "class"]
            classes = [it.name for it in around if it.start_line <= line <= it.end_line]
        known.sort(key=lambda it: (it.owner.rpartition(".")[2] not in classes, it.kind not in _MEMBERS))
        return [Found.of(it) for it in known][:FOUND_MAX]
    found: list[Found] = []
    scope = names_in_scope(document, line).get(name)
    if scope is not None and scope.how in ("parameter", "assigned"):
        shown = document.line_text(scope.line).strip()
        found.append(Found(path=document.path, line=scope.line, kind=scope.how, text=shown))
    imported = [it for it in outline(document).imports if name in (it.alias, *(here for _, here in it.names))]
    for each in imported:
        real = next((there for there, here in each.names if here == name), "")
        paths = snapshot.modules.resolve(document.path, document.language, each)
        exact = [it for it in snapshot.definitions(real) if it.path in paths] if real else []
        found += [Found.of(it) for it in exact]
        if not exact:
            found += [Found(path=it, line=0, kind="module", text=it) for it in paths[:1]]
    found += [Found.of(it) for it in known if not it.owner or it.kind not in _MEMBERS]
    unique = {(it.path, it.line): it for it in reversed(found)}
    return [it for it in dict.fromkeys(found) if unique[it.path, it.line] is it][:FOUND_MAX]


def symbols_like(snapshot: Snapshot, name: str, limit: int) -> tuple[list[Definition], bool]:
    """(definitions named *name*, True); with none, those of the nearest names or that contain it, False.

    A dotted name asks for a member: `Cart.total`.
    """
    owner, _, last = name.rpartition(".")
    found = [it for it in snapshot.definitions(last) if not owner or it.owner.endswith(owner)]
    if found:
        return found[:limit], True
    names = snapshot.defined_names()
    inside = sorted((it for it in names if last.lower() in it.lower()), key=lambda it: (len(it), it))
    near = process.extract(
        last, names, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=NEAR_MIN, limit=limit
    )
    likely = dict.fromkeys([*(it for it, _, _ in near), *inside])
    return [it for each in likely for it in snapshot.definitions(each)][:limit], False


def _tail(text: str) -> str:
    """The part of a name that ends *text*."""
    match = re.search(r"[A-Za-z_$][\w$]*$", text)
    return match.group() if match is not None else ""
