"""One function per language: (surroundings, importing path, import) → paths, the most specific first."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from lsp_server.index.layout import Layout, joined
from lsp_server.syntax.outline import Import

_PACKAGE_FILES_MAX = 24  # of one Go or Java package

_JS_ENDINGS = (
    ".ts",
    ".tsx",
    ".d.ts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".mts",
    ".cts",
    ".vue",
    ".svelte",
    ".json",
)
_JS_WRITTEN = {".js": (".ts", ".tsx", ".d.ts"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_JS_SOURCE_FOLDERS = ("", "src", "lib", "source")
_SHELL_VARIABLE = re.compile(r"^.*(?:\$\{[^}]*\}|\$\([^)]*\)|\$\w+|\))[\"']?/")


class Surroundings:
    """The repository's paths, arranged for looking modules up."""

    def __init__(self, paths: Callable[[], frozenset[str]], layout: Layout) -> None:
        self._paths = paths
        self.layout = layout

    @cached_property
    def paths(self) -> frozenset[str]:
        found = self._paths()
        self._paths = lambda: found  # what was asked knows all files
        return found

    @cached_property
    def by_file_name(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in sorted(self.paths):
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    @cached_property
    def by_tail(self) -> Mapping[str, list[str]]:
        """Like `by_file_name`, by the last folder and the name: many files are called __init__.py."""
        found: dict[str, list[str]] = {}
        for path in sorted(self.paths):
            found.setdefault("/".join(path.rsplit("/", 2)[-2:]), []).append(path)
        return found

    @cached_property
    def by_folder(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in sorted(self.paths):
            found.setdefault(folder_of(path), []).append(path)
        return found

    def first(self, candidates: Iterable[str | None]) -> list[str]:
        """The first candidate that exists, as a list of at most one."""
        return next(([it] for it in candidates if it is not None and it in self.paths), [])

    def ending_in(self, ending: str, near: str) -> list[str]:
        """Every path that is *ending* or ends in "/" + *ending*, the nearest to the path *near* first."""
        tail = "/".join(ending.rsplit("/", 2)[-2:])
        alike = self.by_tail.get(tail, ()) if "/" in tail else self.by_file_name.get(tail, ())
        found = [it for it in alike if it == ending or it.endswith("/" + ending)]
        return sorted(found, key=lambda it: (-shared_folders(it, near), it.count("/"), it))


def folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def shared_folders(path: str, other: str) -> int:
    """How many leading folders the two paths have in common."""
    count = 0
    for mine, theirs in zip(path.split("/")[:-1], other.split("/")[:-1], strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def python(around: Surroundings, path: str, imported: Import) -> list[str]:
    dots = len(imported.module) - len(imported.module.lstrip("."))
    parts = [it for it in imported.module[dots:].replace(" ", "").split(".") if it]
    if dots:
        folder: str | None = folder_of(path)
        for _ in range(dots - 1):
            folder = None if folder is None or not folder else folder_of(folder)
            if folder is None:
                return []
        module = _python_in(around, folder or "", parts)
        submodules = [_python_in(around, folder or "", [*parts, name]) for name, _ in imported.names]
    else:
        module = _python_anywhere(around, path, parts)
        submodules = (
            [_python_anywhere(around, path, [*parts, name]) for name, _ in imported.names] if module else []
        )
    return [it for group in [*submodules, module] for it in group]


def _python_in(around: Surroundings, folder: str, parts: list[str]) -> list[str]:
    stem = "/".join([*([folder] if folder else []), *parts])
    files = () if not parts else (stem + ".py", stem + ".pyi")
    return around.first([*files, stem + "/__init__.py" if stem else "__init__.py", stem + "/__init__.pyi"])


def _python_anywhere(around: Surroundings, path: str, parts: list[str]) -> list[str]:
    if not parts:
        return []
    stem = "/".join(parts)
    for ending in (stem + ".py", stem + "/__init__.py", stem + ".pyi", stem + "/__init__.pyi"):
        found = [it for it in around.ending_in(ending, path) if not _is_inside_package(around, it, ending)]
        if found:
            return found[:1]
    # A namespace package: the folder is real, its __init__.py is not.
    return []


def _is_inside_package(around: Surroundings, path: str, ending: str) -> bool:
    """Whether the folder above the matched *ending* is itself a package: then its full name is longer."""
    above = path[: -len(ending)].rstrip("/")
    return bool(above) and above + "/__init__.py" in around.paths


def javascript(around: Surroundings, path: str, imported: Import) -> list[str]:
    module = imported.module.partition("?")[0]
    if module.startswith("."):
        return _script(around, joined(folder_of(path), module))
    for aliases in sorted(around.layout.aliases, key=lambda it: -len(it.folder)):
        if aliases.folder and not path.startswith(aliases.folder + "/"):
            continue
        for pattern, targets in aliases.patterns:
            rest = _star(pattern, module)
            if rest is not None:
                for target in targets:
                    base = aliases.folder if aliases.base is None else aliases.base
                    if found := _script(around, joined(base, target.replace("*", rest))):
                        return found
        if aliases.base is not None and (found := _script(around, joined(aliases.base, module))):
            return found
    for name, folder in around.layout.js_packages:
        if module == name or module.startswith(name + "/"):
            rest = module[len(name) + 1 :]
            for source in _JS_SOURCE_FOLDERS:
                if found := _script(around, joined(folder, f"{source}/{rest}")):
                    return found
    return []


def _script(around: Surroundings, stem: str | None) -> list[str]:
    if stem is None:
        return []
    written = [
        stem.removesuffix(ending) + real
        for ending, others in _JS_WRITTEN.items()
        if stem.endswith(ending)
        for real in others
    ]
    index = f"{stem}/index" if stem else "index"
    return around.first(
        [stem, *written, *(stem + it for it in _JS_ENDINGS), *(index + it for it in _JS_ENDINGS)]
    )


def _star(pattern: str, module: str) -> str | None:
    """What `*` stands for when *module* matches *pattern*; "" if they are simply equal."""
    before, star, after = pattern.partition("*")
    if not star:
        return "" if module == pattern else None
    if len(module) >= len(before) + len(after) and module.startswith(before) and module.endswith(after):
        return module[len(before) : len(module) - len(after)]
    return None


def go(around: Surroundings, path: str, imported: Import) -> list[str]:
    for module, folder in sorted(around.layout.go_modules, key=lambda it: -len(it[0])):
        if imported.module == module or imported.module.startswith(module + "/"):
            return _go_package(around, joined(folder, imported.module[len(module) :]) or "")
    # No go.mod says so, but a folder of the repository ends like the import: two names of it at least, or one
    # where the first names a site, as nothing of the standard library does.
    parts = imported.module.split("/")
    fewest = 1 if "." in parts[0] else 2
    for count in range(len(parts), fewest - 1, -1):
        if files := _go_package(around, "/".join(parts[-count:])):
            return files
    return []


def _go_package(around: Surroundings, folder: str) -> list[str]:
    files = around.by_folder.get(folder, ())
    return [it for it in files if it.endswith(".go") and not it.endswith("_test.go")][:_PACKAGE_FILES_MAX]


def rust(around: Surroundings, path: str, imported: Import) -> list[str]:
    first, *rest = imported.module.split("::")
    here = _rust_folder(path)
    if first == "self":
        base: str | None = here
    elif first == "super":
        base = folder_of(here)
        while rest[:1] == ["super"]:
            base, rest = folder_of(base), rest[1:]
    elif first == "crate":
        base = _crate_folder(around, path)
    else:
        base = next((joined(folder, "src") for name, folder in around.layout.crates if name == first), None)
        if base is None:  # `mod a; use a::B;` needs no self:: in some editions
            return _rust_module(around, here, [first, *rest], imported)
    return [] if base is None else _rust_module(around, base, rest, imported)


def _rust_module(around: Surroundings, base: str, parts: list[str], imported: Import) -> list[str]:
    names = [name for name, _ in imported.names if name != "*"]
    for tail in ([*parts, *names[:1]], parts, *(parts[:-cut] for cut in range(1, len(parts)))):
        if not tail:
            continue
        stem = "/".join([*([base] if base else []), *tail])
        if found := around.first([stem + ".rs", stem + "/mod.rs"]):
            return found
    return around.first([f"{base}/lib.rs", f"{base}/mod.rs", f"{base}/main.rs", base + ".rs"]) if base else []


def _rust_folder(path: str) -> str:
    """The folder that holds the submodules of the module at *path*."""
    name = path.rpartition("/")[2]
    return folder_of(path) if name in ("mod.rs", "lib.rs", "main.rs") else path.removesuffix(".rs")


def _crate_folder(around: Surroundings, path: str) -> str | None:
    folder = folder_of(path)
    while True:
        if any((f"{folder}/{it}" if folder else it) in around.paths for it in ("lib.rs", "main.rs")):
            return folder
        if not folder:
            return None
        folder = folder_of(folder)


def java(around: Surroundings, path: str, imported: Import) -> list[str]:
    parts = imported.module.split(".")
    if parts[-1] == "*":
        ending = "/".join(parts[:-1])
        folders = [it for it in around.by_folder if it == ending or it.endswith("/" + ending)]
        files = [file for folder in folders for file in around.by_folder[folder] if file.endswith(".java")]
        return files[:_PACKAGE_FILES_MAX] or _java_class(around, path, parts[:-1])
    return _java_class(around, path, parts)


def _java_class(around: Surroundings, path: str, parts: list[str]) -> list[str]:
    for cut in (len(parts), len(parts) - 1, len(parts) - 2):  # a nested class, a static member
        if cut >= 1 and (found := around.ending_in("/".join(parts[:cut]) + ".java", path)):
            return found[:1]
    return []


def include(around: Surroundings, path: str, imported: Import) -> list[str]:
    name = imported.module.strip('<>"')
    beside = around.first([joined(folder_of(path), name)]) if not imported.module.startswith("<") else []
    header = beside or around.ending_in(name.lstrip("./"), path)[:1]
    if not header:
        return []
    stem = header[0].rpartition(".")[0]
    source = around.first(stem + ending for ending in (".c", ".cc", ".cpp", ".cxx"))
    return [*header, *source]


def shell(around: Surroundings, path: str, imported: Import) -> list[str]:
    name = _SHELL_VARIABLE.sub("", imported.module).strip("\"'")
    return (
        around.first([joined(folder_of(path), name), joined("", name)])
        or around.ending_in(name.lstrip("./"), path)[:1]
    )
