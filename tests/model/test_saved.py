"""What the model has read is still known after a restart; whatever happens to the files, answers stay right."""

import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from lsp_server.model.host.saved import ENDING, SavedPrompts
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.local import LocalModel
from lsp_server.model.port import Priority
from tests.model.asking import TIMEOUT_S, ask, request

SAVING = HostSettings(threads=1, linger_s=0.0, sequences=4)
CODE = "".join(f"value_{number} = compute({number})\n" for number in range(60))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder, as the host sees it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "kibitz" / "prompts"


@pytest.fixture
def lives(tiny: Path, meeting_folder: Path, cache: Path) -> Iterator[Callable[[], LocalModel]]:
    """Each call is a new host, after the one before has gone as an editor's end makes it go."""
    opened: list[tuple[LocalModel, psutil.Process]] = []

    def end() -> None:
        for model, process in opened:
            model.close()
            psutil.wait_procs([process], TIMEOUT_S)
        opened.clear()

    def live(settings: HostSettings = SAVING) -> LocalModel:
        end()
        model = LocalModel(tiny, settings=settings, folder=meeting_folder)
        opened.append((model, psutil.Process(model.stats()["pid"])))
        return model

    yield live
    end()


def test_after_a_restart_a_known_prompt_is_not_read_again(lives):
    model = lives()
    before = ask(model, request(CODE, max_tokens=20, min_tokens=20))
    assert before.tokens.evaluated == before.tokens.prompt

    after = ask(lives(), request(CODE, max_tokens=20, min_tokens=20))

    assert after.tokens.evaluated <= 1
    assert after.text == before.text


def test_typing_goes_on_where_it_was(lives):
    ask(lives(), request(CODE, max_tokens=5))
    assert ask(lives(), request(CODE + "x", max_tokens=5)).tokens.evaluated <= 3


def test_several_prompts_are_saved_also_those_that_had_to_leave_the_memory(lives):
    model = lives(HostSettings(threads=1, linger_s=0.0, sequences=2))
    texts = [f"# {name}\n{CODE}" for name in ("one", "two", "three", "four")]
    for text in texts:
        ask(model, request(text, max_tokens=1))

    model = lives(HostSettings(threads=1, linger_s=0.0, sequences=2))

    assert [ask(model, request(text, max_tokens=1)).tokens.evaluated for text in texts] == [1] * 4


def test_what_a_host_is_told_to_end_for_is_saved_too(lives):
    """A session that ends sends a signal."""
    model = lives()
    ask(model, request(CODE, max_tokens=1))
    process = psutil.Process(model.stats()["pid"])
    process.terminate()
    psutil.wait_procs([process], TIMEOUT_S)

    assert ask(lives(), request(CODE, max_tokens=1)).tokens.evaluated == 1


def test_an_explanations_prompt_is_not_kept(lives, cache):
    ask(lives(), request(CODE, max_tokens=1, priority=Priority.ACTION))
    lives()
    assert not list(cache.glob(f"*{ENDING}"))


def test_only_this_user_can_read_them(lives, cache):
    ask(lives(), request(CODE, max_tokens=1))
    lives()
    [saved] = cache.glob(f"*{ENDING}")
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert stat.S_IMODE((cache / "key").stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", ["cut short", "one bit", "another key", "tokens", "empty", "noise"])
def test_a_damaged_file_is_ignored(lives, cache, damage):
    before = ask(lives(), request(CODE, max_tokens=20, min_tokens=20))
    lives()
    [saved] = cache.glob(f"*{ENDING}")
    content = bytearray(saved.read_bytes())
    match damage:
        case "cut short":
            content = content[: len(content) // 2]
        case "one bit":
            content[len(content) // 2] ^= 1
        case "another key":
            (cache / "key").write_bytes(b"0" * 32)
        case "tokens":
            content[60] ^= 1
        case "empty":
            content.clear()
        case "noise":
            content = bytearray(b"\xff" * len(content))
    model = lives()  # the one before has gone, and may have saved again
    saved.write_bytes(content)
    lives()

    after = ask(lives(), request(CODE, max_tokens=20, min_tokens=20))

    assert after.tokens.evaluated > 60
    assert after.text == before.text
    assert model is not None


@pytest.mark.parametrize("name", ["key", f"something{ENDING}"])
def test_a_folder_in_the_way_costs_no_start(lives, cache, name):
    cache.mkdir(parents=True, mode=0o700)
    (cache / name).mkdir()
    assert ask(lives(), request(CODE, max_tokens=5)).tokens.prompt > 60


def test_the_disk_they_take_is_bounded(tmp_path):
    saved = SavedPrompts(tmp_path, "a model", 100_000)
    for number in range(40):
        saved.save([number] * 200, bytes(10_000))
    saved.close(TIMEOUT_S)

    files = list(tmp_path.glob(f"*{ENDING}"))
    assert 5 < len(files) < 12
    assert sum(file.stat().st_size for file in files) <= 100_000


def test_the_latest_state_of_a_prompt_replaces_the_one_before(tmp_path):
    saved = SavedPrompts(tmp_path, "a model", 1_000_000)
    for length in (100, 120, 140):
        saved.save(list(range(length)), b"state")
    saved.close(TIMEOUT_S)
    assert len(list(tmp_path.glob(f"*{ENDING}"))) == 1

    again = SavedPrompts(tmp_path, "a model", 1_000_000)
    found, length = again.longest(list(range(200)))
    assert found is not None
    assert (length, again.state(found)) == (140, b"state")


def test_another_model_or_library_does_not_see_them(tmp_path):
    saved = SavedPrompts(tmp_path, "a model", 1_000_000)
    saved.save(list(range(100)), b"state")
    saved.close(TIMEOUT_S)
    assert SavedPrompts(tmp_path, "another", 1_000_000).longest(list(range(100))) == (None, 0)


def test_a_disk_that_takes_nothing_costs_nothing_else(tmp_path):
    folder = tmp_path / "prompts"
    folder.mkdir()
    saved = SavedPrompts(folder, "a model", 1_000_000)
    shutil.rmtree(folder)
    saved.save(list(range(100)), b"state")
    saved.close(TIMEOUT_S)
    time.sleep(0)
    assert saved.longest(list(range(100))) == (None, 0)
