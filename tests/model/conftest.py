"""A tiny model, and hosts for it that meet their clients in a folder of the test run's own."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lsp_server.model.host_settings import HostSettings
from lsp_server.model.local import LocalModel, OnStatus
from tests.model.tiny_gguf import write_tiny_model

# One thread: the same scores, bit for bit, whatever else this machine does.
SETTINGS = HostSettings(threads=1, linger_s=0.0, saved_mib=0)

OpenModel = Callable[..., LocalModel]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@pytest.fixture(scope="session")
def meeting_folder() -> Iterator[Path]:
    """A socket's path must be short, and pytest's own folders are not."""
    folder = Path(tempfile.mkdtemp(prefix="kibitz-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def open_model(tiny: Path, meeting_folder: Path) -> Iterator[OpenModel]:
    """Open the tiny model, or another file; closed after the test."""
    opened: list[LocalModel] = []

    def open_it(
        path: Path = tiny, settings: HostSettings = SETTINGS, on_status: OnStatus | None = None
    ) -> LocalModel:
        opened.append(LocalModel(path, settings=settings, on_status=on_status, folder=meeting_folder))
        return opened[-1]

    yield open_it
    for model in opened:
        model.close()


@pytest.fixture(scope="module")
def model(tiny: Path, meeting_folder: Path) -> Iterator[LocalModel]:
    """The tiny model, shared by the tests of one file."""
    shared = LocalModel(tiny, settings=SETTINGS, folder=meeting_folder)
    yield shared
    shared.close()
