"""Classes and modules that the code at the cursor touches: what they hold may be needed next."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

from lsp_server.context.counterpart import is_test
from lsp_server.context.exports import imports_by_name, module_of, offered_by
from lsp_server.context.place import Place
from lsp_server.context.types import ENCLOSING, Types
from lsp_server.index.defined import words_of
from lsp_server.index.names import Names
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.syntax.outline import Import

# Weights set by hand; what a member is worth in the end is fitted.
RECEIVER = 2.0  # what stands right before the cursor's dot
NAME_MIN_CHARACTERS = 3
MODULES_OF_ONE_NAME = 4
IMPORTED = 0.8  # a module of that name
TESTED = 0.5  # the file that this one tests
INHERITED = 0.85  # for each step up
NEAR = 0.4  # variables nearer than that are asked for their types
OF_LAST_WORD = 0.9  # `parent_mapper` may be a Mapper
IN_SCOPE = 0.4  # the rest of the package, or a header
IN_SCOPE_MAX = 400  # names; of more, those are candidates that something else speaks for
IN_CROWD = 0.1
MACROS, MACROS_AROUND_ITEMS = 0.3, 0.8  # Rust's, in the middle of a line and where an item may begin
_RUST_PATH = re.compile(r"(?<![\w:])((?:crate|super)(?:::\w{1,60})*)::\w*$")
_PATH_CHARACTERS = 200
_INCLUDING, _PACKAGED = ("c", "cpp"), ("go", "java", "kotlin", "csharp", "scala")

_Weights = dict[str, tuple[float, bool]]  # class, or path of a module → weight, whether it is the receiver's
_NO_SIGN = (0.0, False)


class _Alike(NamedTuple):
    """What classes a name says."""

    is_class: bool = False  # itself
    classes: Sequence[str] = ()  # otherwise those that are called like it
    trust: float = 0.0  # in that


_NOTHING_ALIKE = _Alike()
# By name, while the files are the same.
_names_alike: WeakKeyDictionary[Names, dict[str, _Alike]] = WeakKeyDictionary()
_NAMES_KEPT = 4_000


@dataclass(frozen=True, slots=True)
class Owner:
    name: str  # of a class, or the path of a module
    weight: float
    count: int  # of its members, those of one name included
    members: Mapping[str, int]  # the number of the first of each name, see `Names`
    is_receiver: bool


def touched_owners(snapshot: Snapshot, place: Place) -> list[Owner]:
    """Each class or module once, with the strongest sign of it."""
    classes, modules = _classes(snapshot, place), _modules(snapshot, place)
    found = [
        Owner(it, weight, *snapshot.names.first_members(it), is_it) for it, (weight, is_it) in classes.items()
    ]
    found += [Owner(it, weight, *offered_by(snapshot, it), is_it) for it, (weight, is_it) in modules.items()]
    return [*found, *_macros(snapshot, place)]


def _macros(snapshot: Snapshot, place: Place) -> Iterator[Owner]:
    """Rust's by file: they need no import, and many stand around items."""
    if language_of(place.path) != "rust":
        return
    weight = MACROS_AROUND_ITEMS if place.is_among_items else MACROS
    of_file: dict[str, dict[str, int]] = {}
    for path, name, number in snapshot.names.macros():
        if path != place.path and is_test(path) <= place.is_test:
            of_file.setdefault(path, {}).setdefault(name, number)
    for path, first in of_file.items():
        yield Owner(path, weight, len(first), first, is_receiver=False)


def _classes(snapshot: Snapshot, place: Place) -> _Weights:
    found: _Weights = {}
    for name, nearness in place.weights.items():
        is_receiver = name == place.receiver
        for owner, share in _classes_of(snapshot, place, name, nearness):
            weight = share * nearness * (RECEIVER if is_receiver else 1.0)
            found[owner] = max(found.get(owner, _NO_SIGN), (weight, is_receiver))
    types = Types(snapshot, place)
    declared: list[tuple[str, float, bool]] = [(it, RECEIVER, True) for it in types.of_receiver()]
    for name, nearness in place.weights.items():
        if nearness > NEAR and name not in found:
            declared += [(it, nearness, False) for it in types.of_variable(name)]
    for name, weight, is_receiver in declared:
        for owner, steps in types.with_bases(name):
            inherited = weight * INHERITED**steps
            if inherited > found.get(owner, _NO_SIGN)[0]:
                found[owner] = (inherited, is_receiver)
    for name in place.bases:
        if snapshot.is_class(name):
            is_receiver = place.receiver in ENCLOSING
            found[name] = max(found.get(name, _NO_SIGN), (1.2 if is_receiver else 0.6, is_receiver))
    return found


def _modules(snapshot: Snapshot, place: Place) -> _Weights:
    found: _Weights = {}
    packages, imports = _packages(place), imports_by_name(place)
    for name, nearness in place.weights.items():
        is_receiver, is_imported = name == place.receiver, name in place.imported
        if not is_imported and nearness <= 0.5:
            continue
        meant = module_of(snapshot, place, name, imports[name]) if name in imports else ()
        named = snapshot.modules_named(name)[:MODULES_OF_ONE_NAME]
        for path in dict.fromkeys((*meant, *named, *packages.get(name, ()))):
            if path != place.path:
                weight = (IMPORTED if is_imported else 0.3) * nearness * (RECEIVER if is_receiver else 1.0)
                found[path] = max(found.get(path, _NO_SIGN), (weight, is_receiver))
    for path in _module_before(snapshot, place):
        found[path] = (IMPORTED * RECEIVER, True)
    for path in place.counterparts if place.is_test else ():
        found.setdefault(path, (TESTED, False))
    in_scope = _in_scope(snapshot, place)
    files = map(snapshot.file, in_scope)
    count = sum(len(it.top_level) for it in files if it is not None)
    for path in in_scope:
        found.setdefault(path, (IN_SCOPE if count <= IN_SCOPE_MAX else IN_CROWD, False))
    return found


def _module_before(snapshot: Snapshot, place: Place) -> list[str]:
    """The file of `crate::net::` right before the cursor; at most one."""
    language = language_of(place.path)
    named = _RUST_PATH.search(place.before[-_PATH_CHARACTERS:]) if language == "rust" else None
    if named is None:
        return []
    found = snapshot.modules.resolve(place.path, language, Import(module=named[1], line=0, names=()))
    return found[:1]


def _in_scope(snapshot: Snapshot, place: Place) -> list[str]:
    """Files whose names need no import, or no other than the one that is there."""
    language = language_of(place.path)
    if language in _PACKAGED:
        return [it for it in snapshot.modules.beside(place.path) if is_test(it) <= place.is_test]
    if language not in _INCLUDING:
        return []
    found = dict.fromkeys(place.imported_paths)
    for path in place.imported_paths:
        found |= dict.fromkeys(snapshot.imported_paths(path))
    return [it for it in found if it != place.path]


def _packages(place: Place) -> dict[str, list[str]]:
    """The files of the Go packages that the file imports, by the name that it calls them by."""
    found: dict[str, list[str]] = {}
    if language_of(place.path) == "go":
        for path in place.imported_paths:
            found.setdefault(path.rpartition("/")[0].rpartition("/")[2], []).append(path)
    return found


def _classes_of(snapshot: Snapshot, place: Place, name: str, nearness: float) -> Iterator[tuple[str, float]]:
    """(class, how sure) that a thing called *name* may be or be an instance of."""
    is_class, alike, trust = _alike(snapshot, name)
    if is_class:
        yield name, 0.9
    for owner in alike:
        if owner in place.known:
            yield owner, 0.8 * trust
        elif len(alike) <= 2:
            yield owner, 0.45 * trust
    made_from = place.bound.get(name)
    if made_from is not None and nearness > 0.3 and snapshot.is_class(made_from):
        yield made_from, 1.0


def _alike(snapshot: Snapshot, name: str) -> _Alike:
    known = _names_alike.setdefault(snapshot.names, {})
    found = known.get(name)
    if found is None:
        if len(known) >= _NAMES_KEPT:
            known.clear()
        found = known[name] = _found_alike(snapshot, name)
    return found


def _found_alike(snapshot: Snapshot, name: str) -> _Alike:
    if snapshot.is_class(name):
        return _Alike(is_class=True)
    if len(name) <= NAME_MIN_CHARACTERS:
        return _NOTHING_ALIKE
    alike, trust = snapshot.classes_like(name), 1.0
    if not alike and len(last := (words_of(name) or [""])[-1]) > NAME_MIN_CHARACTERS:
        alike, trust = snapshot.classes_like(last), OF_LAST_WORD
    return _Alike(classes=alike, trust=trust) if alike else _NOTHING_ALIKE
