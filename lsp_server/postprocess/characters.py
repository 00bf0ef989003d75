"""Only characters that belong into source code."""

import re
import unicodedata

from lsp_server.postprocess.site import Site
from lsp_server.postprocess.suggestion import Suggestion

# What a model's byte-level tokens leave where they stop inside of a character.
HALF_A_CHARACTER = "\ufffd"
# Nobody reads as much as ghost text; it only bounds the work of the filters behind this one.
CHARACTERS_MAX = 10_000
_LINE_END = re.compile(r"\r\n|\r|\u2028|\u2029|\x85")
_SUSPECT = re.compile(r"[^\n\t -~]")


def plain_characters(suggestion: Suggestion, site: Site) -> Suggestion:
    """Make line ends `\\n`; remove control, direction and other invisible characters.

    Direction marks can make code read other than it runs. Text ends at the first broken character.
    """
    text = suggestion.text[:CHARACTERS_MAX].partition(HALF_A_CHARACTER)[0]
    text = _LINE_END.sub("\n", text)
    return suggestion.with_text(_SUSPECT.sub(_kept, text))


def _kept(match: re.Match[str]) -> str:
    """Cc: control, Cf: format and direction, Cs: half a surrogate pair, Co, Cn: private, unassigned."""
    return "" if unicodedata.category(match[0]).startswith("C") else match[0]
