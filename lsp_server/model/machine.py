"""What this machine can give a model: processor cores and memory."""

import os
import sys
from pathlib import Path

import psutil

from lsp_server.errors import ModelUnavailable

WORKING_BYTES = 200 * 1024**2  # set by hand: the interpreter, the vocabulary, llama.cpp's buffers
GIB = 1024**3
CGROUP = Path("/sys/fs/cgroup")
SMALLER = "Choose a smaller quantization, or another model, with `kibitz models use`."


def threads() -> int:
    """Physical cores that this process may use: more than that make a model slower."""
    logical = psutil.cpu_count() or 1
    physical = psutil.cpu_count(logical=False) or logical
    usable = _usable_logical() or logical
    return max(1, min(physical, usable * physical // logical or 1, _quota(CGROUP) or usable))


def is_on_battery() -> bool:
    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    return battery is not None and battery.power_plugged is False


def free_bytes(cgroup: Path = CGROUP) -> int:
    """Memory that this process can still have: free or easily freed, within its limit and control group."""
    free = min(psutil.virtual_memory().available, _left_to_this_process())
    limit, used = _number(cgroup / "memory.max"), _number(cgroup / "memory.current")
    if limit is None or used is None:
        return free
    return max(0, min(free, limit - used + _file_cache(cgroup)))


def needed_bytes(model_bytes: int, context_bytes: int) -> int:
    return model_bytes + context_bytes + WORKING_BYTES


def check_fits(model_bytes: int, context_bytes: int, free: int) -> None:
    """Raises ModelUnavailable if a model cannot be loaded without squeezing everything else out."""
    needed = needed_bytes(model_bytes, context_bytes)
    if needed > free:
        raise ModelUnavailable(
            f"The model needs about {needed / GIB:.1f} GB of memory, and {free / GIB:.1f} GB are free.",
            hint=f"{SMALLER} Or close other programs.",
        )


def _usable_logical() -> int | None:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


def _quota(cgroup: Path) -> int | None:
    """Whole processors that the control group allows, at least one; None for no limit."""
    try:
        allowed, period = (cgroup / "cpu.max").read_text().split()
        return max(1, round(int(allowed) / int(period)))
    except (OSError, ValueError):
        return None


def _left_to_this_process() -> int:
    """What `ulimit -v` leaves: addresses, of which a process takes more than it fills with anything."""
    process = psutil.Process()
    if not hasattr(process, "rlimit"):
        return sys.maxsize
    limit: int = process.rlimit(psutil.RLIMIT_AS)[0]
    if limit == psutil.RLIM_INFINITY:
        return sys.maxsize
    return max(0, limit - int(process.memory_info().vms))


def _file_cache(cgroup: Path) -> int:
    try:
        rows = dict(line.split() for line in (cgroup / "memory.stat").read_text().splitlines())
        return int(rows.get("inactive_file", 0))
    except (OSError, ValueError):
        return 0


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # "max" is no number: no limit
        return None
