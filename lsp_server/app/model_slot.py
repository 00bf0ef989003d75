"""The model that is configured now: loaded in the background, exchanged when the settings say so."""

import logging
import threading
from collections.abc import Callable

from lsp_server.app.loaded_model import LoadedModel, recognised
from lsp_server.editor.services import Status
from lsp_server.errors import KibitzError, ModelUnavailable
from lsp_server.model.port import Model, ModelInfo
from lsp_server.settings import Settings

_log = logging.getLogger(__name__)

# A model for these settings; tells the second argument how its loading and its host are doing.
MakeModel = Callable[[Settings, Callable[[Status], None]], Model]
OnStatus = Callable[[Status], None]

OFF = Status(state="off", message="Kibitz is turned off", hint="Set `kibitz.enabled` to true.")


Wanted = tuple[str | int, ...]  # what it depends on which model is loaded


class ModelSlot:
    """Thread-safe. Whoever asks for the model while it loads is told so and not kept waiting."""

    def __init__(self, make: MakeModel, on_status: OnStatus) -> None:
        self._make = make
        self._on_status = on_status
        self._lock = threading.Lock()
        self._wanted: Wanted | None = None
        self._loaded: LoadedModel | None = None
        self._why_not: KibitzError = ModelUnavailable("the model is not loaded yet", hint="Wait a moment.")

    def use(self, settings: Settings) -> None:
        """Load what *settings* name, in the background, unless it is what is there already."""
        wanted = _wanted(settings) if settings.enabled else None
        with self._lock:
            if wanted is not None and wanted == self._wanted:
                return
            self._wanted = wanted
            old, self._loaded = self._loaded, None
            self._why_not = ModelUnavailable("the model is being loaded", hint="Wait a moment.")
        if old is not None:
            old.model.close()
        if wanted is None:
            self._why_not = ModelUnavailable("Kibitz is turned off", hint="Set `kibitz.enabled` to true.")
            self._on_status(OFF)
            return
        threading.Thread(
            target=self._load, args=(settings, wanted), name="kibitz-model-loader", daemon=True
        ).start()

    def get(self) -> LoadedModel:
        """Raises ModelUnavailable, with the reason, when there is none now."""
        loaded = self._loaded
        if loaded is None:
            raise self._why_not
        return loaded

    def get_or_none(self) -> LoadedModel | None:
        return self._loaded

    def restart(self, settings: Settings) -> None:
        self.close()
        self.use(settings)

    def close(self) -> None:
        with self._lock:
            self._wanted = None
            old, self._loaded = self._loaded, None
        if old is not None:
            old.model.close()

    def _load(self, settings: Settings, wanted: Wanted) -> None:
        self._on_status(Status(state="loading", message=f"Loading {settings.model or 'the model'}"))
        telling = _Telling(self._on_status)
        try:
            loaded = recognised(self._make(settings, telling.hear))
        except KibitzError as error:
            _log.warning("%s. %s", str(error).rstrip("."), error.hint)
            self._why_not = error
            self._on_status(Status(state="noModel", message=str(error), hint=error.hint))
            return
        with self._lock:
            is_current = self._wanted == wanted
            if is_current:
                self._loaded = loaded
        if not is_current:
            loaded.model.close()
            return
        telling.begin(loaded)


class _Telling:
    """Passes on what a model says of itself once it is in its place: before, nobody can ask it."""

    def __init__(self, on_status: OnStatus) -> None:
        self._on_status = on_status
        self._lock = threading.Lock()
        self._loaded: LoadedModel | None = None
        self._last: Status | None = None

    def begin(self, loaded: LoadedModel) -> None:
        with self._lock:
            self._loaded = loaded
            self._tell(self._last)

    def hear(self, status: Status) -> None:
        with self._lock:
            self._last = status
            self._tell(status)

    def _tell(self, status: Status | None) -> None:
        """A model that says nothing of itself is ready."""
        if self._loaded is None:
            return
        if status is None or status.state == "ready":
            status = ready_status(self._loaded)
        self._on_status(status)


def _wanted(settings: Settings) -> Wanted:
    if settings.endpoint_completes and settings.endpoint_url:
        return settings.endpoint_url, settings.endpoint_model
    return settings.model, settings.threads


def ready_status(loaded: LoadedModel) -> Status:
    info = loaded.model.info
    if loaded.cannot_complete is not None:
        return Status(
            state="error",
            message=str(loaded.cannot_complete),
            hint=loaded.cannot_complete.hint,
            model=info.name,
        )
    return Status(
        state="ready",
        message="Ready",
        model=info.name,
        detail=_size(info),
    )


def _size(info: ModelInfo) -> str:
    size = f", {info.size_bytes / 1e6:.0f} MB" if info.size_bytes else ""
    return f"{info.quantization}{size}, context {info.context_length} tokens"
