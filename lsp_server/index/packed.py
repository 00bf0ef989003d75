"""The definitions of one file, in a third of the memory that objects take.

Nearly all are only ever looked for by name: one is made when it is asked for.
"""

import json
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lsp_server.syntax.outline import Definition

KINDS = ("function", "method", "class", "type", "constant", "variable", "field", "module", "macro")

FACTS = 5
_AS_IT_IS = re.compile(r"[ -\[\]-~\n]*")  # nothing in it has to be escaped
_KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PackedDefinitions:
    path: str
    texts: str  # of each in turn its name, owner, signature, doc and parameters, one a line; see `_written`
    # Of each in turn: kind, first line, last line, line of the name, where its texts end.
    facts: "array[int]"

    def __len__(self) -> int:
        return len(self.facts) // FACTS

    def all(self) -> tuple[Definition, ...]:
        return tuple(map(self.at, range(len(self))))

    def at(self, number: int) -> Definition:
        """In a few microseconds, however many there are: a request may look at a thousand."""
        at = FACTS * number
        kind, start_line, end_line, name_line, end = self.facts[at : at + FACTS]
        record = self.texts[self.facts[at - 1] + 1 if at else 0 : end]
        texts = record.split("\n")
        if "\\" in record:
            texts = [_read(it) for it in texts]
        return Definition(
            name=texts[0], kind=KINDS[kind], path=self.path, start_line=start_line, end_line=end_line,
            name_line=name_line, owner=texts[1], signature=texts[2], doc=texts[3],
            parameters=tuple(texts[4:]),
        )  # fmt: skip

    def named(self, name: str) -> list[int]:
        """The numbers of the definitions of *name*; none of the others is read."""
        sought, ends = f"{_written(name)}\n", self.facts[FACTS - 1 :: FACTS]
        found: list[int] = []
        at = self.texts.find(sought)
        while at >= 0:
            number = bisect_left(ends, at)
            if at == (ends[number - 1] + 1 if number else 0):
                found.append(number)
            at = self.texts.find(sought, at + 1)
        return found

    def name_at(self, number: int) -> str:
        start = self.facts[FACTS * number - 1] + 1 if number else 0
        return _read(self.texts[start : self.texts.index("\n", start)])

    def kinds(self) -> NDArray[np.uint8]:
        """The kind of each, as a number into `KINDS`."""
        return np.array(self.facts[::FACTS], np.uint8)

    def heads(self) -> Iterator[tuple[str, str, str]]:
        """(name, owner, kind) of each."""
        start = 0
        for kind, end in zip(self.facts[::FACTS], self.facts[FACTS - 1 :: FACTS], strict=True):
            name, owner, _ = self.texts[start:end].split("\n", 2)
            yield _read(name), _read(owner), KINDS[kind]
            start = end + 1


def packed(path: str, definitions: Sequence[Definition]) -> PackedDefinitions:
    records: list[str] = []
    facts: list[int] = []
    end = -1
    for name, kind, _, start_line, end_line, name_line, owner, signature, doc, parameters in definitions:
        texts = (name, owner, signature, doc, *parameters)
        record = "\n".join(texts)
        if _AS_IT_IS.fullmatch(record) is None or record.count("\n") >= len(texts):
            record = "\n".join(map(_written, texts))
        records.append(record)
        end += 1 + len(record)
        facts += (_KIND_NUMBERS[kind], start_line, end_line, name_line, end)
    return PackedDefinitions(path=path, texts="\n".join(records), facts=as_facts(facts))


def as_facts(numbers: Sequence[int]) -> "array[int]":
    """An array gives Python's own numbers, which is quicker than numpy's."""
    return array("H" if max(numbers, default=0) < 1 << 16 else "I", numbers)


def _written(text: str) -> str:
    """In ASCII, and without an end of a line; backslashes are only where something was escaped."""
    if text.isascii() and text.isprintable() and "\\" not in text:
        return text
    return json.dumps(text)[1:-1]


def _read(text: str) -> str:
    if "\\" not in text:
        return text
    plain: str = json.loads(f'"{text}"')
    return plain
