"""Look up what a problem is about: definitions, near misses, members, imports. Pure over the snapshot.

Near misses are scored by Jaro-Winkler and by Damerau-Levenshtein (rapidfuzz): the first likes a common
beginning, the second a swapped or doubled letter; a candidate needs one of them to be sure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from lsp_server.explanation.call_fit import call_fit
from lsp_server.explanation.kinds import Reading
from lsp_server.explanation.own_members import own_members
from lsp_server.explanation.problem import Evidence, Problem, Role
from lsp_server.explanation.reachable import reachable
from lsp_server.explanation.scope_names import PYTHON_BUILTINS, PYTHON_MODULES, names_in_scope
from lsp_server.explanation.words import Words
from lsp_server.index.outline import Definition
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outlining import IDENTIFIER, identifiers_in, outline
from lsp_server.text.document import Document

# Set by hand on a few dozen misspellings: `days_latte`/`days_late` is 0.90, `total`/`title` 0.60.
NEAR_MIN = 0.74
BEGINNING_COUNTS_LESS = 0.12  # names that merely begin alike are many
NEAR_LIMIT = 3
SUGGESTED = 0.985  # weight of what the tool itself proposes
DEFINITIONS_PER_NAME = 3
BASES_MAX = 8

_MEMBERS = ("field", "method")  # reached through their object, never by an import

Near = tuple[str, float]


def near_names(wanted: str, candidates: Iterable[str]) -> list[Near]:
    """The candidates that *wanted* may be a misspelling of, best first, with a likeness from 0 to 1."""
    names = list(set(candidates) - {wanted})
    plain = _plain(wanted)
    best: dict[str, float] = {name: 0.99 for name in names if _plain(name) == plain}
    # In one call each: a Python loop over the names of a large repository would take ten times as long.
    by_edits = process.extract(
        wanted, names, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=NEAR_MIN, limit=None
    )
    lower = [name.lower() for name in names]
    by_beginning = process.extract(
        wanted.lower(), lower, scorer=JaroWinkler.normalized_similarity,
        score_cutoff=NEAR_MIN + BEGINNING_COUNTS_LESS, limit=None,
    )  # fmt: skip
    for _, likeness, number in by_edits:
        best[names[number]] = max(likeness, best.get(names[number], 0.0))
    for _, likeness, number in by_beginning:
        best[names[number]] = max(likeness - BEGINNING_COUNTS_LESS, best.get(names[number], 0.0))
    return sorted(best.items(), key=lambda it: (-it[1], it[0]))[:NEAR_LIMIT]


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def members_of(snapshot: Snapshot, owner: str) -> list[Definition]:
    """What a class, type or module has, its bases' members included as far as they are in the repository."""
    seen: dict[str, None] = {}
    waiting = [owner.rpartition(".")[2]]
    members: list[Definition] = []
    while waiting and len(seen) < BASES_MAX:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen[name] = None
        members += snapshot.members(name)
        for definition in snapshot.definitions(name):
            if definition.kind in ("class", "type"):
                header = definition.signature.partition("(")[2]
                waiting += IDENTIFIER.findall(header)
    if not members:
        for path in snapshot.modules_named(owner.rpartition(".")[2]):
            members += snapshot.top_level(path)
    return members


def evidence_for(
    snapshot: Snapshot, document: Document, problem: Problem, reading: Reading, words: Words
) -> list[Evidence]:
    """Everything found, the most telling first, each place once."""
    line = document.line_of(problem.start)
    found = [*_near_misses(snapshot, document, line, reading, words)]
    if reading.kind == "unknown_name":
        found += _scope(document, problem, words)
    for rank, name in enumerate(_names(document, problem, reading)):
        weight = 0.7 - 0.08 * rank
        for it in reachable(snapshot, document, name.rpartition(".")[2])[:DEFINITIONS_PER_NAME]:
            found.append(_of(it, "definition", words("defined", name=it.name), weight))
    found += _suggested(found, reading, words)
    best: dict[tuple[str, int], Evidence] = {}
    for each in found:
        key = (each.path, each.line) if each.path else (each.name, -1)
        if key not in best or best[key].weight < each.weight:
            best[key] = each
    return sorted(best.values(), key=lambda it: (-it.weight, it.path, it.line))


def _near_misses(
    snapshot: Snapshot, document: Document, line: int, reading: Reading, words: Words
) -> Iterator[Evidence]:
    name, owner = reading.groups.get("name", ""), reading.groups.get("owner", "")
    if not name:
        return
    if reading.kind in ("unknown_attribute", "cannot_import", "none_access"):
        by_name = {it.name: it for it in reversed(members_of(snapshot, owner))} if owner else {}
        for near, likeness in near_names(name, by_name):
            yield _of(by_name[near], "near", words("near_member", name=near, owner=owner), likeness)
        for it in snapshot.definitions(name)[:DEFINITIONS_PER_NAME]:
            yield _of(it, "elsewhere", words("elsewhere", name=name, owner=it.owner or it.path), 0.6)
    elif reading.kind == "unknown_name":
        yield from own_members(document, line, name, lambda owner: members_of(snapshot, owner), words)
        for it in _importable(snapshot, document, name):
            yield _of(it, "import", words("importable", name=name), 0.95)
        yield from _near_in_scope(document, line, name, words)
        yield from _near_in_imports(snapshot, document, name, words)
    elif reading.kind == "extra_argument":
        fit = call_fit(snapshot, document, line, reading)
        if fit is not None:
            for near, likeness in near_names(name, fit.missing or fit.wanted):
                why = words("near_parameter", name=near, function=fit.call.partition("(")[0])
                yield replace(_of(fit.definition, "near", why, likeness), name=near)
    elif reading.kind == "unused":
        short = name.rpartition(" as ")[2].rpartition(".")[2]
        yield Evidence(
            path=document.path, line=line, text=document.line_text(line).strip(),
            why=words("unused_here", name=short), weight=0.99, role="unused", name=short,
        )  # fmt: skip
    elif reading.kind == "unknown_module":
        yield from _near_modules(snapshot, name.replace("/", ".").rpartition(".")[2], words)
        if document.language == "python":
            for near, likeness in near_names(name, PYTHON_MODULES):
                why = words("near_stdlib", name=near)
                yield Evidence(
                    path="", line=0, text="", why=why, weight=likeness - 0.05, role="stdlib", name=near
                )


def _suggested(found: list[Evidence], reading: Reading, words: Words) -> list[Evidence]:
    """What the tool itself takes for the likeliest: before what merely looks alike."""
    name = reading.suggestion.rpartition(".")[2]
    if not name:
        return []
    known = [it for it in found if it.name == name]
    if known:
        return [replace(it, weight=max(it.weight, SUGGESTED)) for it in known[:1]]
    why = words("suggested", name=name)
    return [Evidence(path="", line=0, text="", why=why, weight=SUGGESTED, role="suggested", name=name)]


def _importable(snapshot: Snapshot, document: Document, name: str) -> list[Definition]:
    """Definitions of *name* elsewhere, those it imports from and outside of classes first."""
    found = [
        it
        for it in reachable(snapshot, document, name)
        if it.path != document.path and it.kind not in _MEMBERS
    ]
    return found[:DEFINITIONS_PER_NAME]


def _near_in_scope(document: Document, line: int, name: str, words: Words) -> Iterator[Evidence]:
    """What may have been meant: names in scope first, then the language's own, then any in the file."""
    scope = names_in_scope(document, line)
    for near, likeness in near_names(name, scope):
        it = scope[near]
        why = words(f"near_{it.how}", name=near, line=str(it.line + 1), function=it.function)
        text = document.line_text(it.line).strip()
        yield Evidence(
            path=document.path, line=it.line, text=text, why=why, weight=likeness, role="near", name=near
        )
    if document.language == "python":
        yield from _near_own_names(name, words)
    others = {it for it in identifiers_in(document.text) if it not in scope}
    for near, likeness in near_names(name, others):
        at = _first_line_with(document, near)
        yield Evidence(
            path=document.path, line=at, text=document.line_text(at).strip(),
            why=words("near_name", name=near), weight=likeness - 0.15, role="near", name=near,
        )  # fmt: skip


def _near_in_imports(snapshot: Snapshot, document: Document, name: str, words: Words) -> Iterator[Evidence]:
    """What the files that this one imports define; not all of a large repository is worth guessing from."""
    by_name = {
        it.name: it
        for path in snapshot.imported_paths(document.path)
        for it in snapshot.top_level(path)
        if it.kind not in _MEMBERS
    }
    for near, likeness in near_names(name, by_name):
        it = by_name[near]
        yield _of(it, "near", words("near_elsewhere", name=near), likeness - 0.02)


def _near_own_names(name: str, words: Words) -> Iterator[Evidence]:
    if name in PYTHON_MODULES:
        why = words("near_stdlib", name=name)
        yield Evidence(path="", line=0, text="", why=why, weight=0.9, role="stdlib", name=name)
    for near, likeness in near_names(name, PYTHON_BUILTINS):
        why = words("near_builtin", name=near, language="Python")
        yield Evidence(path="", line=0, text="", why=why, weight=likeness - 0.05, role="builtin", name=near)


def _scope(document: Document, problem: Problem, words: Words) -> list[Evidence]:
    """The function around the problem: its parameters are what could have been meant."""
    line = document.line_of(problem.start)
    around = [
        it
        for it in outline(document).definitions
        if it.kind in ("function", "method") and it.start_line <= line <= it.end_line
    ]
    return [_of(it, "definition", words("in_scope"), 0.72) for it in around[-1:]]


def _near_modules(snapshot: Snapshot, stem: str, words: Words) -> Iterator[Evidence]:
    for path in snapshot.modules_named(stem):
        yield Evidence(
            path=path, line=0, text=path, why=words("module_here"), weight=0.9, role="near", name=path
        )
    stems = {path.rsplit("/", 1)[-1].split(".")[0]: path for path in sorted(snapshot.paths)}
    for near, likeness in near_names(stem, stems):
        path, why = stems[near], words("near_module", name=near)
        yield Evidence(path=path, line=0, text=path, why=why, weight=likeness, role="near", name=near)


def _names(document: Document, problem: Problem, reading: Reading) -> list[str]:
    """The message's names, then those at the place it points at."""
    marked = document.text[problem.start : max(problem.end, problem.start)][:400]
    if not marked.strip():
        marked = document.line_text(document.line_of(problem.start))
    return list(dict.fromkeys([*reading.names, *IDENTIFIER.findall(marked)]))[:8]


def _first_line_with(document: Document, name: str) -> int:
    found = (match for match in IDENTIFIER.finditer(document.text) if match.group() == name)
    return document.line_of(next(found).start())


def _of(definition: Definition, role: Role, why: str, weight: float) -> Evidence:
    return Evidence(
        path=definition.path,
        line=definition.name_line,
        text=definition.signature.split("\n")[0] if definition.signature else definition.name,
        why=why,
        weight=weight,
        role=role,
        name=definition.name,
    )
