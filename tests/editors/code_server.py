"""VS Code in a browser, with the Kibitz extension built from this tree: build, install, start."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.editors.sandbox import private_home
from tests.editors.setup import CACHE, CLIENT, CODE_SERVER, HERE, NODE, SetupError, fingerprint, run

OTHER_SERVER = HERE / "other_server"
START_SECONDS_MAX = 60.0

# What a person would have clicked away once; nothing here changes how completion behaves.
QUIET_SETTINGS = {
    "chat.disableAIFeatures": True,
    "editor.minimap.enabled": False,
    "editor.wordBasedSuggestions": "off",  # a menu that Tab would take from first
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "files.autoSave": "off",
    "git.openRepositoryInParentFolders": "never",
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}


def built_extension() -> Path:
    """The Kibitz extension as a .vsix, built again only if its sources have changed."""
    sources = [path for name in ("src", "images", "scripts") for path in sorted((CLIENT / name).glob("*"))]
    sources += [CLIENT / name for name in ("package.json", "package-lock.json", "README.md", "tsconfig.json")]
    package, stamp = CLIENT / "dist" / "kibitz.vsix", CACHE / "kibitz.vsix.sources"
    wanted = fingerprint(*sources)
    if package.is_file() and stamp.is_file() and stamp.read_text() == wanted:
        return package
    if not (CLIENT / "node_modules" / ".bin" / "vsce").exists():
        run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], CLIENT)
    run(["npm", "run", "package"], CLIENT)
    stamp.write_text(wanted)
    return package


def built_other_server() -> Path:
    """The stand-in for any other language extension, as a .vsix."""
    package = CACHE / "other-server.vsix"
    if not package.is_file() or package.stat().st_mtime < (OTHER_SERVER / "extension.js").stat().st_mtime:
        vsce = CLIENT / "node_modules" / ".bin" / "vsce"
        flags = ["--no-dependencies", "--allow-missing-repository", "--skip-license"]
        run([str(vsce), "package", *flags, "--out", str(package)], OTHER_SERVER)
    return package


@contextmanager
def code_server(
    folder: Path, home: Path, *, extensions: Sequence[Path], settings: dict[str, object], port: int = 0
) -> Iterator[str]:
    """Run VS Code on *folder* with a user of its own below *home*; the address to open is what you get."""
    if not NODE.is_file():
        raise SetupError("VS Code is not there yet. Run: python -m tests.editors.setup vscode")
    # A setting of machine scope is read from the machine that the server runs on, not from the user's file.
    for scope in ("User", "Machine"):
        file = home / "data" / scope / "settings.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({**QUIET_SETTINGS, **settings}, indent=2))
    command = [
        str(NODE), str(CODE_SERVER / "out" / "node" / "entry.js"), "--auth", "none",
        "--user-data-dir", str(home / "data"), "--extensions-dir", str(home / "extensions"),
        "--config", str(home / "config.yaml"), "--disable-telemetry", "--disable-update-check",
        "--disable-workspace-trust",
    ]  # fmt: skip
    (home / "config.yaml").touch()
    for package in extensions:
        run([*command, "--install-extension", str(package), "--force"], home)
    chosen = port or free_port()
    log = (home / "code-server.log").open("w")
    process = subprocess.Popen(
        [*command, "--bind-addr", f"127.0.0.1:{chosen}", str(folder)],
        cwd=home, env={**os.environ, **private_home(home)},
        stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        wait_until_up(chosen, process, home / "code-server.log")
        yield f"http://127.0.0.1:{chosen}/?folder={folder}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def wait_until_up(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SetupError(f"VS Code ended at once:\n{log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise SetupError(f"VS Code did not answer within {START_SECONDS_MAX:.0f} s:\n{log.read_text()[-2000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
