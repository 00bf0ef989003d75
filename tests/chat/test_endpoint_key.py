"""The key of a model server comes from the environment or the system's keyring, and from nowhere else."""

from collections.abc import Iterator

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from lsp_server.app.endpoint_key import KEY, key_for
from lsp_server.app.talking import Endpoint, chat_of

URL = "http://127.0.0.1:8080/v1"


class FakeBackend(KeyringBackend):
    """Keeps passwords in memory; a locked one refuses."""

    priority = 1

    def __init__(self, *, is_locked: bool = False) -> None:
        super().__init__()
        self.is_locked = is_locked
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise keyring.errors.KeyringLocked("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def fake(monkeypatch) -> Iterator[FakeBackend]:
    monkeypatch.delenv(KEY, raising=False)
    before, now = keyring.get_keyring(), FakeBackend()
    keyring.set_keyring(now)
    yield now
    keyring.set_keyring(before)


def test_the_keyring_s_key_of_this_address_is_used_and_no_other(fake):
    keyring.set_password("kibitz", URL, "from the keyring")
    assert key_for(URL) == "from the keyring"
    assert key_for("http://127.0.0.1:9090/v1") == ""


def test_the_environment_goes_first(fake, monkeypatch):
    keyring.set_password("kibitz", URL, "from the keyring")
    monkeypatch.setenv(KEY, "from the environment")
    assert key_for(URL) == "from the environment"


def test_a_locked_keyring_holds_no_key_and_stops_nobody(fake):
    fake.is_locked = True
    assert key_for(URL) == ""
    assert chat_of(None, Endpoint(url=URL)) is not None
