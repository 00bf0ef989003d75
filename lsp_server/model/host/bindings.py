"""llama.cpp's own functions, and nothing else of the package that brings them.

Importing `llama_cpp` as usual loads its high-level class, a template engine and a cache that unpickles
files: a third of the host's start, and code that we do not want to run.
"""

import importlib
import importlib.util
import sys
import types
from typing import Any

from lsp_server.errors import ModelUnavailable


def _load() -> Any:
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None or spec.submodule_search_locations is None:
        raise ModelUnavailable("llama-cpp-python is not installed.", hint="Install Kibitz again.")
    package = types.ModuleType("llama_cpp")
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules["llama_cpp"] = package
    try:
        return importlib.import_module("llama_cpp.llama_cpp")
    except (OSError, RuntimeError) as error:
        raise ModelUnavailable(
            f"llama.cpp cannot be loaded: {error}", hint="Install llama-cpp-python again."
        ) from error


llama = _load()
