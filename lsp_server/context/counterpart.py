"""The test of a file, or the file that a test tests, by what the two are called and where they lie.

`cart.py` and `test_cart.py`, `cart.go` and `cart_test.go`, `Cart.ts` and `Cart.spec.ts`, `Cart.java` and
`CartTest.java`, `src/cart.rs` and `tests/cart.rs`; of several so called, those in folders called alike.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile

from lsp_server.index.layout import WHOLE_FOLDER
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.words import words

COUNTERPARTS_MAX = 2
_MARK = re.compile(r"^tests?_|[._-](?:tests?|spec)$|(?<=[a-z0-9])(?:Tests?|Spec)$")
_NAMES = ("test_{}", "{}_test", "{}.test", "{}.spec", "{}Test", "{}Tests", "{}Spec", "{}-test", "{}_spec")
_TEST_FOLDERS = words("test tests __tests__ spec specs testing")
_SAYING_NOTHING = _TEST_FOLDERS | words("src main lib")
_AS_ONE = {"typescript": "javascript", "tsx": "javascript", "c": "cpp"}


@lru_cache(maxsize=16_384)
def is_test(path: str) -> bool:
    *folders, name = path.split("/")
    return _MARK.search(name.rpartition(".")[0]) is not None or not _TEST_FOLDERS.isdisjoint(folders)


def counterparts(snapshot: Snapshot, path: str) -> tuple[str, ...]:
    """The likeliest first; none where too many are equally likely."""
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0]
    if stem in WHOLE_FOLDER and folders:
        stem = folders[-1]
    here_is_test, language = is_test(path), _family(path)
    for tried in _tested(stem) if here_is_test else ((stem, *(it.format(stem) for it in _NAMES)),):
        found = [
            (_nearness(path, it), it)
            for called in tried
            for it in snapshot.modules_named(called)
            if it != path and _family(it) == language and is_test(it) != here_is_test
        ]
        if found:
            nearest = max(found)[0]
            likely = sorted({it for nearness, it in found if nearness == nearest})
            return tuple(likely) if len(likely) <= COUNTERPARTS_MAX else ()
    return ()


def _tested(stem: str) -> Iterator[tuple[str, ...]]:
    """What a test so called may test: `test_cart_totals` cart_totals, or else cart."""
    name = _MARK.sub("", stem)
    while name:
        yield (name,)
        name = name.rpartition("_")[0]


def _nearness(path: str, other: str) -> tuple[int, int]:
    """How many of the folders right above are called alike, then of the outermost ones."""
    a, b = ([it for it in each.split("/")[:-1] if it not in _SAYING_NOTHING] for each in (path, other))
    inner = sum(1 for _ in takewhile(lambda it: it[0] == it[1], zip(reversed(a), reversed(b), strict=False)))
    outer = sum(1 for _ in takewhile(lambda it: it[0] == it[1], zip(a, b, strict=False)))
    return inner, outer


def _family(path: str) -> str:
    language = language_of(path)
    return _AS_ONE.get(language, language)
