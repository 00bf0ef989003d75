"""What the processes of some windows hold: memory, open files, threads; and their folder on the disk."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from bench.reliability_kills import hosts

Reading = dict[str, float]  # "server: resident MB" and the like → value
MEMORY, FILES, THREADS, PROCESSES = "resident MB", "open files", "threads", "processes"


class Gauges:
    """*servers*: what to call each → its process id. All of them have their folders in *home*."""

    def __init__(self, home: Path, servers: Mapping[str, int]) -> None:
        self._home = home
        self._servers = {name: psutil.Process(pid) for name, pid in servers.items()}

    def read(self) -> Reading:
        reading: Reading = {}
        models = hosts(self._home)
        reading |= _held("model host", models)
        for name, server in self._servers.items():
            reading |= _held(name, [server])
            reading |= _held(f"{name}'s workers", [it for it in _below(server) if it not in models])
        reading["caches on disk: MB"] = _bytes_in(self._home / "xdg_cache_home") / 1e6
        return reading


def _held(name: str, processes: Sequence[psutil.Process]) -> Reading:
    """The sum over *processes*; those that are gone meanwhile hold nothing."""
    held = {PROCESSES: 0.0, MEMORY: 0.0, FILES: 0.0, THREADS: 0.0}
    for process in processes:
        try:
            with process.oneshot():
                memory, threads, files = process.memory_info().rss, process.num_threads(), process.num_fds()
        except psutil.Error:
            continue
        held[PROCESSES] += 1
        held[MEMORY] += memory / 1e6
        held[FILES] += files
        held[THREADS] += threads
    return {f"{name}: {what}": value for what, value in held.items()}


def _below(process: psutil.Process) -> list[psutil.Process]:
    try:
        children: list[psutil.Process] = process.children(recursive=True)
    except psutil.Error:
        return []
    return children


def _bytes_in(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(path) / name).stat().st_size
            except OSError:
                continue
    return total
