"""Whole numbers of an index, as small as they allow: a million lines have millions of them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]


def compact(numbers: Ints) -> Ints:
    """A copy of *numbers*, none of them negative, as small as they allow."""
    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))
