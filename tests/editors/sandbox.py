"""Keep a driven editor apart from the person at this machine: files of its own, settings of its own."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.editors.setup import HERE

PROGRAMS = Path(sys.executable).parent  # where `kibitz` is, if this Python has it installed


def fresh_workspace(target: Path) -> Path:
    """A copy of the sample workspace, so that a test may change it."""
    return Path(shutil.copytree(HERE / "workspace", target, ignore=shutil.ignore_patterns("__pycache__")))


def private_home(home: Path) -> dict[str, str]:
    """Settings, caches and indexes below *home*: nothing of the person who runs the tests takes part."""
    return {f"XDG_{name.upper()}_HOME": str(home / name) for name in ("config", "cache", "data", "state")}
