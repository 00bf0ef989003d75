"""Checkers that are one process a question, over a copy of the project in a folder of its own."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.explain_errors.said import Said
from bench.registries import CACHE
from lsp_server.explanation.problem import Related

SECONDS_MAX = 300


class Copy:
    def __init__(self, root: Path, below: str = "") -> None:
        self._whole = Path(tempfile.mkdtemp(prefix="kibitz-bench-"))
        self.root = self._whole / below
        shutil.copytree(root, self.root, dirs_exist_ok=True)

    @contextmanager
    def saying(self, path: str, text: str) -> Iterator[Path]:
        """The file at *path* with *text* for a while."""
        target = self.root / path
        before = target.read_bytes()
        target.write_text(text, "utf-8")
        try:
            yield target
        finally:
            target.write_bytes(before)

    def close(self) -> None:
        shutil.rmtree(self._whole, ignore_errors=True)


def run(command: Sequence[str | Path], cwd: Path, env: Mapping[str, str] = {}) -> str:
    """What it writes to stderr."""
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=SECONDS_MAX, check=False,
        errors="replace", env={**os.environ, "LC_ALL": "C.UTF-8", **env},
    )  # fmt: skip
    return done.stderr


class Gcc:
    """With the notes of a finding as related places, as clangd has them."""

    def __init__(self, root: Path, includes: Sequence[str]) -> None:
        self._copy = Copy(root)
        self._includes = [f"-I{it}" for it in includes]

    def ask(self, path: str, text: str) -> list[Said]:
        with self._copy.saying(path, text):
            said = run(
                ["gcc", "-std=gnu11", "-fsyntax-only", "-Wall", "-fdiagnostics-format=json",
                 *self._includes, path],
                self._copy.root,
            )  # fmt: skip
        # A fatal error is followed by a line for people.
        found, _ = json.JSONDecoder().raw_decode(said) if said.startswith("[") else ([], 0)
        here = [it for it in found if it["locations"] and it["locations"][0]["caret"]["file"] == path]
        return [self._said(it) for it in here]

    def _said(self, it: dict[str, object]) -> Said:
        place = it["locations"][0]  # type: ignore[index]
        start = place.get("start", place["caret"])
        end = place.get("finish", place["caret"])
        notes = [
            Related(path=where["caret"]["file"], line=where["caret"]["line"] - 1, message=note["message"])
            for note in it["children"]  # type: ignore[attr-defined]
            for where in note["locations"][:1]
        ]
        return Said(
            start["line"], start["column"], str(it["message"]), end["line"], end["column"] + 1, tuple(notes)
        )

    def close(self) -> None:
        self._copy.close()


class Rustc:
    """The message as rust-analyzer composes it: with the first label, and the notes without a place."""

    def __init__(self, root: Path, edition: str, flags: Sequence[str]) -> None:
        self._copy = Copy(root)
        self._command = [
            "rustc", "--crate-type", "lib", "--edition", edition, "--emit=metadata", "--error-format=json",
            *flags, "-o", str(self._copy.root / "bench.rmeta"), "src/lib.rs",
        ]  # fmt: skip

    def ask(self, path: str, text: str) -> list[Said]:
        with self._copy.saying(path, text):
            said = run(self._command, self._copy.root)
        found = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        return [each for it in found if (each := _of_rustc(it, path)) is not None]

    def close(self) -> None:
        self._copy.close()


def _of_rustc(it: dict, path: str) -> Said | None:  # type: ignore[type-arg]
    first = next((span for span in it["spans"] if span["is_primary"] and span["file_name"] == path), None)
    if first is None:
        return None
    lines = [it["message"], first["label"] or ""]
    related = [_related(span, span["label"]) for span in it["spans"] if not span["is_primary"]]
    for note in it["children"]:
        offers = [span["suggested_replacement"] for span in note["spans"] if span["suggested_replacement"]]
        message = note["message"] + (": " + ", ".join(f"`{offer}`" for offer in offers) if offers else "")
        related += [_related(span, message) for span in note["spans"][:1]]
        lines += [] if note["spans"] else [note["message"]]
    return Said(
        first["line_start"], first["column_start"], "\n".join(filter(None, lines)),
        first["line_end"], first["column_end"], tuple(related),
    )  # fmt: skip


def _related(span: dict, message: str | None) -> Related:  # type: ignore[type-arg]
    return Related(path=span["file_name"], line=span["line_start"] - 1, message=message or "")


class Go:
    """`go build` of the file's package, without any network. gopls uses the same type checker."""

    def __init__(self, root: Path, package: str, parts: Sequence[Path]) -> None:
        self._copy = Copy(root, f"src/{package}")
        path = self._copy.root
        for _ in Path(package).parts:
            path = path.parent
        home = _go_root(parts)
        self._go = home / "bin" / "go"
        self._env = {
            "GOROOT": str(home), "GOPATH": str(path.parent), "GO111MODULE": "off", "GOFLAGS": "",
            "GOCACHE": str(home.with_name("go-cache")), "CGO_ENABLED": "0", "GOTOOLCHAIN": "local",
        }  # fmt: skip

    def ask(self, path: str, text: str) -> list[Said]:
        with self._copy.saying(path, text) as target:
            said = run([self._go, "build", "-gcflags=-e", "-o", os.devnull, "."], target.parent, self._env)
        found: list[Said] = []
        for line in said.split("\n"):
            match = re.match(r"(?:\./)?([^:\s]+\.go):(\d+):(?:(\d+):)? (.*)", line)
            if match is not None:
                if Path(match[1]).name == Path(path).name:
                    found.append(Said(int(match[2]), int(match[3] or 1), match[4]))
            elif line.startswith("\t") and found:
                found.append(_with_line(found.pop(), line))
        return found

    def close(self) -> None:
        self._copy.close()


def _go_root(parts: Sequence[Path]) -> Path:
    """The parts of Debian's packages in one folder: go does not follow links between folders."""
    home = CACHE / "go-root"
    if not home.is_dir():
        started = home.with_name("go-root.unpacking")
        for each in parts:
            shutil.copytree(
                each, started, copy_function=os.link, ignore=_without_links, dirs_exist_ok=True
            )  # fmt: skip
        started.rename(home)
    return home


def _without_links(folder: str, names: list[str]) -> list[str]:
    return [it for it in names if (Path(folder) / it).is_symlink() or it in ("test", "testdata")]


def _with_line(said: Said, line: str) -> Said:
    return Said(said.line, said.column, f"{said.message}\n{line}")
