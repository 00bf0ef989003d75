"""What this project's own docstrings say of parameters: the words for `timeout` here are those used there.

Only where every docstring of the nearest file that speaks of the name says the same.
"""

import re
from collections.abc import Iterable, Mapping

from lsp_server.docstring.house_style import texts_around
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

WORDS_MAX = 100  # characters
WORDS_MIN = 8

_SECTION = re.compile(r"^(?P<indent>[ \t]+)(?:Args|Arguments|Parameters):[ \t]*\n", re.M)
_GOOGLE = re.compile(r"^(?P<indent>[ \t]+)\*{0,2}(?P<name>\w+)(?: \([^)\n]*\))?:[ \t]+(?P<words>\S.*)$")
_NUMPY = re.compile(
    r"^(?P<indent>[ \t]+)\*{0,2}(?P<name>\w+)(?: : [^\n]*)?\n(?P=indent)[ \t]+(?P<words>\S[^\n]*)$", re.M
)
_NUMPY_SECTION = re.compile(r"^[ \t]+Parameters[ \t]*\n[ \t]+-{3,}[ \t]*\n(?P<body>(?:[ \t]+\S.*\n)+)", re.M)
_SPHINX = re.compile(r"^[ \t]+:param (?:[\w.\[\], |]+ )?\*{0,2}(?P<name>\w+):[ \t]+(?P<words>\S.*)$", re.M)


def known_words(names: Iterable[str], document: Document, snapshot: Snapshot) -> dict[str, str]:
    """name → its description, for those of *names* that the nearest files describe alike."""
    missing = {name.lstrip("*") for name in names}
    known: dict[str, str] = {}
    if not missing:
        return known
    for text in (document.text, *texts_around(document, snapshot)):
        for name, words in descriptions_in(text).items():
            if name in missing:
                missing.discard(name)
                if len(words) == 1:
                    known[name] = words.pop()
        if not missing:
            break
    return known


def descriptions_in(text: str) -> Mapping[str, set[str]]:
    """What *text*'s docstrings say of each parameter, in any of the three styles."""
    found: dict[str, set[str]] = {}
    text = text.replace("\r\n", "\n")
    pairs = [(it["name"], it["words"]) for it in _SPHINX.finditer(text)]
    for section in _NUMPY_SECTION.finditer(text):
        pairs += [(it["name"], it["words"]) for it in _NUMPY.finditer(section["body"])]
    for section in _SECTION.finditer(text):
        pairs += _google(text[section.end() :], len(section["indent"].expandtabs()))
    for name, words in pairs:
        words = words.strip()
        if WORDS_MIN <= len(words) <= WORDS_MAX and words[-1] == "." and "``" not in words:
            found.setdefault(name, set()).add(words)
    return found


def _google(text: str, indent: int) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    inner = 0
    for line in text.split("\n"):
        depth = len(line.expandtabs()) - len(line.expandtabs().lstrip())
        if not line.strip() or depth <= indent:
            break
        inner = inner or depth
        match = _GOOGLE.match(line)
        if match is not None and depth == inner:
            pairs.append((match["name"], match["words"]))
        elif pairs and depth > inner:
            pairs[-1] = (pairs[-1][0], "")  # it goes on over several lines: not copied in part
    return pairs
