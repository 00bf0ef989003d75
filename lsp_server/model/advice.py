"""Which quantization of a model suits a machine, and what to expect of it, in a sentence or two.

A token is written by reading all weights once: what the memory delivers in a second, divided by the size of
the weights, is the most that can be had. `bandwidth` measures the first; real models come to some 60 to 90 %.
"""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import platformdirs

from lsp_server.errors import ModelUnavailable
from lsp_server.model import machine
from lsp_server.model.host import measured
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.place import place_of

# Bits of a weight, embedding included: as llama.cpp's quantizer reports them for models of some billion
# parameters. Better ones first; below Q3_K_M models of this size lose more than a smaller model would.
BITS = {"Q8_0": 8.5, "Q6_K": 6.6, "Q5_K_M": 5.7, "Q4_K_M": 4.9, "Q3_K_M": 3.9}
# Set by hand: small models lose more by few bits.
LEAST_BITS = ((1_000_000_000, 6.6), (3_000_000_000, 4.9), (1 << 62, 3.9))
CONTEXT_BYTES_PER_PARAMETER = 0.3  # of an 8,192 token context, rather too many; half of it at 7 billion
CONTEXT_BYTES_MAX = 1 << 30
QUICK_TOKENS_PER_S = 12.0  # ghost text of a line comes within a second or so
REACHED = 0.7  # of the memory's speed

SMALL = 100_000_000  # parameters: they lie in the processor's caches, and suit any machine

_MEASURED_BYTES = 96 * 1024**2  # larger than the caches
_MEASURED_TIMES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    free_bytes: int
    threads: int
    bytes_per_s: float  # read from memory by that many threads


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    quantization: str
    size_bytes: int
    tokens_per_s: float
    fits: bool


def this_machine() -> Machine:
    """Takes some tenths of a second."""
    threads = machine.threads()
    return Machine(free_bytes=machine.free_bytes(), threads=threads, bytes_per_s=bandwidth(threads))


def bandwidth(threads: int) -> float:
    """Bytes that *threads* read from memory in a second."""
    import numpy as np

    parts = [np.ones(_MEASURED_BYTES // threads // 8, dtype=np.int64) for _ in range(threads)]
    best = float("inf")
    for _ in range(_MEASURED_TIMES):
        readers = [threading.Thread(target=part.max) for part in parts]
        began = time.perf_counter()
        for it in readers:
            it.start()
        for it in readers:
            it.join()
        best = min(best, time.perf_counter() - began)
    return sum(part.nbytes for part in parts) / best


def choices(parameters: int, here: Machine) -> Iterator[Choice]:
    """Each quantization worth having of a model of *parameters*, the best one first."""
    least = next(bits for below, bits in LEAST_BITS if parameters < below)
    context = min(CONTEXT_BYTES_MAX, int(parameters * CONTEXT_BYTES_PER_PARAMETER))
    for name, bits in BITS.items():
        size = int(parameters * bits / 8)
        if bits >= least:
            yield Choice(
                quantization=name,
                size_bytes=size,
                tokens_per_s=REACHED * here.bytes_per_s / size,
                fits=machine.needed_bytes(size, context) <= here.free_bytes,
            )


def advised(parameters: int, here: Machine) -> Choice | None:
    """The best that is quick enough; else the quickest that fits; None if none fits."""
    fitting = [it for it in choices(parameters, here) if it.fits]
    quick = [it for it in fitting if it.tokens_per_s >= QUICK_TOKENS_PER_S]
    return quick[0] if quick else fitting[-1] if fitting else None


def written_here(sha256: str) -> float | None:
    """Tokens per second that the model's host wrote with this file; None if it never did."""
    try:
        name = place_of(sha256, HostSettings()).name
    except ModelUnavailable:
        return None
    known = measured.read(platformdirs.user_cache_path("kibitz") / "speed.json", name)
    return 1 / min(known.token_s.values()) if known.token_s else None


def advice(
    parameters: int | None, quantization: str, size_bytes: int, here: Machine, written: float | None = None
) -> str:
    """For a person who looks at a file of this quantization and size; "" if nothing can be said.

    *written*: tokens a second that were measured with it.
    """
    if not parameters:
        return ""
    best = advised(parameters, here)
    of = f"{parameters / 1e9:.1f} billion" if parameters >= 1e8 else f"{parameters / 1e6:.0f} million"
    free = f"{here.free_bytes / 1e9:.1f} GB free, {here.threads} threads"
    if best is None:
        return (
            f"No quantization of {of} parameters fits this machine ({free}): "
            f"choose a model of {_parameters_that_fit(here)} or fewer."
        )
    speed = REACHED * here.bytes_per_s / size_bytes if written is None else written
    this = f"this file ({quantization}) writes {'some ' * (written is None)}{speed:.0f} tokens/s"
    if parameters < SMALL:
        return f"It suits this machine ({free})" + ("." if written is None else f": {this}.")
    if 0.9 * best.size_bytes <= size_bytes <= 1.1 * best.size_bytes:
        late = "" if speed >= QUICK_TOKENS_PER_S else ", and ghost text will come late"
        return f"It suits this machine ({free}): {this}{late}."
    slow = "" if best.tokens_per_s >= QUICK_TOKENS_PER_S else "; ghost text will come late with any of them"
    return (
        f"On this machine ({free}) {best.quantization} suits {of} parameters best: "
        f"{best.size_bytes / 1e9:.1f} GB, some {best.tokens_per_s:.0f} tokens/s{slow}. As it is, {this}."
    )


def sizes_that_suit(here: Machine) -> str:
    """How large a model may be here: for ghost text, and for explanations that may take their time."""
    bytes_quick = REACHED * here.bytes_per_s / QUICK_TOKENS_PER_S
    quick = min(bytes_quick * 8 / BITS["Q4_K_M"], _fitting_parameters(here))
    return (
        f"On this machine ({here.free_bytes / 1e9:.1f} GB free, {here.threads} threads) ghost text keeps "
        f"up with typing with models of up to {_billions(quick)} parameters as Q4_K_M; up to "
        f"{_parameters_that_fit(here)} fit its memory."
    )


def _fitting_parameters(here: Machine) -> float:
    room = here.free_bytes - machine.WORKING_BYTES
    per_parameter = BITS["Q4_K_M"] / 8
    small = room / (per_parameter + CONTEXT_BYTES_PER_PARAMETER)
    return max(0.0, small, (room - CONTEXT_BYTES_MAX) / per_parameter)


def _parameters_that_fit(here: Machine) -> str:
    return _billions(_fitting_parameters(here))


def _billions(parameters: float) -> str:
    return f"{parameters / 1e9:.1f} billion" if parameters >= 1e9 else f"{parameters / 1e6:.0f} million"
