"""The fixed sentences of explanations, in the reader's language."""

import locale
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

FALLBACK = "en"

_HOLE = re.compile(r"\{(\w+)\}")


class Words:
    """Call it with a sentence's name and its holes. An unknown language speaks English."""

    def __init__(self, language: str) -> None:
        tables = _tables()
        self.language = language if language in tables else FALLBACK
        self._sentences = tables[FALLBACK] | tables[self.language]

    def __call__(self, sentence: str, /, **holes: str) -> str:
        return self._sentences[sentence].format_map(_Holes(holes))

    def has(self, sentence: str) -> bool:
        return sentence in self._sentences

    def first(self, *sentences: str, **holes: str) -> str:
        """The first of *sentences* that exists and whose holes are all known; else the last that exists."""
        known = [it for it in sentences if it in self._sentences]
        for sentence in known:
            if set(_HOLE.findall(self._sentences[sentence])) <= holes.keys():
                return self(sentence, **holes)
        return self(known[-1], **holes)


def words_for(language: str) -> Words:
    """*language* as in the settings; "auto" is that of the environment."""
    if language == "auto":
        language = (locale.getlocale()[0] or FALLBACK)[:2].lower()
    return Words(language)


class _Holes(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


@cache
def _tables() -> Mapping[str, dict[str, str]]:
    text = resources.files("lsp_server.explanation").joinpath("sentences.toml").read_text("utf-8")
    tables: dict[str, dict[str, str]] = tomllib.loads(text)
    return tables
