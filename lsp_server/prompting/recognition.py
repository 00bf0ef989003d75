"""Tell by a model's own facts which prompt format it was trained with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Protocol

from lsp_server.prompting.toml_file import TomlFile


class ModelFacts(Protocol):
    """What a model's file says of itself; `model.port.ModelInfo` is one."""

    @property
    def name(self) -> str: ...
    @property
    def architecture(self) -> str: ...
    @property
    def special_tokens(self) -> Mapping[str, int]: ...  # empty: unknown, as for a remote endpoint
    @property
    def fim_tokens(self) -> Mapping[str, str]: ...
    @property
    def has_chat_template(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """When a family is the right one: all of `needs` in the vocabulary, and a name that fits."""

    needs: tuple[str, ...]
    names: tuple[str, ...]  # shell patterns, lower case, words joined by `-`
    not_names: tuple[str, ...]

    def fit(self, facts: ModelFacts) -> int:
        """How well *facts* fit; 0 for not at all."""
        return 0 if self.missing_in(facts.special_tokens) else self.fits_name(facts.name)

    def fits_name(self, name: str) -> int:
        """Length of the longest pattern that fits, so that the most specific family wins; 0 for none."""
        plain = plain_name(name)
        if any(fnmatchcase(plain, pattern) for pattern in self.not_names):
            return 0
        return max((len(pattern) for pattern in self.names if fnmatchcase(plain, pattern)), default=0)

    def missing_in(self, special_tokens: Mapping[str, int]) -> list[str]:
        """Tokens that the vocabulary lacks; an unknown vocabulary is given the benefit of the doubt."""
        return [token for token in self.needs if token not in special_tokens] if special_tokens else []


def recognition_of(file: TomlFile) -> Recognition:
    """Raises PromptInvalid."""
    names = file.texts("recognise.names")
    if not names:
        raise file.invalid("recognise.names", "must name at least one pattern")
    return Recognition(
        needs=file.texts("recognise.needs"), names=names, not_names=file.texts("recognise.not_names")
    )


RECOGNITION_KEYS = ("recognise.needs", "recognise.names", "recognise.not_names")


def plain_name(name: str) -> str:
    """`Qwen2.5 Coder_0.5B`, `Qwen/Qwen2.5-Coder-0.5B` and `qwen2.5-coder:0.5b` compare alike."""
    return re.sub(r"[\s_:/]+", "-", name.strip().lower())
