"""The models of this machine, by the name that settings and command lines use."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import platformdirs

from lsp_server.answers.kept import KeptAnswers, KeptLimits
from lsp_server.answers.shelf import RedisShelf, Shelf, SqliteShelf
from lsp_server.app.endpoint_key import key_for
from lsp_server.editor.services import Status
from lsp_server.model.catalog import resolve
from lsp_server.model.choice import chosen
from lsp_server.model.endpoint import EndpointModel
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.local import LocalModel
from lsp_server.model.port import Model
from lsp_server.model.private_folder import is_made_private, key_in
from lsp_server.model.web import WebLimits, web_server
from lsp_server.settings import Settings

# Set by hand: an answer has a kilobyte or two, so all of them take some ten megabytes.
KEPT = KeptLimits(seconds=0.02, slow_s=0.005, pause_s=30.0, characters_max=20_000)
KEPT_ENTRIES_MAX = 5_000
KEPT_COMPLETIONS = KeptLimits(seconds=0.02, slow_s=0.005, pause_s=30.0, characters_max=4_000)
KEPT_COMPLETIONS_MAX = 20_000
SERVED = WebLimits(silence_s=10.0, seconds=30.0)  # longer than any deadline that a person would set
SERVED_CONTEXT_TOKENS = 4_096  # that most servers are started with, or more
# Machines that share answers over Redis share this secret, too: without it nobody can forge one.
SHARED_KEY, SHARED_URL = "KIBITZ_CACHE_KEY", "KIBITZ_CACHE_URL"


def open_model(name_or_path: str, threads: int = 0) -> LocalModel:
    """Nothing is loaded yet; an empty name means the one that was chosen. Raises ModelUnavailable."""
    return LocalModel(resolve(name_or_path or chosen()), settings=HostSettings(threads=threads))


def kept_answers(root: Path, url: str = "") -> KeptAnswers:
    """What was explained and documented in the repository at *root*, in this or an earlier session.

    In Redis if *url* or the environment names one. With a secret in `KIBITZ_CACHE_KEY` a person's machines
    believe each other, for repositories of the same name; without one each believes only itself.
    """
    return _kept(root, url, "answers", KEPT, KEPT_ENTRIES_MAX)


def kept_completions(root: Path, url: str = "") -> KeptAnswers:
    """Likewise what was suggested there; apart, so that the many do not drive out the few."""
    return _kept(root, url, "completions", KEPT_COMPLETIONS, KEPT_COMPLETIONS_MAX)


def _kept(root: Path, url: str, name: str, limits: KeptLimits, entries_max: int) -> KeptAnswers:
    folder = Path(platformdirs.user_cache_dir("kibitz", appauthor=False)) / name
    url = url or os.environ.get(SHARED_URL, "")
    if not url:
        shelf: Shelf = SqliteShelf(folder, seconds=limits.seconds, entries_max=entries_max)
        return KeptAnswers(shelf, lambda: own_secret(folder), os.fspath(root), limits)
    shelf = RedisShelf(url, seconds=limits.seconds, bytes_max=4 * limits.characters_max)
    shared = os.environ.get(SHARED_KEY, "")
    if shared:
        return KeptAnswers(shelf, lambda: hashlib.sha256(shared.encode()).digest(), root.name, limits)
    return KeptAnswers(shelf, lambda: own_secret(folder), os.fspath(root), limits)


def own_secret(folder: Path) -> bytes:
    if not is_made_private(folder):
        raise OSError(f"{folder} is not ours alone")
    return key_in(folder)


def model_for_editor(settings: Settings, on_status: Callable[[Status], None]) -> Model:
    """The one that completes: of this machine, or of the server that was named if it is to. Raises
    ModelUnavailable."""
    if settings.endpoint_completes and settings.endpoint_url:
        return _served_model(settings, on_status)
    return _local_model(settings, on_status)


def _served_model(settings: Settings, on_status: Callable[[Status], None]) -> EndpointModel:
    def tell(trouble: str) -> None:
        if trouble:
            on_status(Status(state="error", message=trouble, model=model.info.name))
        else:
            on_status(Status(state="ready", message="Ready", model=model.info.name))

    model = EndpointModel(
        web_server(settings.endpoint_url, key_for(settings.endpoint_url)), SERVED,
        model=settings.endpoint_model, context_tokens=SERVED_CONTEXT_TOKENS, on_trouble=tell,
    )  # fmt: skip
    return model


def _local_model(settings: Settings, on_status: Callable[[Status], None]) -> LocalModel:
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
    say("loading", "")
    model.start()
    return model
