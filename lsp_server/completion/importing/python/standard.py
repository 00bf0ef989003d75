"""What Python's standard library offers, of modules that only define things, so that asking costs nothing."""

import importlib
import sys
from collections.abc import Mapping
from functools import cache

# Importing them opens, starts and prints nothing.
# Their names say where they are from. Where two offer a name, the first is meant.
_TELLING = (
    "typing", "collections.abc", "collections", "dataclasses", "functools", "itertools", "contextlib",
    "enum", "abc", "pathlib", "datetime", "decimal", "fractions",
)  # fmt: skip
_READ = (
    *_TELLING, "inspect", "types", "operator", "string",
    "textwrap", "math", "statistics", "random", "copy", "io", "tempfile", "threading", "queue", "subprocess",
    "shutil", "json", "logging", "urllib.parse", "http", "unittest.mock", "concurrent.futures", "weakref",
    "warnings", "argparse", "uuid", "time", "os.path", "importlib.metadata", "importlib.resources", "html",
    "struct", "traceback", "numbers", "heapq", "bisect", "secrets", "hashlib", "fnmatch", "glob", "codecs",
)  # fmt: skip


def is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


@cache
def offers(module: str) -> frozenset[str]:
    """The public names of a module of the standard library; none of one that is not looked into."""
    if module not in _READ:
        return frozenset()
    try:
        there = importlib.import_module(module)
    except ImportError:  # a Python built without it
        return frozenset()
    return frozenset(getattr(there, "__all__", None) or (it for it in dir(there) if not it.startswith("_")))


@cache
def modules_offering() -> Mapping[str, tuple[str, ...]]:
    """Name → modules, the likeliest first; of those whose names are hardly anybody else's."""
    found: dict[str, tuple[str, ...]] = {}
    for module in _TELLING:
        for name in offers(module):
            found[name] = (*found.get(name, ()), module)
    return found
