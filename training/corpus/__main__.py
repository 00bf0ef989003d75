"""`python -m training.corpus`: fetch, check, filter; write a JSON-lines file per project and the manifest."""

import argparse
import json
import platform
import random
import sysconfig
import tomllib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
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
    parser.add_argument(
        "--record", action="store_true", help="write the manifest even without packages that it names"
    )
    options = parser.parse_args()
    at_once = options.downloads_at_once
    sources = tomllib.loads(Path(__file__).with_name("sources.toml").read_text("utf-8"))
    pinned = recorded_versions()
    held_out = keep_apart(sources["held_out"]["packages"], pinned, at_once)
    collection = Collection(held_out.lines)
    library = sources["standard_library"]["bytes_max_per_project"]
    collection.take(
        "python", "standard library", platform.python_version(), "PSF-2.0", standard_library(), library
    )
    for origin, get, facts, files in (
        ("python", fetch.python_wheel, fetch.wheel_facts, fetch.wheel_files),
        ("npm", fetch.npm_archive, fetch.npm_facts, fetch.archive_files),
        ("sdist", fetch.source_distribution, fetch.sdist_facts, fetch.archive_files),
        ("debian", fetch.debian_package, fetch.debian_facts, fetch.debian_files),
    ):
        bytes_max = sources[origin]["bytes_max_per_project"]
        for name, archive in fetched(get, sources[origin]["packages"], pinned, at_once):
            if archive is None:
                collection.dropped[name] = "could not be fetched"
                continue
            version, licence = facts(archive)
            if licence is None:
                collection.dropped[name] = "no permissive licence in the metadata"
                continue
            collection.take(name, origin, version, licence, files(archive), bytes_max)
    manifest = collection.manifest(held_out.versions)
    if missing := sorted(pinned.keys() - held_out.versions.keys() - {it.name for it in collection.used}):
        print(f"not had any more: {', '.join(missing)}")
    if options.record or not missing:
        MANIFEST.write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    megabytes = manifest["bytes"] / 1e6
    print(f"{len(collection.used)} projects, {megabytes:.1f} MB; dropped: {', '.join(collection.dropped)}")


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The text that stays unseen, and the versions it was taken from."""

    lines: SeenLines = field(default_factory=SeenLines)
    versions: dict[str, str] = field(default_factory=dict)


class Collection:
    """The corpus while it is gathered: what was used, what was dropped and why, which text was seen."""

    def __init__(self, held_out: SeenLines) -> None:
        self.used: list[Project] = []
        self.dropped: dict[str, str] = {}
        self._held_out, self._seen = held_out, SeenLines()
        CORPUS.mkdir(parents=True, exist_ok=True)
        for stale in CORPUS.glob("*.jsonl"):
            stale.unlink()

    def take(self, name: str, origin: str, version: str, licence: str, files: Files, bytes_max: int) -> None:
        """Filter a project's files and write what is left, up to *bytes_max*."""
        texts = kept(files, self._held_out, self._seen, bytes_max)
        if not texts:
            self.dropped[name] = "nothing left after filtering"
            return
        write_project(CORPUS / f"{name.replace('/', '__')}.jsonl", name, texts)
        size = sum(len(text.encode()) for _, _, text in texts)
        self.used.append(
            Project(name=name, origin=origin, version=version, licence=licence, files=len(texts), bytes=size)
        )

    def manifest(self, held_out: dict[str, str]) -> dict[str, Any]:
        return {
            "bytes": sum(it.bytes for it in self.used),
            "held_out": held_out,
            "dropped": dict(sorted(self.dropped.items())),
            "projects": [asdict(it) for it in sorted(self.used, key=lambda it: it.name)],
        }


def keep_apart(names: list[str], pinned: dict[str, str], at_once: int) -> HeldOut:
    """Return what must not be learned: held-out projects, our examples and benchmarks."""
    held_out = HeldOut()
    for name, archive in fetched(fetch.python_wheel, names, pinned, at_once):
        if archive is None:
            raise SystemExit(
                f"{name} is held out and could not be fetched; without it copies of it would stay"
            )
        held_out.versions[name], _ = fetch.wheel_facts(archive)
        write_held_out(name, fetch.wheel_files(archive), held_out.lines)
    for folder in ("examples", "bench"):
        for _, raw in fetch.folder_files(ROOT / folder):
            held_out.lines.remember(raw.decode("utf-8", "replace"))
    return held_out


def recorded_versions() -> dict[str, str]:
    """Return the versions the committed manifest was made from: a rebuild finds the same text."""
    if not MANIFEST.exists():
        return {}
    manifest = json.loads(MANIFEST.read_text("utf-8"))
    return {**manifest["held_out"], **{it["name"]: it["version"] for it in manifest["projects"]}}


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
