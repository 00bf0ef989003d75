"""Brackets, quotes and words that the document goes on with already."""

from lsp_server.postprocess.lexing import CLOSERS, balance
from lsp_server.postprocess.site import Site
from lsp_server.postprocess.suggestion import Suggestion

# What editors close by themselves, and what may stand between such characters.
_TYPED_AHEAD = frozenset("\"'`;,:> ") | CLOSERS


def without_closers(suggestion: Suggestion, site: Site) -> Suggestion:
    """Leave out what stands right of the cursor, or replace it where it comes earlier in the text."""
    text, right = suggestion.text.rstrip(), site.line_suffix.rstrip()
    if suggestion.is_to_line_end(site) or "\n" in text:
        return _without_closers_below(suggestion, site)
    for end in (right, right.lstrip()):
        if text.endswith(end) and not _is_within_word(text, len(text) - len(end)):
            return suggestion.with_text(text[: len(text) - len(end)])
    shared = _shared_punctuation(text, right)
    if shared:
        return suggestion.with_text(text[:-shared])
    return Suggestion(suggestion.text, replaced=_closed_twice(text, right, site))


def _closed_twice(text: str, right: str, site: Site) -> int:
    """How many characters right of the cursor *text* makes superfluous, so that the line stays balanced."""
    wanted = balance(right, site.language, site.lexical).profile
    for end in range(len(right) + 1):
        if end and (right[end - 1] not in _TYPED_AHEAD or not _is_within(right[:end], text)):
            break
        if balance(text + right[end:], site.language, site.lexical).profile == wanted:
            return end
    return 0


def _without_closers_below(suggestion: Suggestion, site: Site) -> Suggestion:
    """End before a closer of what the document itself closes on a later line."""
    done = balance(suggestion.text, site.language, site.lexical)
    if done.quote_end >= 0 and site.is_quote_closed_after:
        return suggestion.with_text(suggestion.text[: done.quote_end].rstrip())
    for nth, (at, closer) in enumerate(done.closes):
        if closer == ")" and site.language == "bash":  # of a pattern in `case`
            continue
        index = len(site.closed_after) - 1 - nth
        if index < 0 or site.closed_after[index]:
            return suggestion.with_text(suggestion.text[:at].rstrip())
    return suggestion


def _shared_punctuation(text: str, right: str) -> int:
    """Length of the longest end of *text* that *right* begins with, of punctuation only."""
    for length in range(min(len(text), len(right)), 0, -1):
        end = text[-length:]
        if right.startswith(end) and end[0] not in "\"'`" and all(it in _TYPED_AHEAD for it in end):
            return length
    return 0


def _is_within_word(text: str, at: int) -> bool:
    """A word runs across *at*."""
    return 0 < at < len(text) and (text[at - 1 : at + 1].replace("_", "a")).isalnum()


def _is_within(part: str, text: str) -> bool:
    """All characters of *part* but spaces come in *text* in that order, so nothing typed is lost."""
    rest = iter(text)
    return all(character in rest for character in part if character != " ")
