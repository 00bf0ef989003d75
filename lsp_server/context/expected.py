"""Names that are likely to be written at the cursor next, each with what speaks for it.

Candidates are names of similar code, members of the classes and modules the code touches, names that the
file imports, and names of the file itself that other files define. `FEATURES` says what is known of each;
a small model fitted on other repositories turns that into a probability.
"""

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lsp_server.context.everyday_names import EVERYDAY, KEYWORDS
from lsp_server.context.learned import Floats
from lsp_server.context.owners import ENCLOSING, Owner
from lsp_server.context.place import Place
from lsp_server.context.reading import ReadWindow, carried_down
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition

FEATURES = (
    "near", "on_line", "in_file", "is_new", "imported", "only_imported", "rarity", "similar", "similar_best",
    "alike", "alike_all", "follows", "member", "member_of_receiver", "after_dot", "member_after_dot",
    "definitions", "definitions_none", "in_imported_file", "in_folder", "is_function", "is_class", "is_field",
    "is_private", "is_capital", "is_short", "is_everyday", "at_line_start",
)  # fmt: skip
NAME_MIN_CHARACTERS = 3
DEFINITIONS_MAX = 12
CLOSE_OWNER = 0.4  # members of an owner further away are candidates only if something else speaks for them


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    names: Sequence[str]
    features: Floats  # (names, FEATURES)
    is_new: Sequence[bool]  # whether the document does not have it
    definition: Sequence[Definition | None]  # the one most likely meant, of another file
    owner: Sequence[str]  # why it is a candidate as a member, "" if it is none


class _Seen:
    """What similar code says of one name."""

    __slots__ = ("alike", "alike_all", "best", "follows", "share")

    def __init__(self) -> None:
        self.share = self.best = self.alike = self.alike_all = self.follows = 0.0


def expected_names(
    snapshot: Snapshot,
    place: Place,
    windows: Sequence[ReadWindow],
    owners: Sequence[Owner],
    is_hidden: Callable[[str], bool],
) -> Expected:
    seen = _in_windows(place, windows)
    member: dict[str, tuple[float, bool, Definition, str]] = {}
    for owner in owners:
        is_close = owner.weight >= CLOSE_OWNER
        for it in owner.members:
            name = it.name
            if is_close or name in seen or name in place.vicinity:
                known = member.get(name)
                if (known is None or known[0] < owner.weight) and not name.startswith("__"):
                    member[name] = (owner.weight, owner.is_receiver, it, owner.name)
    imported_files = frozenset(place.imported_paths)
    candidates = dict.fromkeys((*seen, *member, *place.vicinity, *place.imported))
    names: list[str] = []
    rows = array("f")
    meant: list[Definition | None] = []
    why: list[str] = []
    nothing = _Seen()
    at_line_start = float(not place.line_names)
    for name in candidates:
        if name in KEYWORDS or not snapshot.is_defined(name):
            continue
        if len(name) < NAME_MIN_CHARACTERS and name not in member:
            continue
        count = place.known.get(name, 0)
        if name.startswith("_") and not count and name not in seen and place.receiver not in ENCLOSING:
            continue
        definitions = snapshot.definitions(name)
        found = seen.get(name, nothing)
        weight, is_receiver, as_member, owner_name = member.get(name, (0.0, False, None, ""))
        definition = as_member
        elsewhere = len(definitions)
        if elsewhere <= DEFINITIONS_MAX:
            definition = _meant(definitions, place, as_member, imported_files, is_hidden)
        elif as_member is not None and (as_member.path == place.path or is_hidden(as_member.path)):
            definition = None
        if definition is None and (count or name not in seen):
            continue
        is_imported = name in place.imported
        kind = "" if definition is None else definition.kind
        path = "" if definition is None else definition.path
        names.append(name)
        meant.append(definition)
        why.append(owner_name)
        rows.extend(
            (
                place.weights.get(name, 0.0),
                name in place.line_names,
                math.log1p(count),
                not count,
                is_imported,
                is_imported and count == 1,
                snapshot.rarity(name),
                found.share,
                found.best,
                found.alike,
                found.alike_all,
                found.follows,
                weight,
                is_receiver,
                place.is_after_dot,
                weight * place.is_after_dot,
                math.log1p(elsewhere),
                definition is None,
                path in imported_files,
                path.rpartition("/")[0] == place.folder,
                kind in ("function", "method", "macro"),
                kind in ("class", "type"),
                kind == "field",
                name.startswith("_"),
                name[0].isupper(),
                len(name) < 5,
                name in EVERYDAY,
                at_line_start,
            )
        )
    features = np.frombuffer(rows, np.float32).reshape(-1, len(FEATURES))
    return Expected(names, features, features[:, FEATURES.index("is_new")].astype(bool).tolist(), meant, why)


def _in_windows(place: Place, windows: Sequence[ReadWindow]) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    total = sum(it.window.score for it in windows[:12]) or 1.0
    best_score = windows[0].window.score if windows else 1.0
    for it in windows:
        share, best = it.window.score / total, it.window.score / best_score
        in_window: dict[str, float] = {}
        for (_, names), alike in zip(it.lines, carried_down(it.alike), strict=True):
            for name in names:
                if in_window.get(name, -1.0) < alike:
                    in_window[name] = alike
            if place.last_name and place.last_name in names:
                for before, after in pairwise(names):
                    if before == place.last_name:
                        entry = seen.get(after)
                        if entry is None:
                            entry = seen[after] = _Seen()
                        entry.follows += share
        for name, alike in in_window.items():
            entry = seen.get(name)
            if entry is None:
                entry = seen[name] = _Seen()
            entry.share += share
            entry.alike_all += alike * share
            if entry.best < best:
                entry.best = best
            if entry.alike < alike:
                entry.alike = alike
    return seen


def _meant(
    definitions: Sequence[Definition],
    place: Place,
    as_member: Definition | None,
    imported_files: frozenset[str],
    is_hidden: Callable[[str], bool],
) -> Definition | None:
    """The definition that is most likely meant; None if all are in this file or may not be shown."""
    if len(definitions) == 1:
        it = definitions[0]
        return None if it.path == place.path or is_hidden(it.path) else it
    best, best_rank = None, -1
    for it in definitions:
        if it.path == place.path or is_hidden(it.path):
            continue
        rank = (
            4 * (as_member is not None and it.path == as_member.path and it.name_line == as_member.name_line)
            + 2 * (it.path in imported_files)
            + (it.path.rpartition("/")[0] == place.folder)
        )
        if rank > best_rank:
            best, best_rank = it, rank
    return best
