"""Where clients and the host of one model meet: a folder that only this user can enter."""

import getpass
import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from lsp_server.errors import ModelUnavailable
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.private_folder import is_made_private, key_in

PROTOCOL = 2  # hosts of another protocol are left alone
SOCKET_PATH_BYTES_MAX = 100  # systems allow 104 to 108


@dataclass(frozen=True, slots=True)
class Place:
    folder: Path
    name: str  # of this model under these settings

    @property
    def address(self) -> str:
        if sys.platform == "win32":
            owner = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
            return rf"\\.\pipe\kibitz-{owner}-{self.name}"
        return str(self.folder / f"{self.name}.socket")

    @property
    def family(self) -> str:
        return "AF_PIPE" if sys.platform == "win32" else "AF_UNIX"

    @property
    def lock(self) -> Path:
        return self.folder / f"{self.name}.lock"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def key(self) -> bytes:
        """What a client and the host must both know: whoever can read this user's folder."""
        return key_in(self.folder)


def place_of(sha256: str, settings: HostSettings, folder: Path | None = None) -> Place:
    """Raises ModelUnavailable if there is no folder that is safe from other users."""
    identity = f"{PROTOCOL}|{sha256}|{settings.to_json()}|{sys.executable}|{Path(__file__).parent}"
    name = hashlib.sha256(identity.encode()).hexdigest()[:20]
    for candidate in [folder] if folder else _folders():
        longest = len(os.fsencode(candidate)) + len(name) + len("/.socket")
        if longest <= SOCKET_PATH_BYTES_MAX and is_made_private(candidate):
            return Place(candidate, name)
    raise ModelUnavailable(
        "There is no private folder in which to meet the model's process.",
        hint="Make your runtime folder (XDG_RUNTIME_DIR) or the temporary folder writable.",
    )


def _folders() -> list[Path]:
    user = str(os.getuid()) if sys.platform != "win32" else getpass.getuser()
    temporary = Path(tempfile.gettempdir()) / f"kibitz-{user}"
    if sys.platform.startswith("linux") and "XDG_RUNTIME_DIR" not in os.environ:
        return [temporary]  # platformdirs would guess a folder, and print a warning about it
    return [platformdirs.user_runtime_path("kibitz"), temporary]
