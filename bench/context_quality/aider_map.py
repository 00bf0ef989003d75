"""aider's repository map, from its own package, as a provider of context.

The file at the place is the one in the chat, all others of the project are the rest, and the names of ten
lines above and five below the cursor are mentioned: aider itself takes those from what a person writes. A
process of its own answers (`aider_process.py`), so that aider's versions of libraries stay its own.
"""

import atexit
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.context_quality.places import Place
from bench.context_quality.project import IDENTIFIER, Project
from bench.context_quality.providers import CHARACTERS_PER_TOKEN, Piece
from bench.registries import CACHE

REQUIREMENTS = Path(__file__).with_name("aider-requirements.txt")
PROCESS = Path(__file__).with_name("aider_process.py")


class AiderMap:
    name = "aider's repository map"

    def __init__(self, project: Project) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kibitz-aider-"))
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        for file in project.files.values():
            self._write(file.path, file.text)
        self._project = project
        self._changed = ""
        self._process = subprocess.Popen(
            [_python(), PROCESS, self._folder, *project.files],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        atexit.register(self._process.kill)

    def prepare(self, place: Place) -> None:
        if self._changed and self._changed != place.path:
            self._write(self._changed, self._project.files[self._changed].text)
        self._write(place.path, place.before + place.after)
        self._changed = place.path

    def pieces(self, place: Place, characters: int) -> Sequence[Piece]:
        near = "\n".join(place.before.split("\n")[-10:] + place.after.split("\n")[:6])
        asked = {
            "path": place.path,
            "mentioned": sorted(set(IDENTIFIER.findall(near))),
            "characters_per_token": CHARACTERS_PER_TOKEN,
            "tokens": characters / CHARACTERS_PER_TOKEN,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        found: list[list[str]] = json.loads(self._process.stdout.readline())
        return [Piece(path, 0, 0, text) for path, text in found]

    def _write(self, path: str, text: str) -> None:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def _python() -> Path:
    """The interpreter that has aider; made once."""
    folder = CACHE / "aider-0.86.2"
    if not folder.is_dir():
        started = folder.with_name(f"{folder.name}.installing")
        subprocess.run([sys.executable, "-m", "venv", "--clear", started], check=True)
        pip = [started / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--only-binary=:all:", "-r", REQUIREMENTS], check=True)
        started.rename(folder)
    return folder / "bin" / "python"
