"""`python -m training.corpus`: fetch, check, filter; write a JSON-lines file per project and the manifest."""

import argparse
import json
import platform
import random
import sysconfig
import tomllib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from training.corpus import fetch
from training.corpus.filters import SeenLines, cleaned, language_of
from training.places import CORPUS, HELD_OUT, MANIFEST, ROOT

# Set by hand: a file that shares this much with held-out text, or with the corpus so far, is a copy of it.
HELD_OUT_SHARE_MAX, COPY_SHARE_MAX = 0.15, 0.5

Files = Iterable[tuple[PurePosixPath, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One package that was used, as the manifest records it."""

    name: str
    origin: str
    version: str
    licence: str
    files: int
    bytes: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--downloads-at-once", type=int, default=4)
    at_once = parser.parse_args().downloads_at_once
    sources = tomllib.loads(Path(__file__).with_name("sources.toml").read_text("utf-8"))
    pinned = recorded_versions()
    held_out, seen = SeenLines(), SeenLines()
    for name, archive in fetched(fetch.python_wheel, sources["held_out"]["packages"], pinned, at_once):
        if archive:
            write_held_out(name, fetch.wheel_files(archive), held_out)
    for folder in ("examples", "bench"):
        for _, raw in fetch.folder_files(ROOT / folder):
            held_out.remember(raw.decode("utf-8", "replace"))

    CORPUS.mkdir(parents=True, exist_ok=True)
    for stale in CORPUS.glob("*.jsonl"):
        stale.unlink()
    used: list[Project] = []
    dropped: dict[str, str] = {}

    def take(name: str, origin: str, version: str, licence: str, files: Files, bytes_max: int) -> None:
        texts = kept(files, held_out, seen, bytes_max)
        if not texts:
            dropped[name] = "nothing left after filtering"
            return
        write_project(CORPUS / f"{name.replace('/', '__')}.jsonl", name, texts)
        size = sum(len(text.encode()) for _, _, text in texts)
        used.append(
            Project(name=name, origin=origin, version=version, licence=licence, files=len(texts), bytes=size)
        )

    library = standard_library()
    take(
        "python",
        "standard library",
        platform.python_version(),
        "PSF-2.0",
        library,
        sources["standard_library"]["bytes_max_per_project"],
    )
    origins: list[tuple[str, Any, Any, Any]] = [
        ("python", fetch.python_wheel, fetch.wheel_facts, fetch.wheel_files),
        ("npm", fetch.npm_archive, fetch.npm_facts, fetch.npm_files),
    ]
    for origin, get, facts, files in origins:
        for name, archive in fetched(get, sources[origin]["packages"], pinned, at_once):
            if archive is None:
                dropped[name] = "could not be fetched"
                continue
            version, licence = facts(archive)
            if licence is None:
                dropped[name] = "no permissive licence in the metadata"
                continue
            take(name, origin, version, licence, files(archive), sources[origin]["bytes_max_per_project"])
    manifest = {
        "bytes": sum(it.bytes for it in used),
        "held_out": sources["held_out"]["packages"],
        "dropped": dict(sorted(dropped.items())),
        "projects": [asdict(it) for it in sorted(used, key=lambda it: it.name)],
    }
    MANIFEST.write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    print(f"{len(used)} projects, {manifest['bytes'] / 1e6:.1f} MB; dropped: {', '.join(dropped)}")


def recorded_versions() -> dict[str, str]:
    """Return the versions the committed manifest was made from: a rebuild finds the same text."""
    if not MANIFEST.exists():
        return {}
    return {it["name"]: it["version"] for it in json.loads(MANIFEST.read_text("utf-8"))["projects"]}


def fetched(
    get: Callable[[str, str | None], Path | None], names: list[str], pinned: dict[str, str], at_once: int
) -> Iterable[tuple[str, Path | None]]:
    """Download in parallel, hand over in the order of *names*."""
    with ThreadPoolExecutor(at_once) as pool:
        yield from zip(names, pool.map(lambda name: get(name, pinned.get(name)), names), strict=True)


def standard_library() -> Files:
    for path, raw in fetch.folder_files(Path(sysconfig.get_path("stdlib"))):
        if not {"test", "tests", "site-packages", "lib-dynload"} & set(path.parts):
            yield path, raw


def kept(files: Files, held_out: SeenLines, seen: SeenLines, bytes_max: int) -> list[tuple[str, str, str]]:
    """Return (path, language, text) of a project's own, new files; folder by folder, up to *bytes_max*."""
    texts: list[tuple[str, str, str]] = []
    for path, raw in files:
        language = language_of(path)
        text = cleaned(raw, language) if language else None
        if not language or not text:
            continue
        if held_out.share_seen(text) > HELD_OUT_SHARE_MAX or seen.share_seen(text) > COPY_SHARE_MAX:
            continue
        seen.remember(text)
        texts.append((str(path), language, text))
    folders = sorted({path.rpartition("/")[0] for path, _, _ in texts})
    random.Random(0).shuffle(folders)
    order = {folder: at for at, folder in enumerate(folders)}
    texts.sort(key=lambda it: order[it[0].rpartition("/")[0]])
    size, within = 0, []
    for item in texts:
        size += len(item[2].encode())
        if size > bytes_max:
            break
        within.append(item)
    return within


def write_project(path: Path, name: str, texts: list[tuple[str, str, str]]) -> None:
    with path.open("w", encoding="utf-8") as out:
        for file_path, language, text in texts:
            out.write(
                json.dumps({"project": name, "path": file_path, "language": language, "text": text}) + "\n"
            )


def write_held_out(name: str, files: Files, held_out: SeenLines) -> None:
    """Remember the text of a held-out project and keep it aside for the evaluation."""
    texts = []
    for path, raw in files:
        if path.suffix != ".py":
            continue
        held_out.remember(raw.decode("utf-8", "replace"))  # whole, also where the evaluation does not want it
        if text := cleaned(raw, "python"):
            texts.append((str(path), "python", text))
    HELD_OUT.mkdir(parents=True, exist_ok=True)
    write_project(HELD_OUT / f"{name}.jsonl", name, texts)


if __name__ == "__main__":
    main()
