"""The model host: `python -m lsp_server.model.host <place> <model> <settings>`.

Started by the first client that wants the model (`model/spawning.py`), shared by all of this user's,
gone a moment after the last.
"""

import faulthandler
import os
import signal
import sys
import threading
import time
from importlib import metadata
from multiprocessing.connection import Listener
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from lsp_server.errors import ModelUnavailable
from lsp_server.model import machine
from lsp_server.model.facts import context_bytes_per_token
from lsp_server.model.file_lock import try_to_hold
from lsp_server.model.gguf import read_header
from lsp_server.model.host import measured
from lsp_server.model.host.server import Server
from lsp_server.model.host_settings import HostSettings, settings_from_json
from lsp_server.model.place import Place
from lsp_server.model.private_folder import is_made_private

if TYPE_CHECKING:
    from lsp_server.model.host.engine import Engine
    from lsp_server.model.host.saved import SavedPrompts

OUT_OF_MEMORY_SCORE = 500  # when memory runs out, the system ends the model and not the editor

RETRY_S = 0.05
FAILED = 70


def main(folder: str, name: str, model: str, settings_json: str) -> None:
    announcement = _claim_standard_output()
    _prepare_to_die_quietly()
    settings = settings_from_json(settings_json)
    place = Place(Path(folder), name)
    if sys.platform != "win32":
        os.umask(0o177)  # the socket is for this user alone, and so is whatever we write
    listener = Listener(place.address, place.family, backlog=16)
    if sys.platform != "win32":
        os.umask(0o077)
    server = Server(place, listener, settings.linger_s)
    server.start()
    signal.signal(signal.SIGTERM, lambda _number, _frame: server.leave_at_once())
    os.write(announcement, b"listening\n")
    os.close(announcement)
    owner = threading.Thread(target=_run, args=(server, place, Path(model), settings), daemon=True)
    owner.start()
    _leave_when_alone(server, place)


def _run(server: Server, place: Place, model: Path, settings: HostSettings) -> None:
    try:
        engine = _load(server, place, model, settings)
        engine.run()
        measured.write(_memory_of_speed(), place.name, engine.measured())
        server.tell_engine_left()
        threading.Event().wait()  # the main thread ends the process
    except ModelUnavailable as error:
        server.tell_failed(error)
        server.wait_until_told(2)
    finally:
        if sys.exc_info()[0] is not None:
            sys.excepthook(*sys.exc_info())
        os._exit(FAILED)  # a host without its engine answers nobody


def _load(server: Server, place: Place, model: Path, settings: HostSettings) -> "Engine":
    header = read_header(model)
    context_bytes = context_bytes_per_token(header) * settings.context_tokens
    machine.check_fits(header.size_bytes, context_bytes, machine.free_bytes())
    # Only now, when nothing that llama.cpp prints can reach our caller.
    from lsp_server.model.host.engine import Engine
    from lsp_server.model.host.runtime import Runtime

    threads = settings.threads or machine.threads()
    runtime = Runtime(model, settings, threads, server.tell_progress)
    vocabulary = runtime.vocabulary()
    known = measured.read(_memory_of_speed(), place.name)
    engine = Engine(runtime, vocabulary, settings, threads, _saved_prompts(place, settings), known)
    server.tell_ready(engine, {"context_tokens": runtime.context_tokens, "threads": threads})
    threading.Thread(target=vocabulary.prepare, name="prepare", daemon=True).start()
    return engine


def _saved_prompts(place: Place, settings: HostSettings) -> "SavedPrompts | None":
    from lsp_server.model.host.saved import SavedPrompts

    folder = platformdirs.user_cache_path("kibitz") / "prompts"
    if settings.saved_mib <= 0 or not is_made_private(folder):
        return None
    # The place is named after the model's bytes and the settings.
    identity = f"{place.name}|{metadata.version('llama-cpp-python')}"
    return SavedPrompts(folder, identity, settings.saved_mib * 1024**2)


def _memory_of_speed() -> Path:
    return platformdirs.user_cache_path("kibitz") / "speed.json"


def _leave_when_alone(server: Server, place: Place) -> None:
    while True:
        server.wait_until_alone()
        # Whoever holds the lock may be about to connect to us.
        handle = try_to_hold(place.lock)
        if handle is not None and (server.is_leaving or not server.has_clients()):
            server.close_engine()
            if sys.platform != "win32":
                Path(place.address).unlink(missing_ok=True)
                place.log.unlink(missing_ok=True)
            os._exit(0)
        if handle is not None:
            os.close(handle)
        time.sleep(RETRY_S)


def _claim_standard_output() -> int:
    """Return standard output for our own use, and point it at standard error for everybody else."""
    own = os.dup(1)
    os.set_inheritable(own, False)  # noqa: FBT003
    os.dup2(2, 1)
    return own


def _prepare_to_die_quietly() -> None:
    faulthandler.enable(all_threads=False)  # the log then tells what it was
    os.environ["GGML_NO_BACKTRACE"] = "1"  # on an abort, llama.cpp would start a debugger
    # Threads that wait for each other spin for some microseconds, then sleep. By default they spin on, and
    # on cores that others want too they keep the very thread they wait for from running: measured there,
    # ten times slower. Sleeping at once costs more than the work of a small step: on two free cores 5.4 ms
    # a token instead of 0.45 with the bundled model, 38 instead of 22 with one of 0.5 B in 8 bits.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        Path("/proc/self/oom_score_adj").write_text(str(OUT_OF_MEMORY_SCORE))
    except OSError:
        return  # not Linux


if __name__ == "__main__":
    main(*sys.argv[1:])
