"""What classes an expression is an instance of, as far as the text around it and signatures tell.

`self.pool.connection().` is followed step by step: what the variable was made from or annotated with, then
the type that each member's signature declares. Nothing is inferred: a step that no text declares ends it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from lsp_server.context.place import Place
from lsp_server.index.defined import CLASS_KINDS
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.syntax.outline import Definition
from lsp_server.syntax.outlining import IDENTIFIER
from lsp_server.text.words import words

ENCLOSING = ("self", "this", "super", "cls", "Self")
TYPES_MAX = 3  # of one expression
_STEPS_MAX = 6
DEFINITIONS_MAX = 24  # a name with more tells nothing
_BASES_STEPS = 3
_TYPE_FIRST = ("java", "c", "cpp", "csharp")
_SAYING_NOTHING = ("None", "null", "nil", "0", "[]", "{}")
_TYPED_KINDS = ("function", "method", "macro")
# Of Rust's standard library: what gives the thing itself, or leads to what it holds.
_PASSING_ON = words(
    """
    as_deref as_deref_mut as_mut as_pin_mut as_ref await borrow borrow_mut clone cloned deref deref_mut expect
    get_mut get_ref into_iter iter iter_mut lock ok read take to_owned unwrap unwrap_or_default upgrade write
    """
)

_NAME_AT_END = re.compile(r"[A-Za-z_$][\w$]{0,60}$")
_NAME = re.compile(r"[A-Za-z_$][\w$]{0,60}")
_STEP_AT_END = re.compile(r"(?:\?\.|\.|->|::)$")
_STEP = re.compile(r"\s{0,4}(?:\?\.|\.|->|::)\s{0,4}")
_BEFORE_VALUE = re.compile(r"(?:(?:await|new|yield|from|move|mut|ref|return)\b\s*|[&*(]\s*)*")
_OPENING = {")": "(", "]": "["}
_CLOSING = {"(": ")", "[": "]"}

_BINDING = re.compile(
    r"\b(?:for\s+(?:\(\s*)?(?:const\s+|let\s+|var\s+|auto\s+)?(?:\w{1,60},\s*)?(?P<each>\w{1,60})"
    r"\s+(?:in|of|:=\s*range|=\s*range)\s+(?P<of>[^\n{]{2,120})"
    r"|with\s+(?P<opened>[^\n]{2,120}?)\s+as\s+(?P<as>\w{1,60})"
    r"|(?P<name>\w{1,60}+)(?:\??\s{0,4}:(?![:=])\s{0,4}(?P<type>[^=,;(){}\n]{1,80})"
    r"|(?:,\s*\w{1,60}+)?+(?P<unwrapped>\))?\s{0,12}(?::=|=(?![=>]))\s{0,4}(?P<value>[^\n;]{2,160})))"
)
_TYPE_PARAMETER = re.compile(r"\b[A-Z][A-Z0-9]?\b")
_BEHIND_BOUNDS = re.compile(r">\s+(?!\+)")  # `impl<S: Service> Pool<S>`
_TYPE_AFTER = re.compile(
    r"\b(?P<noted>[a-z]\w{0,60})\s+(?P<type>(?:\[\])?\*?(?:\w{1,40}\.)?[A-Za-z]\w{1,60})\s*[,)={\n]"
)
_TYPE_BEFORE = re.compile(
    r"\b(?P<type>[A-Za-z]\w{1,60}(?:<[^<>\n]{0,60}>)?)(?:\[\])?[\s*&]{1,8}(?P<noted>[a-z_]\w{0,60})\s*[,)=;:]"
)


class Types:
    """Answers for one place; asks each thing once."""

    def __init__(self, snapshot: Snapshot, place: Place) -> None:
        self._snapshot, self._place = snapshot, place
        self._language = language_of(place.path)
        self._asked: set[str] = set()  # variables that are being worked out: `x = x.next`

    def of_receiver(self) -> list[str]:
        """The classes of what stands before the cursor's dot."""
        if not self._place.is_after_dot:
            return []
        before = self._place.before
        before = before[: len(before) - len(self._place.typed)].rstrip()
        return self.of_chain(chain_before(_STEP_AT_END.sub("", before)))

    def of_variable(self, name: str) -> list[str]:
        """The classes that *name* was annotated with or made from, nearest above the cursor."""
        bound = self._bound.get(name)
        if bound is None or name in self._asked:
            return []
        self._asked.add(name)
        text, is_type = bound
        found = self._classes_or_bounds(text) if is_type else self.of_chain(chain_at(text))
        self._asked.discard(name)
        return found

    def of_chain(self, chain: Sequence[str]) -> list[str]:
        """The classes of `a.b().c`, given as its names."""
        if not chain or len(chain) > _STEPS_MAX:
            return []
        first, *rest = chain
        current = self._of_first(first)
        if not current and rest and self._snapshot.is_class(rest[0]):  # `module.Class`
            current, rest = [rest[0]], rest[1:]
        for name in rest:
            current = self._of_member(current, name)
        return current[:TYPES_MAX]

    def with_bases(self, name: str) -> Iterator[tuple[str, int]]:
        """(class, steps up) of *name* and what it inherits from, as far as headers say."""
        seen, level = {name}, [name]
        for steps in range(_BASES_STEPS + 1):
            for it in level:
                yield it, steps
            level = [base for it in level for base in self._bases(it) if base not in seen]
            level = list(dict.fromkeys(level))
            seen.update(level)

    def classes_in(self, text: str, but: str = "") -> list[str]:
        """The classes that *text* names, in order."""
        names = dict.fromkeys(IDENTIFIER.findall(text))
        return [it for it in names if it != but and self._snapshot.is_class(it)][:TYPES_MAX]

    def _of_first(self, name: str) -> list[str]:
        if name in ENCLOSING:
            return list(self._enclosing)
        if self._snapshot.is_class(name):
            return [name]
        found = self.of_variable(name)
        if found:
            return found
        return self._declared([it for it in self._definitions(name) if it.kind == "function"])

    @cached_property
    def _enclosing(self) -> Sequence[str]:
        return [it for it in self._place.bases if self._snapshot.is_class(it)]

    def _of_member(self, classes: Sequence[str], name: str) -> list[str]:
        for of in classes:
            for owner, _ in self.with_bases(of):
                found = [it for it in self._snapshot.members(owner) if it.name == name]
                if found:
                    declared = self._declared(found, owner)
                    return declared or ([of] if any("Self" in declared_type(it) for it in found) else [])
        return list(classes) if self._language == "rust" and name in _PASSING_ON else []

    def _declared(self, definitions: Sequence[Definition], but: str = "") -> list[str]:
        found: dict[str, None] = {}
        for it in definitions:
            text = declared_type(it)
            found |= dict.fromkeys(self._classes_or_bounds(text, "" if it.kind == "method" else but))
        return list(found)[:TYPES_MAX]

    def _classes_or_bounds(self, text: str, but: str = "") -> list[str]:
        """As `classes_in`, or else what a type parameter has to be: Service for `S` of `impl<S: Service>`."""
        found = self.classes_in(text, but)
        if found or self._language != "rust" or (parameter := _TYPE_PARAMETER.search(text)) is None:
            return found
        return self.of_variable(parameter[0])

    def _bases(self, name: str) -> list[str]:
        found: dict[str, None] = {}
        for it in self._definitions(name):
            if it.kind in CLASS_KINDS:
                found |= dict.fromkeys(self.classes_in(_header(it), name))
        return list(found)[:TYPES_MAX]

    def _definitions(self, name: str) -> Sequence[Definition]:
        found = self._snapshot.definitions(name)
        return found if len(found) <= DEFINITIONS_MAX else ()

    @cached_property
    def _bound(self) -> Mapping[str, tuple[str, bool]]:
        """Variable → (text that says what it is, whether that is a type); the nearest above the cursor."""
        text, is_rust = self._place.text_above, self._language == "rust"
        found: dict[str, tuple[str, bool]] = {}
        typed = _TYPE_BEFORE if self._language in _TYPE_FIRST else _TYPE_AFTER
        if self._language in ("go", *_TYPE_FIRST):
            found |= {
                it["noted"]: (it["type"], True) for it in typed.finditer(text) if self.classes_in(it["type"])
            }
        for it in _BINDING.finditer(text):
            each, of, opened, opened_as, name, noted, unwrapped, value = it.groups()
            if noted:
                if self.classes_in(noted) or (is_rust and _TYPE_PARAMETER.search(noted)):
                    found[name] = _BEHIND_BOUNDS.split(noted, 1)[0], True
            elif each:
                found[each] = of, False
            elif opened_as:
                found[opened_as] = opened, False
            elif unwrapped and chain_at(value)[:1] == (name,):
                continue  # `if let Some(row) = row`: what holds it tells as much
            elif not value.startswith(_SAYING_NOTHING):
                found[name] = value, False
        return found


def declared_type(definition: Definition) -> str:
    """The part of a signature that says what a call gives, or what a field holds."""
    text, name = definition.signature, re.escape(definition.name)
    if definition.kind in _TYPED_KINDS and text.startswith("func ("):  # past the receiver of a Go method
        at = re.search(rf"(?<!\w){name}(?=[(\[])", text)
    else:
        at = re.search(rf"(?<![\w$#]){name}(?![\w$])", text)
    if at is None:
        return ""
    if language_of(definition.path) in _TYPE_FIRST:
        return text[: at.start()].rpartition("\n")[2]
    rest = text[at.end() :]
    if definition.kind in _TYPED_KINDS:
        start = rest.find("(")
        end = _closing(rest, start) if start >= 0 else -1
        return "" if end < 0 else rest[end:].partition("\n")[0].partition("{")[0]
    return rest.partition("\n")[0]


def chain_before(text: str) -> tuple[str, ...]:
    """The names of the expression that ends *text*: `x = self.pool.get(1)` → self, pool, get."""
    names: list[str] = []
    while len(names) <= _STEPS_MAX:
        text = text.rstrip("?!")
        while text[-1:] in _OPENING:
            start = _opening(text)
            if start < 0:
                return tuple(reversed(names))
            text = text[:start].rstrip("?!")
        name = _NAME_AT_END.search(text[-64:])
        if name is None:
            return ()
        names.append(name[0])
        text = text[: -len(name[0])].rstrip()
        step = _STEP_AT_END.search(text[-2:])
        if step is None:
            break
        text = text[: -len(step[0])].rstrip()
    return tuple(reversed(names))


def chain_at(text: str) -> tuple[str, ...]:
    """The names of the expression that begins *text*: `await self.pool.get(1), 2` → self, pool, get."""
    begun = _BEFORE_VALUE.match(text)
    at = begun.end() if begun else 0
    names: list[str] = []
    while len(names) <= _STEPS_MAX and (name := _NAME.match(text, at)):
        names.append(name[0])
        at = name.end()
        while text[at : at + 1] in _CLOSING:
            end = _closing(text, at)
            if end < 0:
                return tuple(names)
            at = end
        while text[at : at + 1] and text[at] in "?!" and text[at : at + 2] != "?.":
            at += 1
        step = _STEP.match(text, at)
        if step is None:
            break
        at = step.end()
    return tuple(names)


def _closing(text: str, start: int) -> int:
    """Past the bracket that closes the one at *start*; -1 if none does. Brackets in strings count, too."""
    depth = 0
    for at in range(start, len(text)):
        if text[at] in "([":
            depth += 1
        elif text[at] in ")]":
            depth -= 1
            if not depth:
                return at + 1
    return -1


def _opening(text: str) -> int:
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        if text[at] in ")]":
            depth += 1
        elif text[at] in "([":
            depth -= 1
            if not depth:
                return at
    return -1


def _header(definition: Definition) -> str:
    return definition.signature.partition("{")[0]
