"""Messages as the types of the language server protocol allow them, and as they do not.

The grammar is that of lsprotocol, which is generated from the protocol's meta model.
"""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Any

import attrs
from lsprotocol import types as lsp

DEPTH_MAX = 5
TO_SERVER = {
    name: kinds
    for name, kinds in lsp.METHOD_TO_TYPES.items()
    if lsp.message_direction(name) in ("clientToServer", "both")
}
ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 2**31, 2**63, 2**80, "", "x", "\ud800", "\0", "file:///", "../..", [], {},
    [[]], {"": None}, "a" * 10_000, [None] * 100, {"jsonrpc": "2.0", "id": 1, "method": "exit"}, 1e308,
]  # fmt: skip


class Grammar:
    """*uris* are what documents are called."""

    def __init__(self, random: Random, uris: list[str]) -> None:
        self._random = random
        self._uris = uris

    def params(self, kinds: tuple[Any, ...], wrong: float) -> Any:
        """For a method of these types; each part is replaced by an odd one with the chance *wrong*."""
        made = None if kinds[2] is None else self._value(kinds[2], 0)
        return self._spoilt(made, wrong) if wrong else made

    def _value(self, kind: Any, depth: int) -> Any:
        random = self._random
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin in (typing.Union, types.UnionType):
            return self._value(random.choice(arguments), depth)
        if origin is typing.Literal:
            return random.choice(arguments)
        if kind in (type(None), None) or depth > DEPTH_MAX:
            return None
        if origin is not None and issubclass(origin, (list, typing.Sequence)):
            return [self._value(arguments[0], depth + 1) for _ in range(random.randrange(3))]
        if origin is not None:
            return {self._text(): self._value(arguments[-1], depth + 1) for _ in range(random.randrange(3))}
        if attrs.has(kind):
            return {
                _camel(name): value
                for name, hint, is_optional in fields(kind)
                if not (is_optional and random.random() < 0.5)
                for value in [self._field(name, hint, depth)]
            }
        return self._plain(kind)

    def _field(self, name: str, hint: Any, depth: int) -> Any:
        if name in ("uri", "document") and hint is str:
            return self._random.choice(self._uris)
        return self._value(hint, depth + 1)

    def _plain(self, kind: Any) -> Any:
        random = self._random
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return random.choice(list(kind)).value
        makers: dict[Any, Callable[[], Any]] = {
            str: self._text,
            int: lambda: random.choice((0, 1, 2, 3, 7, 100, 2**31 - 1)),
            float: lambda: random.random() * 100,
            bool: lambda: random.random() < 0.5,
        }
        return makers.get(kind, lambda: random.choice(ODD))()

    def _text(self) -> str:
        random = self._random
        words = [
            "kibitz.explainError",
            "kibitz.showContext",
            "x = ",
            "def f():\n",
            "\n",
            "\r",
            "😀",
            "\u2028",
            "a",
        ]
        return "".join(random.choices(words, k=random.randrange(4)))

    def _spoilt(self, value: Any, wrong: float) -> Any:
        random = self._random
        if random.random() < wrong:
            return random.choice(ODD)
        if isinstance(value, dict):
            kept = {key: self._spoilt(it, wrong) for key, it in value.items() if random.random() >= wrong / 2}
            if random.random() < wrong:
                kept["new"] = random.choice(ODD)
            return kept
        if isinstance(value, list):
            return [self._spoilt(it, wrong) for it in value]
        return value


@lru_cache
def fields(kind: Any) -> list[tuple[str, Any, bool]]:
    """(name, type, whether it may be left out)."""
    hints = typing.get_type_hints(kind, vars(lsp))
    return [(it.name, hints[it.name], it.default is not attrs.NOTHING) for it in attrs.fields(kind)]


def _camel(name: str) -> str:
    first, *others = name.rstrip("_").split("_")
    return first + "".join(it.title() for it in others)
