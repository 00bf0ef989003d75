"""What a module offers under the name that a file knows it by: its own names, and those that it passes on."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from weakref import ReferenceType, WeakKeyDictionary, ref

from lsp_server.context.place import Place
from lsp_server.index.file import IndexedFile, NumberedName
from lsp_server.index.layout import WHOLE_FOLDER
from lsp_server.index.names import Names
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.syntax.outline import Import

EXPORTED_MAX = 2_000  # of one package
_STEPS_MAX = 2  # a package passes on what its parts pass on

# A package's file → the files that were read for what it passes on, and that. Thousands of files stay the
# same from keystroke to keystroke, while a snapshot does not. No file is kept alive by it.
_passed_on: WeakKeyDictionary[
    IndexedFile, tuple[Mapping[str, ReferenceType[IndexedFile]], Sequence[NumberedName]]
]
_passed_on = WeakKeyDictionary()


class Offered(NamedTuple):
    names: int  # how many a module offers, all definitions of one included
    first: Mapping[str, int]  # the number of the first of each name, see `Names`


# By path, while the files are the same.
_offered: WeakKeyDictionary[Names, dict[str, Offered]] = WeakKeyDictionary()
_OFFERED_KEPT = 1_000  # modules


def imports_by_name(place: Place) -> Mapping[str, Import]:
    """Name in the file → the import that binds it."""
    found: dict[str, Import] = {}
    for it in place.imports:
        if it.names:
            found |= dict.fromkeys((here for _, here in it.names), it)
        else:
            found[it.alias or it.module.partition(".")[0]] = it
    return found


def module_of(snapshot: Snapshot, place: Place, name: str, imported: Import) -> list[str]:
    """The file of the module that *name* is bound to, if it is one; at most one."""
    language = language_of(place.path)
    if not imported.names:
        return snapshot.modules.resolve(place.path, language, imported)[:1]
    there = next((there for there, here in imported.names if here == name), name)
    alone = Import(module=imported.module, line=imported.line, names=((there, name),))
    endings = (f"/{there}", *(f"/{there}/{it}" for it in WHOLE_FOLDER))
    found = snapshot.modules.resolve(place.path, language, alone)
    return [it for it in found if f"/{it.rpartition('.')[0]}".endswith(endings)][:1]


def offered_by(snapshot: Snapshot, path: str) -> Offered:
    """As `exported`, counted and by name."""
    known = _offered.setdefault(snapshot.names, {})
    offered = known.get(path)
    if offered is None:
        names, first = exported(snapshot, path), dict[str, int]()
        for it, number in zip(names, snapshot.names.numbers_of(names), strict=True):
            first.setdefault(it.name, number)
        if len(known) >= _OFFERED_KEPT:
            known.clear()
        offered = known[path] = Offered(len(names), first)
    return offered


def exported(snapshot: Snapshot, path: str) -> Sequence[NumberedName]:
    """What others may use of the module at *path*, its own names first; at most `EXPORTED_MAX`."""
    file = snapshot.file(path)
    if file is None:
        return ()
    if path.rpartition("/")[2].partition(".")[0] not in WHOLE_FOLDER:
        return file.top_level
    kept = _passed_on.get(file)
    if kept is None or any(snapshot.file(it) is not read_then() for it, read_then in kept[0].items()):
        read: dict[IndexedFile, bool] = {}
        found = _exported(snapshot, file, _STEPS_MAX, read)
        kept = _passed_on[file] = {it.path: ref(it) for it in read}, found
    return kept[1]


def _exported(
    snapshot: Snapshot, file: IndexedFile, steps: int, read: dict[IndexedFile, bool]
) -> list[NumberedName]:
    """*read* is filled: file → whether all that it offers was asked for, which is done once."""
    read[file] = True
    found = dict.fromkeys(file.top_level)
    language = file.language
    for imported in file.imports if steps else ():
        names = {there for there, _ in imported.names}
        # In Python an import without names binds the module; elsewhere it may pass on all that is there.
        is_all = "*" in names or (not names and language != "python")
        for path in snapshot.modules.resolve(file.path, language, imported):
            target = snapshot.file(path)
            if target is None or (is_all and read.get(target)):
                continue
            offered = _exported(snapshot, target, steps - 1, read) if is_all else target.top_level
            read.setdefault(target, False)
            for it in offered:
                if it.name in names or (is_all and not it.name.startswith("_")):
                    found[it] = None
        if len(found) >= EXPORTED_MAX:
            break
    return list(found)[:EXPORTED_MAX]
