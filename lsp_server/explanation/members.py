"""What a type that a message names has: its members and its bases', or those that the message spells out."""

import re

from lsp_server.index.outline import Definition
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outlining import IDENTIFIER
from lsp_server.text.words import words

MEMBERS = ("field", "method")  # reached through their object, never by an import
BASES_MAX = 8
OWNERS_MAX = 4

# Words of the languages' own types, which no repository defines.
PLAIN_TYPES = words(
    """
    any unknown never object void null undefined string number boolean bigint symbol typeof unique readonly
    keyof infer int float str bool bytes bytearray None True False list dict tuple set frozenset type byte
    rune error uint int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 uintptr usize isize
    i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char double long short signed unsigned const struct
    union enum class interface mut dyn impl ref reference Self self this super extends static nil true false
    """
)

_MEMBER = re.compile(r"[{;,]\s*(?:readonly )?([A-Za-z_$][\w$]*)\??\s*[:(]")
_TYPE_ARGUMENTS = re.compile(r"<[^<>]*>|\[[^\[\]]*\]")


def members_of(snapshot: Snapshot, owner: str) -> list[Definition]:
    """What a class, type or module has, its bases' members included as far as they are in the repository."""
    seen: dict[str, None] = {}
    waiting = [_last(owner)]
    members: list[Definition] = []
    while waiting and len(seen) < BASES_MAX:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen[name] = None
        members += snapshot.members(name)
        for definition in snapshot.definitions(name):
            if definition.kind in ("class", "type"):
                waiting += IDENTIFIER.findall(_bases(definition.signature, name))
    if not members:
        for path in snapshot.modules_named(_last(owner)):
            members += snapshot.top_level(path)
    return members


def owners_in(text: str) -> list[str]:
    """The types and modules that *text* may mean: "reference `&iter::Bytes<'a>`" gives Bytes."""
    outer = text
    for _ in range(4):
        outer = _TYPE_ARGUMENTS.sub("", outer)
    if "{" in outer:
        return []
    if "/" in outer:
        return [outer.rpartition("/")[2].split(".")[0]]
    names = [it.rpartition(".")[2] for it in re.findall(r"[\w$.]+", outer.replace("::", "."))]
    return [it for it in names if it and it not in PLAIN_TYPES and not it.isdigit()][:OWNERS_MAX]


def members_in(text: str) -> list[str]:
    """Of a type that a message writes out: "{ unit: string; verb: string; }"."""
    return _MEMBER.findall(text)


def _bases(signature: str, name: str) -> str:
    """What stands behind the name in the first line: bases, interfaces, type parameters."""
    head = signature.partition(name)[2]
    return head.partition("{")[0][:400]


def _last(owner: str) -> str:
    return owner.replace("::", ".").rpartition(".")[2]
