"""Fetch the pinned held-out projects, once, into the git-ignored cache.

`python -m bench.sources` prints where they lie. Needs pip's ordinary access to its index.
"""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "bench"
PINS = Path(__file__).with_name("sources.toml")


def project(name: str, table: str = "python") -> Path:
    """The folder with the sources of Python project *name* at its pinned version."""
    version = pins(table)[name]
    folder = CACHE / f"{name}-{version}"
    if folder.is_dir():
        return folder
    wheels = CACHE / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
         "--only-binary=:all:", "--dest", str(wheels), f"{name}=={version}"],
        check=True,
    )  # fmt: skip
    wheel = next(wheels.glob(f"{name.replace('-', '_')}-{version}-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def pins(table: str) -> dict[str, str]:
    """Name → version of one table of sources.toml."""
    versions: dict[str, str] = tomllib.loads(PINS.read_text("utf-8"))[table]
    return versions


def python_projects() -> list[str]:
    return sorted(pins("python"))


if __name__ == "__main__":
    for each in python_projects():
        print(project(each))
