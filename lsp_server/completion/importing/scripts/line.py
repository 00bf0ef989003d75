"""The rest of an import statement of JavaScript or TypeScript."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from lsp_server.completion.importing.rest import IsHidden, Rest, without_lines
from lsp_server.completion.importing.scripts.layout import Layout, layout_of, module_written
from lsp_server.completion.importing.scripts.sources import ScriptSources
from lsp_server.completion.importing.scripts.statement import Statement, statement_at
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.unbound import unbound_names
from lsp_server.text.document import Document

CHARACTERS_MAX = 400_000
CONFIDENCE = 0.75  # `python -m bench.import_lines --fit`
# Of what is there without any import, the names that a repository is most likely to export, too.
EVERYWHERE = frozenset((
    "undefined", "arguments", "globalThis", "bigint", "console", "window", "document", "process", "Promise",
    "Error", "Map", "Set", "Date", "Array", "Object", "String", "Number", "Boolean", "Symbol", "Record",
    "Partial", "Omit", "Pick", "Required", "Readonly", "Exclude", "Extract",
))  # fmt: skip
_IMPORT_LINE = re.compile(r"\s*(?:import\b|\}\s*from\b|export\b.*\bfrom\b)")


def rest_in_script(snapshot: Snapshot, document: Document, offset: int, is_hidden: IsHidden) -> Rest | None:
    statement = statement_at(document, offset)
    if statement is None or len(document.text) > CHARACTERS_MAX:
        return None
    sources = ScriptSources(snapshot, document.path, document.language, is_hidden)
    line = _Line(snapshot, document, statement, sources)
    if statement.asks == "names":
        return line.names()
    if statement.asks == "module":
        return line.module()
    return line.whole() if statement.is_begun or line.is_among_imports() else None


@dataclass(frozen=True)
class _Group:
    """What is missing of one module, in one form."""

    module: str
    form: str  # "default", "*", or "" for names between braces
    is_type: bool  # `import type`
    names: tuple[tuple[str, str], ...]  # (there, here)
    weight: float


@dataclass(frozen=True)
class _Line:
    snapshot: Snapshot
    document: Document
    statement: Statement
    sources: ScriptSources

    def names(self) -> Rest | None:
        """Between braces, with the module if that is not there yet."""
        statement, layout = self.statement, self._layout
        if statement.module:
            found = [
                (there, name)
                for name, is_type in self._wanted.items()
                if (there := self.sources.offered(name, statement.module))
                and there != "default"
                and (is_type or not statement.is_type)
            ]
            listed = self._listed([it for it in found if it[0].startswith(statement.typed)])
            closing = "" if "}" in statement.behind else f"{layout.space}}}"
            is_tight = statement.behind.startswith("}") and layout.space
            text = ", ".join(listed)[len(statement.typed) :] + (" " if is_tight else closing)
            return Rest(statement.lead + text, CONFIDENCE) if listed and text.strip() else None
        groups = [it for it in self._groups() if not it.form and it.is_type >= statement.is_type]
        done = [there for there, _ in statement.done]
        for group in groups:
            started = [it for it in group.names if it[0].startswith(statement.typed)]
            if started and all(self.sources.offered(it, group.module) for it in done):
                text = ", ".join(self._listed(started))[len(statement.typed) :]
                ending = f"{layout.space}}} from {layout.quote}{group.module}{layout.quote}{layout.end}"
                return Rest(statement.lead + text + ending, CONFIDENCE, replaces=len(statement.behind))
        return None

    def module(self) -> Rest | None:
        """Where the names that are listed come from."""
        statement, layout = self.statement, self._layout
        quote = statement.quote or layout.quote
        for there, here in statement.done:
            for source in self.sources.of(here):
                if source.there != there:
                    continue
                module = module_written(self.snapshot, self.document, source, layout, statement.typed)
                if module and module != statement.typed:
                    start = "" if statement.quote else statement.lead + quote
                    return Rest(
                        start + module[len(statement.typed) :] + quote + layout.end,
                        CONFIDENCE,
                        replaces=len(statement.behind),
                    )
        return None

    def whole(self) -> Rest | None:
        groups = [it for it in self._groups() if it.is_type >= self.statement.is_type]
        if not groups:
            return None
        group, layout, statement = groups[0], self._layout, self.statement
        head = "" if statement.is_begun else "import "
        head += "type " if group.is_type and not statement.is_type else ""
        if group.form == "default":
            what = group.names[0][1]
        elif group.form == "*":
            what = f"* as {group.names[0][1]}"
        else:
            listed = self._listed(group.names, is_marking=not group.is_type)
            what = f"{{{layout.space}{', '.join(listed)}{layout.space}}}"
        return Rest(f"{head}{what} from {layout.quote}{group.module}{layout.quote}{layout.end}", CONFIDENCE)

    def is_among_imports(self) -> bool:
        beside = (self.statement.line - 1, self.statement.line + 1)
        lines = [self.document.line_text(it) for it in beside if 0 <= it < self.document.line_count]
        return any(_IMPORT_LINE.match(it) for it in lines)

    def _groups(self) -> list[_Group]:
        """The heaviest first."""
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        weights: dict[tuple[str, str], float] = {}
        for name in self._wanted:
            for source in self.sources.of(name):
                module = module_written(self.snapshot, self.document, source, self._layout)
                if not module:
                    continue
                form = source.there if source.there in ("default", "*") else ""
                key = module, f"{form} {name}" if form else ""
                found.setdefault(key, []).append((source.there, name))
                weights[key] = weights.get(key, 0.0) + source.weight
                break
        groups = [
            _Group(module, form.partition(" ")[0], is_type, tuple(names), weights[module, form])
            for (module, form), both in found.items()
            for names, is_type in self._parted(both)
        ]
        return sorted(groups, key=lambda it: -it.weight)

    def _parted(self, names: Sequence[tuple[str, str]]) -> Iterator[tuple[Sequence[tuple[str, str]], bool]]:
        """(names, whether they are types) of each statement that they get."""
        types = [it for it in names if self._wanted[it[1]]] if self._layout.types_apart else []
        values = [it for it in names if it not in types]
        if values and types and self._layout.types_marked:
            values, types = list(names), []
        if values:
            yield values, False
        if types:
            yield types, True

    def _listed(self, names: Sequence[tuple[str, str]], *, is_marking: bool = True) -> list[str]:
        """As they are written between braces."""
        listed = []
        is_marking = is_marking and self._layout.types_marked and not self.statement.is_type
        for there, here in sorted(names, key=lambda it: it[0].lower()):
            is_marked = is_marking and self._wanted[here]
            as_here = there if there == here else f"{there} as {here}"
            listed.append(f"type {as_here}" if is_marked and not self.statement.typed else as_here)
        return listed

    @cached_property
    def _wanted(self) -> dict[str, bool]:
        """Name → whether it is used as a type only."""
        line = self.statement.line
        done = {here for _, here in self.statement.done}
        unbound = unbound_names(without_lines(self.document, line, line), self.document.language)
        return {
            name: is_type for name, is_type in unbound.items() if name not in done and name not in EVERYWHERE
        }

    @cached_property
    def _layout(self) -> Layout:
        return layout_of(self.document, self.snapshot)
