"""The prompt format of the bundled model, as tokens with the weight each has in the loss.

    <|repo_name|>{repository}\\n  (<|file_sep|>{path}\\n{piece}\\n)*
    <|file_sep|>{path}\\n<|fim_suffix|>{suffix}<|fim_prefix|>{prefix}{middle}<|endoftext|>

Prefix and middle are tokenized as one text; the suffix and every piece of context by themselves.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from tokenizers import Tokenizer

from lsp_server.context.snippet import Snippet
from training.tokenizer import END, FILE, FIM_PREFIX, FIM_SUFFIX, REPOSITORY

# Set by hand. The middle is what the model is for; the rest teaches the language.
HEADER_WEIGHT, CONTEXT_WEIGHT, TEXT_WEIGHT, MIDDLE_WEIGHT = 0.1, 0.5, 1.0, 2.5
# And the first time that a name of the context is used: there is nowhere else to copy it from.
COPIED_TEXT_WEIGHT, COPIED_MIDDLE_WEIGHT = 2.0, 7.0
LINE_TOKENS_MAX = 40
NAME = re.compile(r"[A-Za-z_]\w{3,}")


@dataclass(slots=True)
class Sample:
    """Tokens of one sample, and how much predicting each of them counts."""

    ids: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def add(self, ids: Sequence[int], weight: float) -> None:
        self.ids.extend(ids)
        self.weights.extend([weight] * len(ids))


class Format:
    """Writes samples with one tokenizer."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        vocabulary: dict[str, int] = tokenizer.get_vocab()
        self._line_ends = {
            number for token, number in vocabulary.items() if token.endswith("Ċ")
        }  # byte-level "\n"
        self._special = {name: vocabulary[name] for name in (END, FILE, FIM_PREFIX, FIM_SUFFIX, REPOSITORY)}

    def ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def header(self, repository: str, pieces: Sequence[Snippet], path: str) -> Sample:
        sample = Sample()
        sample.add([self._special[REPOSITORY], *self.ids(f"{repository}\n")], HEADER_WEIGHT)
        for piece in pieces:
            sample.add([self._special[FILE]], HEADER_WEIGHT)
            sample.add(self.ids(f"{piece.path}\n{piece.text}\n"), CONTEXT_WEIGHT)
        sample.add([self._special[FILE], *self.ids(f"{path}\n")], HEADER_WEIGHT)
        return sample

    def write(
        self,
        sample: Sample,
        suffix: str,
        prefix: str,
        middle: str,
        *,
        tokens_max: int,
        to_copy: Collection[str],
    ) -> bool:
        """Complete *sample*: the far end of the prefix gives way. False if the middle cannot fit.

        *to_copy* are the names that its context shows and its file may lack.
        """
        sample.add([self._special[FIM_SUFFIX]], 0.0)
        sample.add(self.ids(suffix), TEXT_WEIGHT)
        sample.add([self._special[FIM_PREFIX]], 0.0)
        encoding = self._tokenizer.encode(prefix + middle, add_special_tokens=False)
        room = tokens_max - len(sample.ids) - 1
        if room < 16:
            return False
        ids, offsets = encoding.ids, encoding.offsets
        border = next((at for at, (_, end) in enumerate(offsets) if end > len(prefix)), len(ids))
        if len(ids) - border > room - 8:
            return False
        cut = self._line_start(ids, max(0, len(ids) - room), border)
        weights = [TEXT_WEIGHT] * border + [MIDDLE_WEIGHT] * (len(ids) - border)
        shown_from = offsets[cut][0] if cut < len(offsets) else 0
        copied = copied_names(to_copy, suffix, prefix + middle, shown_from)
        for at in range(cut, len(ids)):
            start, end = offsets[at]
            while copied and copied[0][1] <= start:
                copied.pop(0)
            if copied and end > copied[0][0]:
                weights[at] = COPIED_TEXT_WEIGHT if at < border else COPIED_MIDDLE_WEIGHT
        sample.ids.extend(ids[cut:])
        sample.weights.extend(weights[cut:])
        sample.add([self._special[END]], MIDDLE_WEIGHT)
        return True

    def _line_start(self, ids: Sequence[int], cut: int, border: int) -> int:
        """Return the first line start from *cut* on, where the server cuts too; *cut* if none is near."""
        if cut == 0:
            return 0
        near = range(cut, min(cut + LINE_TOKENS_MAX, border))
        return next((at + 1 for at in near if ids[at] in self._line_ends), cut)

    def write_plain(self, sample: Sample, ids: Sequence[int], *, ends: bool) -> Sample:
        """Complete *sample* with text that has nothing after it; *ends* if the file ends there."""
        sample.add([self._special[FIM_SUFFIX], self._special[FIM_PREFIX]], 0.0)
        sample.add(ids, TEXT_WEIGHT)
        if ends:
            sample.add([self._special[END]], TEXT_WEIGHT)
        return sample


def copied_names(names: Collection[str], suffix: str, text: str, start: int) -> list[tuple[int, int]]:
    """Return where, from *start* on, *text* uses one of *names* that was not seen before."""
    unseen = set(names) - set(NAME.findall(suffix))
    found = []
    for match in NAME.finditer(text, start):
        if match[0] in unseen:
            unseen.remove(match[0])
            found.append(match.span())
    return found
