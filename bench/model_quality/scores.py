"""Put what was said beside what a person wrote."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel


@dataclass(frozen=True, slots=True)
class Said:
    """One answer, and how sure the model was of it (0..1; None where nobody calibrated it)."""

    text: str
    written: str
    confidence: float | None = None

    @property
    def is_exact(self) -> bool:
        return bool(self.text.strip()) and self.text.rstrip() == self.written.rstrip()

    @property
    def similarity(self) -> float:
        """0..1, by the insertions and deletions that turn one into the other."""
        return Indel.normalized_similarity(self.text.rstrip(), self.written.rstrip())


def exact(answers: Sequence[Said]) -> float:
    return sum(it.is_exact for it in answers) / max(1, len(answers))


def half_width(answers: Sequence[Said]) -> float:
    """Half of the 95 % confidence interval of `exact` (Agresti and Coull 1998)."""
    count = len(answers) + 4
    share = (sum(it.is_exact for it in answers) + 2) / count
    return 1.96 * math.sqrt(share * (1 - share) / count)


def similarity(answers: Sequence[Said]) -> float:
    return sum(it.similarity for it in answers) / max(1, len(answers))


def precision_by_share(answers: Sequence[Said]) -> list[tuple[float, float]]:
    """(share of places where something is shown, exact among those), from the surest answer on."""
    ranked = sorted((it for it in answers if it.text.strip()), key=lambda it: -(it.confidence or 0.0))
    right, points = 0, []
    for number, answer in enumerate(ranked, 1):
        right += answer.is_exact
        points.append((number / len(answers), right / number))
    return points
