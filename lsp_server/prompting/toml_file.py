"""Read one prompt file in TOML and check its values, naming file and key where something is wrong."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lsp_server.prompting.folder import PromptInvalid, prompt_text
from lsp_server.prompting.template import BadTemplate, Part, holes_of, parse


@dataclass(frozen=True)
class TomlFile:
    """One parsed file. Keys may be dotted; every getter raises PromptInvalid."""

    name: str  # as in prompts/: "fim/kibitz.toml"
    values: Mapping[str, Any]

    def invalid(self, key: str, problem: str) -> PromptInvalid:
        return PromptInvalid(self.name, key, problem)

    def text(self, key: str) -> str:
        value = self._at(key)
        if not isinstance(value, str):
            raise self.invalid(key, "must be a string" if value is not None else "is missing")
        return value

    def share(self, key: str) -> float:
        """A number from 0 to 1; an absent key is 0."""
        value = self._at(key) or 0.0
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self.invalid(key, "must be a number from 0 to 1")
        return float(value)

    def flag(self, key: str) -> bool:
        """An absent key is false."""
        value = self._at(key)
        if not isinstance(value, bool | None):
            raise self.invalid(key, "must be true or false")
        return bool(value)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A number or a list of numbers; an absent key is an empty list."""
        value = self._at(key)
        if value is None:
            return ()
        numbers = value if isinstance(value, list) else [value]
        if any(isinstance(it, bool) or not isinstance(it, int | float) for it in numbers):
            raise self.invalid(key, "must be a number or a list of numbers")
        return tuple(float(it) for it in numbers)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of non-empty strings; an absent key is an empty list."""
        value = self._at(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(it, str) and it for it in value):
            raise self.invalid(key, "must be a list of non-empty strings")
        return tuple(value)

    def template(
        self, key: str, special_tokens: Sequence[str], holes: Collection[str], required: Collection[str]
    ) -> tuple[Part, ...]:
        """The template under *key*, with each of the *required* holes exactly once."""
        try:
            parts = parse(self.text(key), special_tokens, holes)
        except BadTemplate as error:
            raise self.invalid(key, str(error)) from error
        for hole in required:
            if holes_of(parts).count(hole) != 1:
                raise self.invalid(key, f"must hold {{{hole}}} exactly once")
        return parts

    def has_only(self, allowed: Collection[str]) -> None:
        """Raises PromptInvalid for a key that nothing reads: it is most likely misspelt."""
        for key, value in self.values.items():
            inner = [f"{key}.{name}" for name in value] if isinstance(value, dict) else [key]
            for name in inner:
                if name not in allowed:
                    raise self.invalid(name, f"is not known; there are {', '.join(sorted(allowed))}")

    def _at(self, key: str) -> Any:
        value: Any = self.values
        for name in key.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value


def read_toml(name: str) -> TomlFile:
    """prompts/*name*. Raises PromptMissing or PromptInvalid."""
    return parse_toml(name, prompt_text(name))


def parse_toml(name: str, text: str) -> TomlFile:
    try:
        return TomlFile(name, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PromptInvalid(name, "TOML", str(error)) from error
