"""Keep a large index from slowing down and bloating the process that holds it."""

import ctypes
import gc
import sys


def tidy() -> None:
    """Free what only the collector can free: after `settle` it would stay for ever. Before much is made, so
    that there is little to look through."""
    gc.collect()


def settle() -> None:
    """Take what is there now out of the garbage collector's rounds.

    The index is hundreds of thousands of objects without cycles; looking through them for some takes longer
    than a request, at no moment of our choosing. They are still freed when nobody refers to them.
    """
    gc.freeze()


def give_back() -> None:
    """Return to the system what building the index left behind: a quarter of the process, as measured."""
    if not sys.platform.startswith("linux"):
        return
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):  # another C library than glibc
        return
