"""What is kept for the folders of one window: made when it is first needed, anew when they change."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from lsp_server.answers.kept import KeptAnswers
from lsp_server.app.loaded_model import LoadedModel
from lsp_server.app.local_models import kept_answers, kept_completions
from lsp_server.completion.kept import KeptCompletions
from lsp_server.completion.limits import CompletionLimits
from lsp_server.workspace.roots import together


class KeptHere:
    """Thread-safe. Without folders nothing is kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[str, tuple[object, KeptAnswers]] = {}

    def answers(self, roots: Sequence[Path], url: str) -> KeptAnswers | None:
        return self._kept("answers", kept_answers, roots, url)

    def completions(
        self, roots: Sequence[Path], url: str, loaded: LoadedModel, limits: CompletionLimits
    ) -> KeptCompletions | None:
        kept = self._kept("completions", kept_completions, roots, url)
        if kept is None or loaded.family is None:
            return None
        return KeptCompletions(kept, f"{loaded.model.info.sha256}|{loaded.family.name}|{limits}")

    def close(self, seconds: float) -> None:
        """Wait for what is to be written, at most *seconds* for each kind."""
        with self._lock:
            made, self._made = self._made, {}
        for _, kept in made.values():
            kept.close(seconds)

    def _kept(
        self, what: str, make: Callable[[Path, str], KeptAnswers], roots: Sequence[Path], url: str
    ) -> KeptAnswers | None:
        if not roots:
            return None
        wanted = tuple(roots), url
        with self._lock:
            if what not in self._made or self._made[what][0] != wanted:
                self._made[what] = wanted, make(together(roots)[0], url)
            return self._made[what][1]
