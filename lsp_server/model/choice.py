"""The model that a person chose for every program at once: one line in their configuration folder."""

from pathlib import Path

import platformdirs

from lsp_server.errors import ModelUnavailable
from lsp_server.model.catalog import BUNDLED

CHOSEN = ""  # as a name of a model: what was chosen here


def choice_file() -> Path:
    return platformdirs.user_config_path("kibitz") / "model"


def chosen(file: Path | None = None) -> str:
    """Its name or path; the bundled model if nothing was chosen, or nothing readable."""
    try:
        return (file or choice_file()).read_text("utf-8").strip() or BUNDLED
    except (OSError, UnicodeDecodeError):
        return BUNDLED


def choose(name_or_path: str, file: Path | None = None) -> None:
    """Remember it. Raises ModelUnavailable if the folder cannot be written."""
    file = file or choice_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        waiting = file.with_suffix(".new")
        waiting.write_text(name_or_path + "\n", "utf-8")
        waiting.replace(file)
    except OSError as error:
        raise ModelUnavailable(
            f"the choice cannot be kept in {file}: {error.strerror}",
            hint="Set `kibitz.model` in your editor, or name the model with --model.",
        ) from error
