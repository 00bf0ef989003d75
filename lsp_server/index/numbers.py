"""Whole numbers of an index, as small as they allow: a million lines have millions of them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]


def compact(numbers: Ints) -> Ints:
    """A copy of *numbers*, none of them negative, as small as they allow."""
    most = int(numbers.max(initial=0))
    return numbers.astype(next(it for below, it in _SIZES if most < below))


_SIZES = ((1 << 8, np.uint8), (1 << 16, np.uint16), (1 << 32, np.uint32), (1 << 64, np.uint64))
