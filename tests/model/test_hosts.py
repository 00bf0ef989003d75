"""What holds for the process that runs the model: shared, replaced when it dies, gone when not needed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import psutil
import pytest

from lsp_server.errors import ModelUnavailable
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.local import LocalModel
from lsp_server.model.place import place_of
from tests.model.asking import TIMEOUT_S, Asking, ask, request
from tests.model.conftest import SETTINGS, OpenModel
from tests.model.tiny_gguf import write_tiny_model

CODE = "def total_price(items, vat_rate):\n    result = 0\n"
LONG = request(CODE, max_tokens=1500, min_tokens=1500)


def process_of(model: LocalModel) -> psutil.Process:
    return psutil.Process(model.stats()["pid"])


def test_several_clients_share_one_process(open_model: OpenModel):
    """Two windows and the command line load the weights once."""
    models = [open_model() for _ in range(3)]
    starting = [Asking(model, request(CODE)) for model in models]

    assert len({it.answer().text for it in starting}) == 1
    assert len({model.stats()["pid"] for model in models}) == 1
    assert models[0].stats()["clients"] == 3


def test_other_settings_are_another_process(open_model: OpenModel):
    small = HostSettings(threads=1, linger_s=0.0, context_tokens=512)

    assert process_of(open_model()).pid != process_of(open_model(settings=small)).pid


def test_the_process_goes_with_its_last_client(open_model: OpenModel):
    first, second = open_model(), open_model()
    process = process_of(first)
    assert process_of(second) == process

    first.close()
    assert ask(second, request(CODE)).text
    second.close()

    process.wait(TIMEOUT_S)


def test_what_a_host_had_not_begun_is_asked_of_the_next(open_model: OpenModel):
    """Another window may be killed, and all that it had started: this one's question does not suffer."""
    model = open_model()
    expected = ask(model, request(CODE)).text
    for _ in range(3):
        process_of(model).kill()
        assert ask(model, request(CODE)).text == expected


def test_a_build_for_another_processor_is_named_with_its_cure(open_model: OpenModel):
    model = open_model()
    asking = Asking(model, LONG)
    assert asking.has_text.wait(TIMEOUT_S)

    process_of(model).send_signal(signal.SIGILL)

    with pytest.raises(ModelUnavailable, match="an instruction that this processor") as caught:
        asking.answer()
    assert "--force-reinstall" in caught.value.hint
    with pytest.raises(ModelUnavailable, match="an instruction that this processor"):
        ask(model, request(CODE))
    assert model.state == "down"


def test_a_closed_model_answers_nobody(open_model: OpenModel):
    model = open_model()
    asking = Asking(model, LONG)
    assert asking.has_text.wait(TIMEOUT_S)

    model.close()

    with pytest.raises(ModelUnavailable):
        asking.answer()
    with pytest.raises(ModelUnavailable, match="closed"):
        ask(model, request(CODE))


def test_a_killed_client_takes_nothing_with_it_and_leaves_nothing(
    open_model: OpenModel, tiny: Path, meeting_folder: Path
):
    """The process is gone soon after a client that had no time to say goodbye."""
    code = f"""
import sys
from pathlib import Path
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.local import LocalModel
settings = HostSettings(threads=1, linger_s=0.0, context_tokens=1024)
model = LocalModel(Path({str(tiny)!r}), settings=settings, folder=Path({str(meeting_folder)!r}))
print(model.stats()["pid"], flush=True)
sys.stdin.read()
"""
    client = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert client.stdout is not None
    process = psutil.Process(int(client.stdout.readline()))

    client.kill()
    client.communicate()

    process.wait(TIMEOUT_S)


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_after_a_death_the_question_fails_and_the_next_is_answered(
    open_model: OpenModel, kind: signal.Signals
):
    model = open_model()
    expected = ask(model, request(CODE)).text
    asking = Asking(model, LONG)
    assert asking.has_text.wait(TIMEOUT_S)

    os.kill(process_of(model).pid, kind)

    with pytest.raises(ModelUnavailable, match="died"):
        asking.answer()
    assert ask(model, request(CODE)).text == expected


def test_a_process_that_hangs_is_replaced(open_model: OpenModel):
    model = open_model()
    process = process_of(model)
    asking = Asking(model, LONG)
    assert asking.has_text.wait(TIMEOUT_S)

    process.suspend()

    with pytest.raises(ModelUnavailable, match="died"):
        asking.answer()
    assert process_of(model) != process


def test_a_text_that_ends_the_process_twice_is_refused(open_model: OpenModel):
    model = open_model()
    for _ in range(2):
        asking = Asking(model, LONG)
        assert asking.has_text.wait(TIMEOUT_S)
        process_of(model).kill()
        with pytest.raises(ModelUnavailable, match="died"):
            asking.answer()

    with pytest.raises(ModelUnavailable, match="twice"):
        ask(model, LONG)
    assert ask(model, request(CODE + "x")).tokens.prompt


def test_a_status_tells_loading_ready_and_down(open_model: OpenModel, tmp_path: Path):
    """A file that changed under a loaded model is not loaded again: nobody chose the new one."""
    told: list[tuple[str, str]] = []
    is_down = threading.Event()

    def on_status(state: str, message: str) -> None:
        told.append((state, message))
        if state == "down":
            is_down.set()

    path = write_tiny_model(tmp_path / "replaced.gguf", seed=7)
    model = open_model(path, on_status=on_status)
    process = process_of(model)
    assert [state for state, _ in told if state != "loading"] == ["ready"]

    write_tiny_model(tmp_path / "other.gguf", seed=8).replace(path)
    process.kill()

    assert is_down.wait(TIMEOUT_S)
    assert "has changed" in told[-1][1]
    with pytest.raises(ModelUnavailable, match="has changed"):
        ask(model, request(CODE))


def test_a_file_that_only_llama_cpp_finds_wrong_is_said_so(open_model: OpenModel, tmp_path: Path):
    """Its own reason is passed on, and nobody tries again."""
    model = open_model(write_tiny_model(tmp_path / "odd.gguf", general__architecture="unheard-of"))

    with pytest.raises(ModelUnavailable, match="unknown model architecture: 'unheard-of'"):
        ask(model, request(CODE))
    assert model.state == "down"


def test_a_process_that_the_system_refuses_is_said_so(tiny: Path):
    """No memory, no room for its log, no right to write: whoever asks is not kept waiting for ever."""
    folder = Path(tempfile.mkdtemp(prefix="kibitz-"))
    told: list[tuple[str, str]] = []
    model = LocalModel(
        tiny, settings=SETTINGS, folder=folder, on_status=lambda state, words: told.append((state, words))
    )
    place_of(model.info.sha256, SETTINGS, folder).log.mkdir()

    with pytest.raises(ModelUnavailable, match="cannot be started") as refused:
        ask(model, request(CODE))
    assert "kibitz models use" in refused.value.hint
    assert told[-1][0] == "down"
    model.close()
    shutil.rmtree(folder)


def test_one_that_went_down_can_be_told_to_try_again(open_model: OpenModel, tmp_path: Path):
    model = open_model(write_tiny_model(tmp_path / "odd.gguf", general__architecture="unheard-of"))
    with pytest.raises(ModelUnavailable):
        ask(model, request(CODE))

    model.retry()

    with pytest.raises(ModelUnavailable, match="unheard-of"):
        ask(model, request(CODE))


def test_nothing_is_written_to_standard_output(tiny: Path, meeting_folder: Path, tmp_path: Path):
    """It belongs to the editor's protocol."""
    code = f"""
from pathlib import Path
from lsp_server.cancellation import Cancellation
from lsp_server.model.local import LocalModel
from tests.model.asking import ask, request
from tests.model.conftest import SETTINGS
model = LocalModel(Path({str(tiny)!r}), settings=SETTINGS, folder=Path({str(meeting_folder)!r}))
assert ask(model, request("x = 1")).tokens.prompt
model.close()
"""
    # Files: the end of a pipe is only seen once every process that may hold it has gone.
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        subprocess.run([sys.executable, "-c", code], stdout=out, stderr=err, check=True, timeout=60)

    assert ((tmp_path / "out").read_bytes(), (tmp_path / "err").read_bytes()) == (b"", b"")


def test_our_own_process_never_loads_llama_cpp(tiny: Path, meeting_folder: Path):
    code = f"""
import sys
from pathlib import Path
from lsp_server.model.local import LocalModel
from tests.model.asking import ask, request
from tests.model.conftest import SETTINGS
model = LocalModel(Path({str(tiny)!r}), settings=SETTINGS, folder=Path({str(meeting_folder)!r}))
assert ask(model, request("x = 1")).tokens.prompt
model.close()
sys.exit("llama_cpp" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_this_user_can_reach_the_process(open_model: OpenModel, meeting_folder: Path):
    process_of(open_model())

    modes = {path.suffix or path.name: path.stat().st_mode & 0o777 for path in meeting_folder.iterdir()}
    assert meeting_folder.stat().st_mode & 0o777 == 0o700
    assert modes[".socket"] == modes["key"] == 0o600


def test_a_stranger_without_the_key_is_not_heard(open_model: OpenModel, meeting_folder: Path):
    from multiprocessing import AuthenticationError
    from multiprocessing.connection import Client

    model = open_model()
    pid = process_of(model).pid
    for socket in meeting_folder.glob("*.socket"):
        with pytest.raises((AuthenticationError, EOFError, OSError)):
            Client(str(socket), "AF_UNIX", authkey=b"guessed").recv_bytes()

    assert process_of(model).pid == pid
    assert SETTINGS.threads == 1


def test_a_stopped_process_does_not_keep_a_new_client_waiting_for_ever(open_model: OpenModel):
    """It takes the connection and says nothing; another process is started in its place."""
    stopped = process_of(open_model())
    stopped.suspend()
    try:
        assert process_of(open_model()) != stopped
    finally:
        stopped.kill()
