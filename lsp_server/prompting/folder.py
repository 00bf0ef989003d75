"""Where the texts that a model reads lie: `prompts/` in a checkout, `lsp_server/prompts` once installed."""

from importlib.resources import files
from pathlib import Path

from lsp_server.errors import KibitzError


class PromptMissing(KibitzError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"no prompt at {path}",
            hint="Reinstall Kibitz, or restore its prompts/ folder from the repository.",
        )


class PromptInvalid(KibitzError):
    """A prompt file that cannot be used; says which file and which key."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(
            f"prompts/{file}: {key}: {problem}",
            hint="Correct that key, or restore the file from the repository.",
        )


def prompts_folder() -> Path:
    package = Path(str(files("lsp_server")))
    installed = package / "prompts"
    return installed if installed.is_dir() else package.parent / "prompts"


def prompt_text(name: str) -> str:
    """The text of prompts/*name*. Raises PromptMissing."""
    path = prompts_folder() / name
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise PromptMissing(path) from error
