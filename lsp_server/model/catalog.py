"""Which models there are: the bundled one, those in the user's model folder, and any path."""

from pathlib import Path

import platformdirs

from lsp_server.errors import ModelUnavailable

BUNDLED = "bundled"
BUNDLED_PATH = Path(__file__).resolve().parent.parent / "models" / "kibitz-base.gguf"
SUFFIX = ".gguf"


def user_folder() -> Path:
    return platformdirs.user_data_path("kibitz") / "models"


def names(folder: Path | None = None) -> list[str]:
    """What can be chosen by name; the bundled model first."""
    folder = folder or user_folder()
    try:
        own = sorted(path.stem for path in folder.iterdir() if path.suffix == SUFFIX and path.is_file())
    except OSError:
        own = []
    return ([BUNDLED] if BUNDLED_PATH.is_file() else []) + [name for name in own if name != BUNDLED]


def resolve(name_or_path: str, folder: Path | None = None) -> Path:
    """The file of a model. Raises ModelUnavailable if there is none; it is not looked into."""
    folder = folder or user_folder()
    wanted = name_or_path.strip()
    if wanted in ("", BUNDLED):
        if not BUNDLED_PATH.is_file():
            raise ModelUnavailable(
                "The bundled model is not installed.", hint="Install Kibitz again, or choose a .gguf file."
            )
        return BUNDLED_PATH
    path = Path(wanted).expanduser()
    if path.is_absolute() or any(separator in wanted for separator in "/\\"):
        return _existing(path, f"There is no model file at {path}.", folder)
    for candidate in (folder / f"{wanted}{SUFFIX}", folder / wanted):
        if candidate.is_file():
            return candidate
    return _existing(path, f"There is no model named {wanted!r} in {folder}.", folder)


def _existing(path: Path, problem: str, folder: Path) -> Path:
    if path.is_file():
        return path.absolute()
    if path.is_dir():
        problem = f"{path} is a folder, not a model file."
    known = ", ".join(names(folder))
    choice = f"Choose one of: {known}; or the path of a .gguf file." if known else "Choose a .gguf file."
    raise ModelUnavailable(problem, hint=choice)
