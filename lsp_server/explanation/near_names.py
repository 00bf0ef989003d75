"""Which known names a wrong one may be a misspelling of, or what became of it.

Near misses are scored by Jaro-Winkler and by Damerau-Levenshtein (rapidfuzz): the first likes a common
beginning, the second a swapped or doubled letter; a candidate needs one of them to be sure. A name that holds
all words of the wrong one, in order, is what a renamed definition often looks like.
"""

import re
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

# Set by hand on a few dozen misspellings: `days_latte`/`days_late` is 0.90, `total`/`title` 0.60.
NEAR_MIN = 0.74
BEGINNING_COUNTS_LESS = 0.12  # names that merely begin alike are many
OTHER_CASE_COUNTS_LESS = 0.2
NEAR_LIMIT = 3
SAME_WORDS = 0.99
OTHER_CASE = 0.84  # a constant, or a type, of the same words is often another thing
# Set by hand: below a slip of one letter in a long name, above two slips in a short one.
HOLDS_WORDS = 0.74
WORDS_LENGTH_COUNTS = 0.14
WORDS_MIN_CHARACTERS = 4

Near = tuple[str, float]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def near_names(wanted: str, candidates: Iterable[str]) -> list[Near]:
    """The candidates that *wanted* may be a misspelling of, best first, with a likeness from 0 to 1."""
    names = list(set(candidates) - {wanted})
    lower = [name.lower() for name in names]
    all_plain = [it.replace("_", "") for it in lower]
    plain = wanted.lower().replace("_", "")
    best = {
        name: SAME_WORDS if _is_cased_alike(name, wanted) else OTHER_CASE
        for name, its_plain in zip(names, all_plain, strict=True)
        if its_plain == plain
    }
    # In one call each: a Python loop over the names of a large repository would take ten times as long.
    by_edits = process.extract(
        wanted, names, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=NEAR_MIN, limit=None
    )
    by_beginning = process.extract(
        wanted.lower(), lower, scorer=JaroWinkler.normalized_similarity,
        score_cutoff=NEAR_MIN + BEGINNING_COUNTS_LESS, limit=None,
    )  # fmt: skip
    for _, likeness, number in by_edits:
        best[names[number]] = max(likeness, best.get(names[number], 0.0))
    for _, likeness, number in by_beginning:
        less = BEGINNING_COUNTS_LESS if _is_cased_alike(names[number], wanted) else OTHER_CASE_COUNTS_LESS
        if likeness - less >= NEAR_MIN:
            best[names[number]] = max(likeness - less, best.get(names[number], 0.0))
    if len(plain) >= WORDS_MIN_CHARACTERS:
        words = _words(wanted)
        for name, its_plain in zip(names, all_plain, strict=True):
            if plain in its_plain != plain and _holds(_words(name), words):
                likeness = HOLDS_WORDS + WORDS_LENGTH_COUNTS * len(plain) / len(name)
                best[name] = max(likeness, best.get(name, 0.0))
    return sorted(best.items(), key=lambda it: (-it[1], it[0]))[:NEAR_LIMIT]


def _is_cased_alike(one: str, two: str) -> bool:
    if one.isupper() != two.isupper():
        return False
    return one.lstrip("_$")[:1].isupper() == two.lstrip("_$")[:1].isupper()


def _words(name: str) -> list[str]:
    return [it.lower() for it in _WORD.findall(name)]


def _holds(whole: list[str], part: list[str]) -> bool:
    """Whether *part* stands in *whole* as one run."""
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))
