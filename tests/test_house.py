"""The rules of the house, kept by the test run and not by memory."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WALL = 400  # lines
SOURCE = {".py", ".ts", ".mjs", ".lua", ".sh", ".scm"}
FORBIDDEN_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "core",
    "base",
    "manager",
    "service",
    "misc",
}


def tracked_files() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def run(*command: str, cwd: Path = ROOT) -> str:
    """Return the output of a checker that found nothing; fail with its output otherwise."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)}\n{done.stdout}{done.stderr}", pytrace=False)
    return done.stdout


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def test_no_source_file_is_too_long_to_read_in_one_go():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked_files()
        if path.suffix in SOURCE and (lines := len(path.read_text("utf-8").splitlines())) > WALL
    }
    assert long == {}


def test_no_module_is_named_after_nothing():
    vague = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.suffix in SOURCE
        and FORBIDDEN_NAMES & {part.lower() for part in (path.stem, path.parent.name)}
    ]
    assert vague == []


def test_every_module_says_what_it_is_for():
    silent = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.suffix == ".py"
        and path.is_relative_to(ROOT / "lsp_server")
        and (text := path.read_text("utf-8").strip())
        and not text.startswith('"""')
    ]
    assert silent == []


def test_ruff_finds_nothing():
    run(tool("ruff"), "check", ".")


@pytest.mark.timeout(300)
def test_mypy_strict_finds_nothing():
    run(tool("mypy"))


def test_imports_go_downward_only():
    run(tool("lint-imports"), "--no-cache")


def test_typescript_is_strict_and_clean():
    client = ROOT / "vscode-client"
    if not (client / "node_modules").is_dir():
        assert shutil.which("npm"), "npm is missing; `make test` needs Node.js"
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=client)
    run("npm", "run", "--silent", "check", cwd=client)


def test_lock_files_hold_no_addresses():
    """A lock that records where it was made works nowhere else."""
    locks = [path for path in tracked_files() if "lock" in path.name or path.parent.name == "requirements"]
    assert len(locks) >= 3
    assert [str(path) for path in locks if re.search(r"https?://", path.read_text("utf-8"))] == []


def test_nothing_runs_pickles_or_the_disk_cache_of_llama_cpp():
    banned = re.compile(
        r"\b(import pickle|from pickle|LlamaDiskCache|import diskcache|tree_sitter_language_pack)\b"
    )
    users = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.suffix == ".py"
        and path.is_relative_to(ROOT / "lsp_server")
        and banned.search(path.read_text("utf-8"))
    ]
    assert users == []
