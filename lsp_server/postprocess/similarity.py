"""When two lines of code say the same."""

import re

from rapidfuzz.distance import Levenshtein

from lsp_server.postprocess.site import Site

# Shorter lines differ in meaning by one character; longer ones may differ by a typing mistake.
TOLERANT_FROM_CHARACTERS = 20
_EVERYWHERE = re.compile(
    r"^\s*(?:@[\w.]+|return(?: None)?|pass|break|continue|else:?|try:?|finally:?|fi|done|end|then|do);?\s*$"
)


def is_same(left: str, right: str, site: Site) -> bool:
    """Equal but for trailing punctuation, or different in one letter of a long line; digits count."""
    if site.width(left) != site.width(right):
        return False
    left, right = _plain(left), _plain(right)
    if left == right:
        return True
    if min(len(left), len(right)) < TOLERANT_FROM_CHARACTERS or _digits(left) != _digits(right):
        return False
    allowed = max(len(left), len(right)) // TOLERANT_FROM_CHARACTERS
    return Levenshtein.distance(left, right, score_cutoff=min(allowed, 3)) <= min(allowed, 3)


def says_something(line: str) -> bool:
    """Lines such as `}` or `else:` come again and again without repeating anything."""
    return re.search(r"\w", line) is not None and _EVERYWHERE.match(line) is None


def _plain(line: str) -> str:
    return " ".join(line.split()).rstrip(",;")


def _digits(line: str) -> list[str]:
    return re.findall(r"\d+", line)
