"""The projects that the ranking of the context is fitted on: none of them is reported.

Beside those under [context_fit] in bench/sources.toml, some of the training corpus, which has to be there.
"""

import json
from collections.abc import Iterator

from bench.context_quality.__main__ import FIT, opened, pins
from bench.context_quality.project import FILE_MAX_BYTES, Project, is_read
from training.places import CORPUS

OF_CORPUS = {
    "python": (
        "django", "sqlalchemy", "celery", "textual", "twisted", "pytest", "litestar", "libcst",
        "streamlit", "dulwich", "wagtail", "pydantic",
    ),
    "typescript": ("effect", "@reduxjs/toolkit", "@tanstack/query-core", "@trpc/server", "msw"),
    "go": (
        "golang-google-grpc-dev", "golang-github-go-git-go-git-dev", "golang-github-valyala-fasthttp-dev",
        "golang-golang-x-crypto-dev", "golang-github-minio-minio-go-v7-dev",
        "golang-github-prometheus-client-golang-dev",
    ),
    "rust": (
        "librust-syn-dev", "librust-clap-dev", "librust-nix-dev", "librust-cargo-dev", "librust-image-dev",
        "librust-petgraph-dev", "librust-futures-util-dev", "librust-rayon-dev", "librust-chrono-dev",
        "librust-reqwest-dev",
    ),
    "java": ("react-native-gesture-handler", "cordova-android", "react-native-svg"),
    "c": ("pillow", "psutil"),
}  # fmt: skip


def pinned() -> Iterator[tuple[str, Project]]:
    """Those under [context_fit], of languages with two or more there: one makes the other's byte model."""
    languages = [pin["language"] for pin in pins(FIT).values()]
    for name, pin in pins(FIT).items():
        if languages.count(pin["language"]) > 1:
            yield name, opened(name)


def of_corpus() -> Iterator[tuple[str, Project]]:
    """Raises FileNotFoundError without the corpus (`python -m training.corpus`)."""
    for language, names in OF_CORPUS.items():
        for name in names:
            path = CORPUS / f"{name.replace('/', '__')}.jsonl"
            records = [json.loads(line) for line in path.open(encoding="utf-8")]
            texts = [
                (it["path"], it["text"].replace("\r\n", "\n"))
                for it in records
                if it["language"] == language
                and is_read(it["path"], language)
                and len(it["text"]) < FILE_MAX_BYTES
            ]
            yield name, Project(texts, language)
