"""Read the header of a GGUF file without trusting it, and without llama.cpp, which aborts on a bad one.

Nothing is allocated by what the file claims: every length and count is checked against a limit and
against the file's size first. Arrays are walked over, and their values read only when asked for.
"""

import math
import mmap
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lsp_server.errors import ModelUnavailable

HEADER_BYTES = 24
VERSIONS = (2, 3)
ENTRIES_MAX = 65_536  # metadata entries
TENSORS_MAX = 65_536
KEY_BYTES_MAX = 65_535  # the format's own limit
STRING_BYTES_MAX = 16 * 1024 * 1024
ARRAY_COUNT_MAX = 16_000_000
TENSOR_NAME_BYTES_MAX = 256
DIMENSIONS_MAX = 4

BOOL, STRING, ARRAY = 7, 8, 9
SCALARS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", BOOL: "<?", 10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip
# Tensor type → elements and bytes of one block.
BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18), 42: (64, 18),
}  # fmt: skip
LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Array:
    """Where an array's values lie in the file."""

    type: int
    count: int
    offset: int


Value = int | float | bool | str | Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    metadata: Mapping[str, Value]
    tensor_types: Mapping[int, int]  # tensor type → elements stored so
    size_bytes: int
    _data: bytes = field(repr=False)  # the header's own bytes

    @property
    def parameters(self) -> int:
        return sum(self.tensor_types.values())

    def text(self, key: str) -> str:
        value = self.metadata.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int | None:
        value = self.metadata.get(key)
        return value if isinstance(value, int) else None

    def count(self, key: str) -> int:
        value = self.metadata.get(key)
        return value.count if isinstance(value, Array) else 0

    def numbers(self, key: str) -> tuple[int | float, ...]:
        """The values of an array of numbers; empty if there is none."""
        array = self.metadata.get(key)
        if not isinstance(array, Array) or array.type not in SCALARS:
            return ()
        return struct.unpack_from(f"<{array.count}{SCALARS[array.type][1]}", self._data, array.offset)

    def strings(self, key: str) -> Iterator[bytes]:
        """The values of an array of strings; nothing if there is none."""
        array = self.metadata.get(key)
        if not isinstance(array, Array) or array.type != STRING:
            return
        data, at = self._data, array.offset
        for _ in range(array.count):
            (length,) = LENGTH.unpack_from(data, at)
            at += 8 + length
            yield data[at - length : at]


def read_header(path: Path) -> Header:
    """Raises ModelUnavailable with the reason if *path* is no GGUF file that can be used as it is."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            start = file.read(HEADER_BYTES)
            if start[:4] != b"GGUF":
                raise _refused(path, "is not a GGUF file", "Choose a file that ends in .gguf.")
            if len(start) < HEADER_BYTES:
                raise _damaged(path, "it ends inside its header")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _Reader(path, data, size).header()
    except IsADirectoryError:
        raise _refused(path, "is a folder", "Choose a .gguf file in it.") from None
    except FileNotFoundError:
        raise _refused(path, "does not exist", "Check the path of the model.") from None
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}", "Check its permissions.") from error


class _Reader:
    def __init__(self, path: Path, data: mmap.mmap, size: int) -> None:
        self.path = path
        self.data = data
        self.size = size
        self.at = 4

    def header(self) -> Header:
        version = self.scalar("<I")
        if version & 0xFFFF == 0:
            raise self.refused("is made for a big-endian machine", "Download the usual, little-endian file.")
        if version not in VERSIONS:
            raise self.refused(f"is of GGUF version {version}", "Convert the model again, to version 3.")
        tensors, entries = self.scalar("<Q"), self.scalar("<Q")
        if entries > ENTRIES_MAX or tensors > TENSORS_MAX:
            raise self.damaged(f"it claims {entries:,} entries and {tensors:,} tensors")
        metadata = dict(self.entry() for _ in range(entries))
        split = metadata.get("split.count")
        if isinstance(split, int) and split > 1:
            raise self.refused(
                f"is one of {split} parts of a model",
                "Merge them with llama-gguf-split --merge and choose the result.",
            )
        types = self.tensors(tensors, metadata.get("general.alignment", 32))
        return Header(metadata=metadata, tensor_types=types, size_bytes=self.size, _data=self.data[: self.at])

    def entry(self) -> tuple[str, Value]:
        key = self.string(KEY_BYTES_MAX)
        if not key:
            raise self.damaged("a metadata key is empty")
        kind = self.scalar("<I")
        if kind == STRING:
            return key, self.string(STRING_BYTES_MAX)
        if kind == ARRAY:
            return key, self.array(key)
        return key, self.scalar(self.format(kind, key))

    def array(self, key: str) -> Array:
        kind, count = self.scalar("<I"), self.scalar("<Q")
        if count > ARRAY_COUNT_MAX:
            raise self.damaged(f"{key!r} claims {count:,} values")
        found = Array(kind, count, self.at)
        if kind != STRING:
            self.skip(count * struct.calcsize(self.format(kind, key)))
            return found
        self.walk_strings(count)
        return found

    def walk_strings(self, count: int) -> None:
        data, at, last, unpack = self.data, self.at, self.size - 8, LENGTH.unpack_from
        for _ in range(count):
            if at > last:
                raise self.ended()
            (length,) = unpack(data, at)
            if length > STRING_BYTES_MAX:
                raise self.damaged(f"it claims a text of {length:,} bytes")
            at += 8 + length
        self.at = at
        self.skip(0)

    def tensors(self, count: int, alignment: Value) -> dict[int, int]:
        if not isinstance(alignment, int) or not 1 <= alignment <= 1 << 20 or alignment & (alignment - 1):
            raise self.damaged(f"its alignment is {alignment}")
        types: dict[int, int] = {}
        names: set[str] = set()
        end = 0
        for _ in range(count):
            name = self.string(TENSOR_NAME_BYTES_MAX)
            dimensions = self.scalar("<I")
            if name in names or not 1 <= dimensions <= DIMENSIONS_MAX:
                raise self.damaged(f"its tensor {name!r} is described twice or in {dimensions} dimensions")
            names.add(name)
            elements = math.prod(self.scalar("<Q") for _ in range(dimensions))
            kind, offset = self.scalar("<I"), self.scalar("<Q")
            if kind not in BLOCKS:
                raise self.refused(f"has tensors of an unknown type, {kind}", "Choose another quantization.")
            block, block_bytes = BLOCKS[kind]
            if elements % block or offset % alignment:
                raise self.damaged(f"its tensor {name!r} does not lie on whole blocks")
            types[kind] = types.get(kind, 0) + elements
            end = max(end, offset + elements // block * block_bytes)
        data_start = -(-self.at // alignment) * alignment
        if count and data_start + end > self.size:
            missing = data_start + end - self.size
            raise self.damaged(f"{missing:,} of its {data_start + end:,} bytes are missing")
        return types

    def format(self, kind: int, key: str) -> str:
        if kind not in SCALARS:
            raise self.damaged(f"{key!r} is of an unknown type, {kind}")
        return SCALARS[kind]

    def scalar(self, form: str) -> int:
        at, size = self.at, struct.calcsize(form)
        self.skip(size)
        (value,) = struct.unpack_from(form, self.data, at)
        return value  # type: ignore[no-any-return]

    def string(self, bytes_max: int) -> str:
        length = self.scalar("<Q")
        if length > bytes_max:
            raise self.damaged(f"it claims a text of {length:,} bytes")
        self.skip(length)
        return self.data[self.at - length : self.at].decode("utf-8", "replace")

    def skip(self, count: int) -> None:
        self.at += count
        if self.at > self.size:
            raise self.ended()

    def ended(self) -> ModelUnavailable:
        return self.damaged("it ends inside its header")

    def damaged(self, reason: str) -> ModelUnavailable:
        return _damaged(self.path, reason)

    def refused(self, what: str, hint: str) -> ModelUnavailable:
        return _refused(self.path, what, hint)


def _damaged(path: Path, reason: str) -> ModelUnavailable:
    return _refused(path, f"is damaged: {reason}", "Download or copy it again.")


def _refused(path: Path, what: str, hint: str) -> ModelUnavailable:
    return ModelUnavailable(f"The model file {path} {what}.", hint=hint)
