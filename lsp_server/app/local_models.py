"""The models of this machine, by the name that settings and command lines use."""

from collections.abc import Callable
from pathlib import Path

import platformdirs

from lsp_server.answers.kept import KeptAnswers, KeptLimits
from lsp_server.editor.services import Status
from lsp_server.model.catalog import resolve
from lsp_server.model.choice import chosen
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.local import LocalModel
from lsp_server.settings import Settings

# Set by hand: an answer has a kilobyte or two, so all of them take some ten megabytes.
KEPT = KeptLimits(seconds=0.02, pause_s=30.0, entries_max=5_000, characters_max=20_000)


def open_model(name_or_path: str, threads: int = 0) -> LocalModel:
    """Nothing is loaded yet; an empty name means the one that was chosen. Raises ModelUnavailable."""
    return LocalModel(resolve(name_or_path or chosen()), settings=HostSettings(threads=threads))


def kept_answers(root: Path) -> KeptAnswers:
    """What was explained and documented in the repository at *root*, in this or an earlier session."""
    folder = Path(platformdirs.user_cache_dir("kibitz", appauthor=False)) / "answers"
    return KeptAnswers(folder, root, KEPT)


def model_for_editor(settings: Settings, on_status: Callable[[Status], None]) -> LocalModel:
    """As `open_model`, and its loading begins; *on_status* hears how it and its host are doing."""
    name = settings.model or chosen()

    def say(state: str, message: str) -> None:
        if state == "loading":
            words = f"Loading the model, {message}" if message.endswith("%") else message or f"Loading {name}"
            on_status(Status(state="loading", message=words, model=name))
        elif state == "ready":
            on_status(Status(state="ready", message="Ready", model=model.info.name))
        elif state == "down":
            on_status(
                Status(
                    state="error",
                    message=message or "The model does not run",
                    hint="Run `kibitz doctor`; then restart the model.",
                    model=name,
                )
            )

    model = LocalModel(resolve(name), settings=HostSettings(threads=settings.threads), on_status=say)
    model.start()
    return model
