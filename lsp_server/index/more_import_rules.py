"""As import_rules, for languages whose modules mostly follow the folders."""

import re

from lsp_server.index.import_rules import Surroundings
from lsp_server.index.layout import joined
from lsp_server.syntax.outline import Import

_FILES_MAX = 24  # of one namespace or package
_SCALA_NAMES = re.compile(r"\{(.*)\}", re.S)


def csharp(around: Surroundings, path: str, imported: Import) -> list[str]:
    """`using A.B.C` is a namespace, by custom a folder; else a class in a file of its name."""
    parts = imported.module.split(".")
    return _package(around, path, parts, (".cs",)) or _class(around, path, parts, (".cs",))


def kotlin(around: Surroundings, path: str, imported: Import) -> list[str]:
    """A class in a file of its name; a function somewhere in its package's folder."""
    parts = imported.module.split(".")
    return _class(around, path, parts, (".kt", ".java")) or _package(around, path, parts[:-1], (".kt",))


def scala(around: Surroundings, path: str, imported: Import) -> list[str]:
    module, braces = imported.module, _SCALA_NAMES.search(imported.module)
    package = module.partition("{")[0].rstrip(". ")
    names = [re.split(r"=>| as ", it)[0].strip() for it in braces[1].split(",")] if braces else []
    if package.endswith((".*", "._")):
        return _package(around, path, package[:-2].split("."), (".scala", ".java"))
    whole = [f"{package}.{name}" for name in names] or [package]
    found = [file for it in whole for file in _class(around, path, it.split("."), (".scala", ".sc", ".java"))]
    return list(dict.fromkeys(found)) or _package(around, path, package.split(".")[:-1], (".scala",))


def php(around: Surroundings, path: str, imported: Import) -> list[str]:
    if imported.module.endswith((".php", ".inc")):
        beside = joined(_folder(path), imported.module.lstrip("/"))
        return around.first([beside]) or around.ending_in(imported.module.lstrip("./"), path)[:1]
    return _class(around, path, imported.module.strip("\\").split("\\"), (".php",))


def ruby(around: Surroundings, path: str, imported: Import) -> list[str]:
    """`require_relative` starts at the file, `require` on the load path, which nobody tells."""
    name = imported.module.removesuffix(".rb") + ".rb"
    return around.first([joined(_folder(path), name)]) or around.ending_in(name.lstrip("./"), path)[:1]


def lua(around: Surroundings, path: str, imported: Import) -> list[str]:
    stem = imported.module.removesuffix(".lua").replace(".", "/")
    for ending in (f"{stem}.lua", f"{stem}/init.lua"):
        if found := around.ending_in(ending, path):
            return found[:1]
    return []


def _class(around: Surroundings, path: str, parts: list[str], endings: tuple[str, ...]) -> list[str]:
    """The file of the class; the front of a namespace may stand for any folder, or none."""
    for skipped in range(len(parts)):
        for cut in (len(parts), len(parts) - 1):  # the class, or the one around a member
            if cut - skipped < (2 if skipped else 1):
                continue
            for ending in endings:
                if found := around.ending_in("/".join(parts[skipped:cut]) + ending, path):
                    return found[:1]
    return []


def _package(around: Surroundings, path: str, parts: list[str], endings: tuple[str, ...]) -> list[str]:
    for skipped in range(max(1, len(parts) - 1)):
        ending = "/".join(parts[skipped:])
        folders = [it for it in around.by_folder if ending and (it == ending or it.endswith("/" + ending))]
        files = [it for folder in folders for it in around.by_folder[folder] if it.endswith(endings)]
        if files:
            return files[:_FILES_MAX]
    return []


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
