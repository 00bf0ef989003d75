"""The definitions of one file, in a third of the memory that objects take.

Nearly all are only ever looked for by name: one is made when it is asked for.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lsp_server.index.numbers import Ints, compact
from lsp_server.syntax.outline import Definition

KINDS = ("function", "method", "class", "type", "constant", "variable", "field", "module", "macro")

_TEXTS = 4  # of each definition, its parameters not counted
FACTS = 5
_KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PackedDefinitions:
    path: str
    texts: str  # JSON strings, one a line: of each in turn its name, owner, signature, doc and parameters
    facts: Ints  # (n, FACTS): kind, first line, last line, line of the name, how many parameters

    def __len__(self) -> int:
        return len(self.facts)

    def all(self) -> tuple[Definition, ...]:
        texts = self._texts()
        return tuple(
            self._made(texts, first, facts)
            for first, facts in zip(self._firsts(), self.facts.tolist(), strict=True)
        )

    def some(self, numbers: Iterable[int]) -> list[Definition]:
        texts, firsts = self._texts(), self._firsts()
        return [self._made(texts, firsts[it], self.facts[it].tolist()) for it in numbers]

    def heads(self) -> Iterator[tuple[str, str, str]]:
        """(name, owner, kind) of each."""
        texts = self._texts()
        for first, kind in zip(self._firsts(), self.facts[:, 0].tolist(), strict=True):
            yield _read(texts[first]), _read(texts[first + 1]), KINDS[kind]

    def _texts(self) -> list[str]:
        return self.texts.split("\n")

    def _firsts(self) -> list[int]:
        """Where the texts of each definition begin."""
        parameters = self.facts[:, 4].astype(np.int64)
        firsts: list[int] = (np.cumsum(parameters + _TEXTS) - parameters - _TEXTS).tolist()
        return firsts

    def _made(self, texts: Sequence[str], first: int, facts: Sequence[int]) -> Definition:
        kind, start_line, end_line, name_line, parameters = facts
        name, owner, signature, doc, *names = map(_read, texts[first : first + _TEXTS + parameters])
        return Definition(
            name=sys.intern(name), kind=KINDS[kind], path=self.path, start_line=start_line,
            end_line=end_line, name_line=name_line, owner=sys.intern(owner), signature=signature, doc=doc,
            parameters=tuple(map(sys.intern, names)),
        )  # fmt: skip


def packed(path: str, definitions: Sequence[Definition]) -> PackedDefinitions:
    texts: list[str] = []
    facts: list[tuple[int, int, int, int, int]] = []
    for it in definitions:
        texts += (it.name, it.owner, it.signature, it.doc, *it.parameters)
        facts.append(
            (_KIND_NUMBERS[it.kind], it.start_line, it.end_line, it.name_line, len(it.parameters))
        )  # fmt: skip
    return PackedDefinitions(
        path=path,
        texts=_written(texts),
        facts=compact(np.array(facts, np.int64).reshape(-1, FACTS)),
    )


def _written(texts: Sequence[str]) -> str:
    """JSON escapes whatever would end a line; what separates its items is ours to choose."""
    return _ENCODER.encode(texts)[1:-1]


_ENCODER = json.JSONEncoder(separators=("\n", ":"))


def _read(text: str) -> str:
    if "\\" not in text:
        return text[1:-1]
    plain: str = json.loads(text)
    return plain
