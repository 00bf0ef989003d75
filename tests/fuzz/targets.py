"""What can be fuzzed; each module of these names has a `fuzz(effort)`."""

from __future__ import annotations

import importlib
import logging
import time

from tests.fuzz.effort import Effort

TARGETS = {
    "edits": "edits of open documents, against an oracle",
    "frames": "frames in a stream of bytes",
    "protocol": "messages to a real server",
    "sources": "hostile source files",
    "gguf_headers": "damaged model files",
    "model_output": "texts of a model",
    "markdown": "hostile Markdown, against a renderer",
    "paths": "paths, while links race",
    "secrets": "planted secrets",
    "kept_index": "damages of a saved index",
    "kept_answers": "damages of kept answers",
    "saved_frames": "damages of saved frames",
    "imports": "import statements, cut and spoilt",
    "neovim": "edits in a real Neovim",
}
ENOUGH = 10**9


def run(target: str, seed: int, seconds: float, count: int, first: int) -> tuple[int, float, str, str]:
    """(done, seconds it took, remarks, failure or "")."""
    logging.disable(logging.ERROR)
    effort = Effort(seed=seed, seconds=seconds, tries=ENOUGH, first=first, count=count)
    failure = ""
    started = time.monotonic()
    try:
        importlib.import_module(f"tests.fuzz.{target}").fuzz(effort)
    except Exception as error:  # noqa: BLE001 - whatever it is, it was not to be raised
        failure = f"{type(error).__name__} at try {effort.number} of seed {seed}: {error}"
    notes = ", ".join(f"{count:,} {what}" for what, count in effort.notes.items())
    return effort.done, time.monotonic() - started, notes or "nothing", failure
