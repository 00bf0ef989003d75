"""Keep a large index from slowing down and bloating the process that holds it."""

import ctypes
import gc
import sys

# A request makes thousands of objects and drops nearly all of them unaided: looked through at Python's own
# limits, as often as there are 700 more, they took a tenth of its time. At 20,000 one request of fifteen paid
# 7 ms for all. What cycles keep until then is some 5 MB.
_THRESHOLDS = (50_000, 20, 50)


def tidy() -> None:
    """Free what only the collector can free: after `settle` it would stay for ever. Before much is made, so
    that there is little to look through."""
    gc.collect()


def settle() -> None:
    """Take what is there now out of the garbage collector's rounds.

    The index is hundreds of thousands of objects without cycles; looking through them for some takes longer
    than a request, at no moment of our choosing. They are still freed when nobody refers to them. What comes
    and goes from here on is looked through less often, too.
    """
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)


def give_back() -> None:
    """Return to the system what building the index left behind: a quarter of the process, as measured."""
    if not sys.platform.startswith("linux"):
        return
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):  # another C library than glibc
        return
