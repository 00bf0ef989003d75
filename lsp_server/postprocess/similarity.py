"""When two lines of code say the same."""

import re
from collections.abc import Iterable
from itertools import takewhile

from rapidfuzz.distance import Levenshtein

from lsp_server.postprocess.site import Site

# Shorter lines differ in meaning by one letter; in longer ones `total` and `totals` are likely a slip.
TOLERANT_FROM_CHARACTERS = 20
TOLERATED_CHARACTERS = 2
_EVERYWHERE = re.compile(
    r"^\s*(?:@[\w.]+|return(?: None)?|pass|break|continue|else:?|try:?|finally:?|fi|done|end|then|do);?\s*$"
)


def is_same(left: str, right: str, site: Site) -> bool:
    """Equal but for trailing punctuation, or for a letter or two that one long line has more."""
    if site.width(left) != site.width(right):
        return False
    left, right = _plain(left), _plain(right)
    more = abs(len(left) - len(right))
    if left == right or not 0 < more <= TOLERATED_CHARACTERS:
        return left == right
    if min(len(left), len(right)) < TOLERANT_FROM_CHARACTERS or _signs(left) != _signs(right):
        return False
    return Levenshtein.distance(left, right, score_cutoff=more) == more


def siblings(lines: Iterable[str], line: str, site: Site) -> list[str]:
    """Of *lines*, nearest first: those of the block that *line* is in, without blank ones."""
    written = (other for other in lines if other.strip())
    return list(takewhile(lambda other: site.width(other) >= site.width(line), written))


def says_something(line: str) -> bool:
    """Lines such as `}` or `else:` come again and again without repeating anything."""
    return re.search(r"\w", line) is not None and _EVERYWHERE.match(line) is None


def _plain(line: str) -> str:
    return " ".join(line.split()).rstrip(",;")


def _signs(line: str) -> str:
    """What is no letter: a digit or a minus more makes another line."""
    return re.sub(r"[^\W\d_]", "", line)
