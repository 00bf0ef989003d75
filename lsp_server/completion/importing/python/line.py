"""The rest of an import statement of Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from lsp_server.completion.importing.python.modules import ModuleNames
from lsp_server.completion.importing.python.order import Key, module_of, name_key, statement_key
from lsp_server.completion.importing.python.reading import Reading, read
from lsp_server.completion.importing.python.sources import PythonSources
from lsp_server.completion.importing.python.statement import Statement, statement_at
from lsp_server.completion.importing.rest import IsHidden, Rest, without_lines
from lsp_server.completion.importing.sources import DEFINED
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

WIDTH_MIN, WIDTH_MAX = 79, 120
INDENT = "    "
FUTURE = "__future__"
CONFIDENCE = 0.95  # `python -m bench.import_lines --fit`


def rest_in_python(snapshot: Snapshot, document: Document, offset: int, is_hidden: IsHidden) -> Rest | None:
    statement = statement_at(document, offset)
    if statement is None:
        return None
    if text := _of_the_future(statement):
        return Rest(text, CONFIDENCE)
    reading = read(without_lines(document, statement.first_line, statement.last_line))
    sources = PythonSources(snapshot, document.path, is_hidden)
    wanted = (reading.unbound | sources.wanted_of(reading)) - {*statement.done}
    text = _Line(snapshot, document, statement, reading, sources, wanted).rest if wanted else ""
    return Rest(text, CONFIDENCE) if text else None


def _of_the_future(statement: Statement) -> str:
    """Of `__future__` there is one thing left that anybody imports."""
    what = "annotations"
    if (
        statement.asks == "names"
        and statement.module == FUTURE
        and not statement.bracket
        and not statement.done
    ):
        return statement.lead + what[len(statement.typed) :] if what.startswith(statement.typed) else ""
    is_begun = statement.asks == "module" and len(statement.typed) > len("__")
    return (
        f"{FUTURE[len(statement.typed) :]} import {what}"
        if is_begun and FUTURE.startswith(statement.typed)
        else ""
    )


@dataclass(frozen=True)
class _Line:
    snapshot: Snapshot
    document: Document
    statement: Statement
    reading: Reading
    sources: PythonSources
    wanted: frozenset[str]

    @property
    def rest(self) -> str:
        statement = self.statement
        if statement.asks == "names":
            listed = self._listed(statement.module, statement.typed)
            return self._laid_out(statement.module, statement.lead, listed) if listed else ""
        if statement.asks == "statement" and not self._is_among_imports():
            return ""
        return self._nearest(statement.typed)

    # Names of one module

    def _listed(self, module: str, typed: str = "") -> list[str]:
        """What of *module* is wanted, in order, each as it is written."""
        exports = self.sources.exports(module)
        found: dict[str, str] = {}  # there → as written
        for name in sorted(self.wanted):
            there = self.sources.offered(name, module) or (name if name in exports else None)
            if there is not None:
                is_renamed = there != name or self._renames_all
                found[there] = f"{there} as {name}" if is_renamed else there
        listed = [found[it] for it in sorted(found, key=name_key)]
        listed = [it for it in listed if it.startswith(typed)] if typed else listed
        return listed[:1] if self._is_one_each else listed

    def _laid_out(self, module: str, lead: str, listed: Sequence[str]) -> str:
        statement, typed = self.statement, self.statement.typed if self.statement.asks == "names" else ""
        first, *others = listed
        if statement.bracket == "above":
            further = "".join(f"{self._eol}{statement.indent}{it}," for it in others)
            return f"{first[len(typed) :]},{further}"
        closing = ")" if statement.bracket and not statement.is_closed else ""
        text = lead + ", ".join(listed)[len(typed) :] + closing
        if len(self._prefix) + len(text) <= self._width or statement.bracket or statement.done or typed:
            return text
        return f"{lead}({self._eol}" + "".join(f"{INDENT}{it},{self._eol}" for it in listed) + ")"

    # Modules

    def _nearest(self, typed: str) -> str:
        """The rest of the statement that belongs at this line, of those that are missing."""
        may_be_plain, may_be_from = self.statement.asks != "module", self.statement.asks != "plain"
        modules: dict[tuple[str, bool], float] = {}  # and whether the module itself is what is missing
        aliases: dict[str, str] = {}
        for name in sorted(self.wanted):
            for source in self.sources.of(name):
                is_plain = not source.there
                module = self._modules.written(source.target, typed, is_plain=is_plain)
                if not module or (is_plain and not may_be_plain) or (not is_plain and not may_be_from):
                    continue
                if is_plain and name not in self.reading.modules_used:
                    continue
                modules[module, is_plain] = modules.get((module, is_plain), 0.0) + source.weight
                if is_plain:
                    aliases[module] = "" if module.partition(".")[0] == name else f" as {name}"
                break
        keys = {(module, is_plain): self._key(module, is_plain=is_plain) for module, is_plain in modules}
        above, below = self._neighbours
        fitting = [
            it
            for it, key in keys.items()
            if (above is None or above <= key) and (below is None or key <= below)
        ]
        if fitting:
            chosen = min(fitting, key=lambda it: keys[it])
        elif modules and (typed or (len(modules) == 1 and max(modules.values()) >= DEFINED)):
            # The file keeps no order.
            chosen = max(modules, key=lambda it: (modules[it], it))
        else:
            return ""
        module, is_plain = chosen
        start = "" if self.statement.asks != "statement" else ("import " if is_plain else "from ")
        head = start + module[len(typed) :]
        if is_plain:
            return head + aliases[module]
        listed = self._listed(module)
        return self._laid_out(module, f"{head} import ", listed) if listed else ""

    def _key(self, module: str, *, is_plain: bool) -> Key:
        is_own = self.sources.target_of(self.document.path, module) != module
        return statement_key(module, is_plain=is_plain, is_own=is_own)

    @cached_property
    def _neighbours(self) -> tuple[Key | None, Key | None]:
        """Of the statements above and below."""
        line, imports = self.statement.first_line, self.reading.imports
        above = next((it for it in reversed(imports) if it.last_line < line), None)
        below = next((it for it in imports if it.first_line > line), None)
        keys = [
            None if it is None else self._key(module_of(it), is_plain=not it.module) for it in (above, below)
        ]
        return keys[0], keys[1]

    def _is_among_imports(self) -> bool:
        line = self.statement.first_line
        return any(it.last_line == line - 1 or it.first_line == line + 1 for it in self.reading.imports)

    # Layout, as the file has it

    @cached_property
    def _modules(self) -> ModuleNames:
        return ModuleNames(self.snapshot, self.document.path, self.reading.imports)

    @cached_property
    def _is_one_each(self) -> bool:
        """Whether the file gives each name a statement of its own."""
        # isort gives those with `as` one each in any case.
        plain = [it for it in self.reading.imports if it.module and not it.is_renamed]
        several = any(len(it.names) > 1 for it in plain)
        return not several and any(one.module == other.module for one, other in pairwise(plain))

    @cached_property
    def _renames_all(self) -> bool:
        """`from .app import Flask as Flask`, by which a package says that it passes a name on."""
        own = [it for it in self.reading.imports if it.module.startswith(".")]
        same = [it for it in own if it.is_renamed and all(there == here for there, here in it.names)]
        return len(same) > len(own) / 2

    @cached_property
    def _width(self) -> int:
        longest = max((len(it) for it in self.document.text.split("\n")), default=0)
        return min(max(longest, WIDTH_MIN), WIDTH_MAX)

    @cached_property
    def _prefix(self) -> str:
        return self.document.line_text(self.statement.first_line)

    @cached_property
    def _eol(self) -> str:
        return "\r\n" if "\r\n" in self.document.text else "\n"
