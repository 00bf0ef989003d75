"""Where in a text the last tokens stood before: the index behind copying and behind guessing ahead."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence

SHORTEST = 2  # tokens that must agree
LONGEST = 16
OCCURRENCES_MAX = 48  # the latest ones; older ones of so common a pair say little
TEXTS_KEPT = 1_024  # indexed reference texts, a few kilobytes each


class NGrams:
    """One sequence of tokens, indexed as it grows. Not thread-safe while it grows."""

    def __init__(self, tokens: Sequence[int] = ()) -> None:
        self._after: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        self._tokens: Sequence[int] = ()
        self._indexed = SHORTEST
        self._asked: tuple[int, ...] = ()
        self._found: list[tuple[int, int]] = []
        self.grow(tokens)

    def grow(self, tokens: Sequence[int]) -> None:
        """Index *tokens*, which begin with those that were indexed before."""
        for at in range(self._indexed, len(tokens)):
            self._after[tokens[at - 2], tokens[at - 1]].append(at)
        self._indexed = max(self._indexed, len(tokens))
        self._tokens = tokens

    def followers(self, last: Sequence[int]) -> list[tuple[int, int]]:
        """(place of the token that followed, how many tokens before it agree with the end of *last*)."""
        if len(last) < SHORTEST:
            return []
        places = self._after.get((last[-2], last[-1]))
        if not places:
            return []
        # Copying asks what guessing ahead has asked a moment before.
        asked = self._indexed, *last[-LONGEST:]
        if asked == self._asked:
            return self._found
        found = []
        for at in places[-OCCURRENCES_MAX:]:
            length = SHORTEST
            most = min(LONGEST, at, len(last))
            while length < most and self._tokens[at - 1 - length] == last[-1 - length]:
                length += 1
            found.append((at, length))
        self._asked, self._found = asked, found
        return found

    def token(self, place: int) -> int:
        return self._tokens[place]

    def tokens(self, start: int, end: int) -> Sequence[int]:
        """Those from *start* on, up to *end* or the last there is."""
        return self._tokens[start:end]


class IndexedTexts:
    """Texts that requests refer to, each tokenized and indexed once, the least recently used forgotten."""

    def __init__(self, tokenize: Callable[[str], Sequence[int]]) -> None:
        self._tokenize = tokenize
        self._kept: OrderedDict[str, NGrams] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, texts: Sequence[str]) -> list[NGrams]:
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> NGrams:
        with self._lock:
            known = self._kept.get(text)
            if known is not None:
                self._kept.move_to_end(text)
                return known
        made = NGrams(list(self._tokenize(text)))
        with self._lock:
            self._kept[text] = made
            while len(self._kept) > TEXTS_KEPT:
                self._kept.popitem(last=False)
        return made
