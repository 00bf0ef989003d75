"""How a script writes its imports: quotes, braces, semicolons, and the modules beside it."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from lsp_server.completion.importing.sources import Source
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Import
from lsp_server.text.document import Document

_IMPORT = re.compile(
    r"^[ \t]*(?:import\b[^\"'`=();]*|export\b[^\"'`=();]*\bfrom\s*)[\"'][^\"'\n]+[\"'][ \t]*;?", re.M
)
_MODULE = re.compile(r"[\"']([^\"']+)[\"']")
_STATEMENT_END = re.compile(r"[\w)\]\"'](;?)[ \t]*$", re.M)
_ENDINGS = (".js", ".ts", ".mjs", ".jsx", ".tsx")
NEIGHBOURS_MAX = 4
CHARACTERS_MAX = 6_000


@dataclass(frozen=True, slots=True)
class Layout:
    quote: str
    space: str  # inside of braces
    end: str  # ";" or nothing
    ending: str  # of relative modules: ".js", or nothing
    types_apart: bool  # `import type { … }`
    types_marked: bool  # `import { type … }`


def layout_of(document: Document, snapshot: Snapshot) -> Layout:
    """As *document* has it, else its neighbours."""
    texts = [document.text]
    for path in snapshot.modules.beside(document.path)[:NEIGHBOURS_MAX]:
        file = snapshot.file(path)
        texts += [] if file is None else [file.text[:CHARACTERS_MAX]]
    all_imports = [_IMPORT.findall(it) for it in texts]
    imports = next((it for it in all_imports if it), [])
    text = "\n".join(imports)
    ends = imports or _STATEMENT_END.findall(document.text)
    endings = next((found for it in all_imports if (found := _endings("\n".join(it)))), [])
    return Layout(
        quote="'" if (text or document.text).count("'") > (text or document.text).count('"') else '"',
        space="" if re.search(r"\{\w", text) and not re.search(r"\{ \w", text) else " ",
        end=";" if not ends or 2 * sum(it.rstrip().endswith(";") for it in ends) >= len(ends) else "",
        ending=max(endings, key=endings.count, default=""),
        types_apart=bool(re.search(r"\bimport type\b", text)),
        types_marked=bool(re.search(r"[{,] *type \w", text)),
    )


def _endings(imports: str) -> list[str]:
    modules = [it for it in _MODULE.findall(imports) if it.startswith(".") and it.strip("./")]
    return [next((end for end in _ENDINGS if it.endswith(end)), "") for it in modules]


def module_written(
    snapshot: Snapshot, document: Document, source: Source, layout: Layout, typed: str = ""
) -> str:
    """The module of *source* in a form that begins with *typed*; "" if there is none."""
    if source.target not in snapshot.paths:
        return source.module if source.module.startswith(typed) and not source.module.startswith(".") else ""
    forms = [_relative(document.path, source.target, layout.ending)]
    if source.module and not source.module.startswith("."):
        forms.insert(0, source.module)
    for form in forms:
        imported = Import(module=form, line=0)
        if form.startswith(typed) and snapshot.modules.resolve(document.path, document.language, imported)[
            :1
        ] == [source.target]:
            return form
    return ""


def _relative(path: str, target: str, ending: str) -> str:
    here = PurePosixPath(path).parent.parts
    there = PurePosixPath(target)
    plain = (
        there.name.removesuffix("".join(there.suffixes[-2:])) if there.name.endswith(".d.ts") else there.stem
    )
    parts = (*there.parent.parts, plain)
    if plain == "index" and not ending:
        parts = parts[:-1]
    shared = 0
    while shared < min(len(here), len(there.parent.parts)) and here[shared] == there.parent.parts[shared]:
        shared += 1
    up = [".."] * (len(here) - shared) or ["."]
    return "/".join([*up, *parts[shared:]]) + ending
