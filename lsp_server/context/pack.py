"""Turn what was chosen into snippets that fit a budget of tokens, counted by the model's own tokenizer.

Counting may cost a round trip, so it is done twice: on a sample, to know how many characters make a token
here, and on the whole as it will stand in the prompt.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from lsp_server.context.choose import Candidate, Candidates, Choice, choose
from lsp_server.context.learned import Floats
from lsp_server.context.place import Place
from lsp_server.context.signatures import signature_text
from lsp_server.context.snippet import Snippet
from lsp_server.index.snapshot import Snapshot

CountTokens = Callable[[Sequence[str]], Sequence[int]]

SEPARATOR_TOKENS = 1  # <file_sep>
LEFT_OUT = "..."  # stands where lines of a file were left out
FILLED = 0.98  # of the budget, by an estimate: rather a little less than to count twice
_SAMPLE = 12  # candidates that are counted to know what the others cost
_SIGNATURE_CHARACTERS = 6  # indentation, an ellipsis, for most signatures
_NEXT_TO = 3  # lines between two pieces that are shown rather than an ellipsis


class _Group(NamedTuple):
    """What becomes one snippet."""

    path: str
    is_of_signatures: bool
    is_below: bool  # in the document itself, behind what its prompt shows: between the two stands that


class Packing:
    """What one request's candidates cost, and the best choices among them."""

    def __init__(
        self, snapshot: Snapshot, place: Place, found: Candidates, count_tokens: CountTokens
    ) -> None:
        self._snapshot = snapshot
        self._place = place
        self._found = found
        self._count = count_tokens
        sample = found.texts[:: max(1, len(found) // _SAMPLE)]
        characters = sum(map(len, sample))
        per_character = sum(count_tokens(sample)) / characters if characters else 0.3
        lengths = np.array([*map(len, found.texts)], np.float64)
        lengths[: found.signatures] += _SIGNATURE_CHARACTERS
        lengths[found.signatures :] += 1
        self.costs: Floats = (lengths * per_character).astype(np.float32)
        path_lengths = np.array([*map(len, found.paths)], np.float64)
        self.path_costs: Floats = ((path_lengths + 1) * per_character + SEPARATOR_TOKENS).astype(np.float32)

    def choice(self, budget_tokens: float, shown: Sequence[int] = ()) -> Choice:
        return choose(
            self._found, costs=self.costs, path_costs=self.path_costs,
            budget_tokens=budget_tokens * FILLED, shown=shown,
        )  # fmt: skip

    def snippets(self, choice: Choice, budget_tokens: int) -> list[Snippet]:
        """What of *choice* fits, best first; what was chosen last is dropped first."""
        groups: dict[_Group, list[tuple[Candidate, float]]] = {}
        for it in choice.chosen:
            groups.setdefault(self._group(it[0]), []).append(it)
        texts = {key: self._text(group) for key, group in groups.items()}
        counts = self._tokens([(key.path, text) for key, text in texts.items()])
        tokens = dict(zip(texts, counts, strict=True))
        for it in reversed(choice.chosen):
            if sum(tokens.values()) <= budget_tokens:
                break
            key = self._group(it[0])
            groups[key].pop()
            if groups[key]:
                texts[key] = self._text(groups[key])
                (tokens[key],) = self._tokens([(key.path, texts[key])])
            else:
                del texts[key], tokens[key]
        snippets = [_snippet(groups[key], text) for key, text in texts.items()]
        return sorted(snippets, key=lambda it: -it.score)

    def tokens(self, snippets: Sequence[Snippet]) -> list[int]:
        """What each costs as it stands in a prompt, its separator included."""
        return self._tokens([(it.path, it.text) for it in snippets])

    def _group(self, it: Candidate) -> "_Group":
        path, (_, last_shown) = self._place.path, self._place.visible
        return _Group(it.path, it.signature_of is not None, it.path == path and it.first_line > last_shown)

    def _tokens(self, shown: Sequence[tuple[str, str]]) -> list[int]:
        """The same of paths and texts."""
        counts = self._count([_prompt_form(*it) for it in shown]) if shown else ()
        return [it + SEPARATOR_TOKENS for it in counts]

    def _text(self, group: Sequence[tuple[Candidate, float]]) -> str:
        candidates = sorted([it for it, _ in group], key=lambda it: it.first_line)
        if candidates[0].signature_of is None:
            return self._lines(candidates)
        shown = [(it.signature_of, it.text) for it in candidates if it.signature_of is not None]
        documented = {it for it, text in shown if it.doc and it.doc in text}
        return signature_text(self._snapshot, [it for it, _ in shown], documented)

    def _lines(self, candidates: Sequence[Candidate]) -> str:
        """The pieces of one file in order, an ellipsis where more than a few lines lie between."""
        file = self._snapshot.file(candidates[0].path)
        assert file is not None
        parts: list[str] = []
        last = -1
        for it in candidates:
            between = it.first_line - last - 1
            if parts and between > _NEXT_TO:
                parts.append(LEFT_OUT)
            elif parts and between > 0:
                parts += [line.rstrip() for line in file.lines_from(last + 1, it.first_line - 1)]
            parts.append(it.text)
            last = it.last_line
        return "\n".join(parts)


def prompt_form(snippet: Snippet) -> str:
    """The snippet as it stands in a prompt, behind its separator token."""
    return _prompt_form(snippet.path, snippet.text)


def _prompt_form(path: str, text: str) -> str:
    return f"{path}\n{text}\n"


def _snippet(group: Sequence[tuple[Candidate, float]], text: str) -> Snippet:
    best, _ = max(group, key=lambda it: it[1])
    is_one = len(group) == 1 or best.signature_of is None
    more = "" if is_one else f", and {len(group) - 1} more of this file"
    return Snippet(
        path=best.path,
        start_line=min([it.first_line for it, _ in group]),
        end_line=max([it.last_line for it, _ in group]),
        text=text,
        reason=best.reason() + more,
        score=sum([gain for _, gain in group]),
    )
