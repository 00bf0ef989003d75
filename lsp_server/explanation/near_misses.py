"""What a wrong name may have meant: names in scope, members, modules, and what could be imported. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lsp_server.explanation.call_fit import call_fit
from lsp_server.explanation.kinds import Reading
from lsp_server.explanation.members import MEMBERS, members_in, members_of, owners_in
from lsp_server.explanation.near_names import near_names
from lsp_server.explanation.own_members import own_members
from lsp_server.explanation.problem import Evidence, evidence_of
from lsp_server.explanation.reachable import reachable
from lsp_server.explanation.scope_names import PYTHON_BUILTINS, PYTHON_MODULES, ScopeName
from lsp_server.explanation.standard import standard_imports
from lsp_server.explanation.words import Words
from lsp_server.index.outline import Definition
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outlining import IDENTIFIER, identifiers_in, outline
from lsp_server.text.document import Document

DEFINITIONS_PER_NAME = 3
IMPORTABLE = 0.95
UNLIKELY_IMPORT = 0.62  # of what its file keeps to itself, or what only a test has
NEAR_ENOUGH = 0.8  # from here on the whole repository need not be searched
# Set by hand: who renames a definition leaves one name that nothing uses, and uses of one that is nowhere.
NOTHING_USES_IT = 0.06
LIKENESS_MAX = 0.98
FILES_MAX = 200

_ABOUT_MEMBERS = (
    "unknown_attribute", "cannot_import", "none_access", "missing_property", "no_override", "unknown_type",
)  # fmt: skip

_BEHIND_DOT = re.compile(r"(?:\.|->|::)\s*([A-Za-z_$][\w$]*)")
# `object` alone does not list `__dict__` and `__name__`.
_DUNDERS = frozenset(it for it in (*dir(object), *dir(type)) if it.startswith("__"))
_TESTS = re.compile(r"(?:^|[/_.-])(?:tests?|spec|__tests__|testing|mocks?)(?:[/_.-]|$)", re.I)
_PACKAGES = ("go", "java", "kotlin", "scala", "csharp")  # whose files of one folder see each other


def near_misses(
    snapshot: Snapshot,
    document: Document,
    start: int,
    reading: Reading,
    scope: dict[str, ScopeName],
    words: Words,
) -> Iterator[Evidence]:
    """*start*: where the tool says that the problem is."""
    line = document.line_of(start)
    name, owner = reading.groups.get("name", ""), reading.groups.get("owner", "")
    if not name:
        return
    is_member = reading.kind == "unknown_name" and _is_behind_dot(document, start)
    is_import = line in {it.line for it in outline(document).imports}
    if reading.kind in _ABOUT_MEMBERS or (is_member and not is_import):
        yield from _near_members(snapshot, document, name, owner, reading.groups.get("actual", ""), words)
        if reading.kind == "cannot_import":
            yield from _near_in_scope(document, name, {}, words, is_import=is_import)
        for it in snapshot.definitions(name)[:DEFINITIONS_PER_NAME]:
            yield evidence_of(it, words("elsewhere", name=name, owner=it.owner or it.path), 0.6, "elsewhere")
    elif reading.kind == "unknown_name":
        yield from own_members(document, line, name, lambda it: members_of(snapshot, it), words)
        yield from _importable(snapshot, document, name, words)
        near = [
            *_near_in_scope(document, name, scope, words, is_import=is_import),
            *_near_in_imports(snapshot, document, name, words),
        ]
        if owner:
            near += _near_members(snapshot, document, name, owner, "", words)
        yield from near
        if not any(it.weight >= NEAR_ENOUGH for it in near):
            yield from _near_anywhere(snapshot, document, name, words)
    elif reading.kind == "private_member":
        yield from _near_in_scope(document, name, scope, words, is_import=is_import)
    elif reading.kind == "extra_argument":
        fit = call_fit(snapshot, document, line, reading)
        if fit is not None:
            for near_name, likeness in near_names(name, fit.missing or fit.wanted):
                why = words("near_parameter", name=near_name, function=fit.call.partition("(")[0])
                yield replace(evidence_of(fit.definition, why, likeness, "near"), name=near_name)
    elif reading.kind == "unused":
        short = name.rpartition(" as ")[2].rpartition(".")[2]
        yield Evidence(
            path=document.path, line=line, text=document.line_text(line).strip(),
            why=words("unused_here", name=short), weight=0.99, role="unused", name=short,
        )  # fmt: skip
    elif reading.kind == "unknown_module":
        yield from _near_modules(snapshot, _stem(name), words)
        yield from _imported_so(snapshot, document, _stem(name), words)
        modules = PYTHON_MODULES if document.language == "python" else standard_imports(document.language)
        if modules:
            for near_name, likeness in near_names(name if "/" not in name else _stem(name), modules):
                why = words("near_stdlib", name=near_name)
                yield Evidence(
                    path="", line=0, text="", why=why, weight=likeness - 0.05, role="stdlib", name=near_name
                )


def _is_behind_dot(document: Document, start: int) -> bool:
    """javac points at the dot, others at the name behind it."""
    return document.text[start : start + 1] == "." or document.text[:start].rstrip()[-1:] == "."


def _near_members(
    snapshot: Snapshot, document: Document, name: str, owner: str, actual: str, words: Words
) -> Iterator[Evidence]:
    """Of the type that the message names; where that is unknown, what stands behind dots elsewhere."""
    best = 0.0
    for each in dict.fromkeys((*owners_in(actual), *owners_in(owner))):
        by_name = {it.name: it for it in reversed(members_of(snapshot, each))}
        for near, likeness in near_names(name, by_name):
            it = by_name[near]
            weight = _with_use(document, near, likeness) if it.path == document.path else likeness
            best = max(best, weight)
            yield evidence_of(it, words("near_member", name=near, owner=each), weight, "near")
    if document.language == "python" and name.startswith("__"):
        yield from _near_dunders(name, words)
    for near, likeness in near_names(name, members_in(owner)):
        best = max(best, likeness)
        why = words("near_member", name=near, owner="…")
        yield Evidence(path="", line=0, text="", why=why, weight=likeness, role="suggested", name=near)
    if best < NEAR_ENOUGH:
        yield from _near_behind_dots(snapshot, document, name, words)


def _near_behind_dots(snapshot: Snapshot, document: Document, name: str, words: Words) -> Iterator[Evidence]:
    known = {it.name: it for it in outline(document).definitions if it.kind in MEMBERS}
    for near, likeness in near_names(name, {*_BEHIND_DOT.findall(document.text), *known} - {name}):
        at = known[near].name_line if near in known else _first_line_with(document, near)
        yield Evidence(
            path=document.path, line=at, text=document.line_text(at).strip(),
            why=words("near_name", name=near), weight=_with_use(document, near, likeness) - 0.03, role="near",
            name=near,
        )  # fmt: skip
    by_name = {
        it.name: it for file in snapshot.files() for it in file.outline.definitions if it.kind in MEMBERS
    }
    for near, likeness in near_names(name, by_name):
        why = words("elsewhere", name=near, owner=by_name[near].owner or by_name[near].path)
        yield evidence_of(by_name[near], why, likeness - 0.06, "near")


def _importable(snapshot: Snapshot, document: Document, name: str, words: Words) -> Iterator[Evidence]:
    """Definitions of *name* elsewhere, those it imports from and outside of classes first."""
    found = [
        it
        for it in reachable(snapshot, document, name)
        if it.path != document.path and it.kind not in MEMBERS
    ]
    in_test = bool(_TESTS.search(document.path))
    rated = [(_is_offered(it) and (in_test or not _TESTS.search(it.path)), it) for it in found]
    rated.sort(key=lambda it: not it[0])
    for is_likely, it in rated[:DEFINITIONS_PER_NAME]:
        weight = IMPORTABLE if is_likely else UNLIKELY_IMPORT
        yield evidence_of(it, words("importable", name=name), weight, "import")
    if not any(is_likely for is_likely, _ in rated):
        yield from _modules_beside(snapshot, document, name, words)
        yield from _imported_so(snapshot, document, name, words)
        yield from _standard(document, name, words)


def _modules_beside(snapshot: Snapshot, document: Document, name: str, words: Words) -> Iterator[Evidence]:
    """`from . import name`: the file's own package has a module that is called so."""
    folder = document.path.rpartition("/")[0]
    for path in snapshot.modules_named(name):
        if document.language == "python" and path.startswith(f"{folder}/" if folder else ""):
            why = words("module_here")
            yield Evidence(path=path, line=0, text=path, why=why, weight=0.93, role="related", name=name)


def _standard(document: Document, name: str, words: Words) -> Iterator[Evidence]:
    """Of the language's own library: which import brings that name."""
    for statement in standard_imports(document.language).get(name, ())[:2]:
        why = words("near_stdlib", name=name)
        yield Evidence(path="", line=0, text=statement, why=why, weight=0.92, role="stdlib", name=name)


def _is_offered(it: Definition) -> bool:
    """Whether its file lets others have it, as far as its first lines tell."""
    head = f" {it.signature} "
    match it.path.rpartition(".")[2]:
        case "ts" | "tsx" | "mts" | "js" | "mjs":
            return " export " in head
        case "rs":
            return " pub" in head or it.kind == "macro"
        case "c" | "cc" | "cpp" | "cxx":
            return False  # a header is what others take
        case _:
            return True


def _imported_so(snapshot: Snapshot, document: Document, name: str, words: Words) -> Iterator[Evidence]:
    """How another file imports what is called so here: of a library that is not in the repository, say."""
    counts: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
    places: dict[str, tuple[str, int, int]] = {}
    for path in snapshot.files_with(name)[:FILES_MAX]:
        file = snapshot.file(path)
        if file is None or path == document.path or file.outline.language != document.language:
            continue
        for each in file.outline.imports:
            last = each.module.replace("::", ".").rpartition("/")[2].rpartition(".")[2]
            here = {there for _, there in each.names} or {each.alias or last}
            if name in here:
                key = (each.module, tuple(it for it in each.names if it[1] == name))
                counts[key] = counts.get(key, 0) + 1
                places.setdefault(each.module, (path, each.line, counts[key]))
    for (module, _), _count in sorted(counts.items(), key=lambda it: -it[1])[:2]:
        path, line, _ = places[module]
        why = words("imported_so", name=name, module=module)
        yield Evidence(path=path, line=line, text=module, why=why, weight=0.94, role="imported_so", name=name)


def _near_in_scope(
    document: Document, name: str, scope: dict[str, ScopeName], words: Words, *, is_import: bool
) -> Iterator[Evidence]:
    """What may have been meant: names in scope first, then the language's own, then any in the file."""
    for near, likeness in near_names(name, scope):
        it = scope[near]
        why = words(f"near_{it.how}", name=near, line=str(it.line + 1), function=it.function)
        text = document.line_text(it.line).strip()
        weight = likeness - 0.005 if it.how == "imported" else _with_use(document, near, likeness)
        yield Evidence(
            path=document.path, line=it.line, text=text, why=why, weight=weight, role="near", name=near
        )
    if document.language == "python":
        yield from _near_own_names(name, words)
    # What an import should bring, the text below uses without having it.
    others = {it for it in identifiers_in(document.text) if it not in scope}
    for near, likeness in near_names(name, others):
        at = _first_line_with(document, near)
        yield Evidence(
            path=document.path, line=at, text=document.line_text(at).strip(),
            why=words("near_name", name=near), weight=likeness if is_import else likeness - 0.15, role="near",
            name=near,
        )  # fmt: skip


def _near_in_imports(snapshot: Snapshot, document: Document, name: str, words: Words) -> Iterator[Evidence]:
    """What the files that this one imports define; not all of a large repository is worth guessing from."""
    paths = dict.fromkeys([*snapshot.imported_paths(document.path), *_same_package(snapshot, document)])
    yield from _near_of(_top_level(snapshot, paths), name, 0.02, words)


def _near_anywhere(snapshot: Snapshot, document: Document, name: str, words: Words) -> Iterator[Evidence]:
    own = [it for it in snapshot.paths if it.rpartition(".")[2] == document.path.rpartition(".")[2]]
    yield from _near_of(_top_level(snapshot, own), name, 0.1, words)


def _near_of(by_name: dict[str, Definition], name: str, less: float, words: Words) -> Iterator[Evidence]:
    for near, likeness in near_names(name, by_name):
        yield evidence_of(by_name[near], words("near_elsewhere", name=near), likeness - less, "near")


def _top_level(snapshot: Snapshot, paths: Iterable[str]) -> dict[str, Definition]:
    return {it.name: it for path in paths for it in snapshot.top_level(path) if it.kind not in MEMBERS}


def _same_package(snapshot: Snapshot, document: Document) -> list[str]:
    if document.language not in _PACKAGES:
        return []
    folder = document.path.rpartition("/")[0]
    return [it for it in snapshot.paths if it.rpartition("/")[0] == folder and it != document.path]


def _near_own_names(name: str, words: Words) -> Iterator[Evidence]:
    if name in PYTHON_MODULES:
        why = words("near_stdlib", name=name)
        yield Evidence(path="", line=0, text="", why=why, weight=0.9, role="stdlib", name=name)
    for near, likeness in near_names(name, PYTHON_BUILTINS):
        why = words("near_builtin", name=near, language="Python")
        yield Evidence(path="", line=0, text="", why=why, weight=likeness - 0.05, role="builtin", name=near)


def _near_dunders(name: str, words: Words) -> Iterator[Evidence]:
    for near, likeness in near_names(name, _DUNDERS):
        why = words("near_builtin", name=near, language="Python")
        yield Evidence(path="", line=0, text="", why=why, weight=likeness, role="builtin", name=near)


def _near_modules(snapshot: Snapshot, stem: str, words: Words) -> Iterator[Evidence]:
    for path in snapshot.modules_named(stem):
        yield Evidence(
            path=path, line=0, text=path, why=words("module_here"), weight=0.9, role="near", name=path
        )
    stems: dict[str, str] = {}
    for path in sorted(snapshot.paths):
        folder, _, file = path.rpartition("/")
        stems.setdefault(folder.rpartition("/")[2], path)
        stems[file.split(".")[0]] = path
    for near, likeness in near_names(stem, stems):
        path, why = stems[near], words("near_module", name=near)
        yield Evidence(path=path, line=0, text=path, why=why, weight=likeness, role="near", name=near)


def _stem(module: str) -> str:
    """`cart` of "shop.cart", "./shop/cart.js" and "shop::cart"."""
    if "/" in module or module.endswith((".h", ".hpp", ".hh")):
        return module.rpartition("/")[2].split(".")[0]
    return module.replace("::", ".").rpartition(".")[2]


def _with_use(document: Document, name: str, likeness: float) -> float:
    """A definition that nothing here uses was perhaps what the wrong name means, under another name."""
    if outline(document).identifiers.get(name, 0) > 1:
        return likeness
    return max(likeness, min(likeness + NOTHING_USES_IT, LIKENESS_MAX))


def _first_line_with(document: Document, name: str) -> int:
    found = (match for match in IDENTIFIER.finditer(document.text) if match.group() == name)
    return document.line_of(next(found).start())
