"""llama-server and llama-bench, built once from the very llama.cpp sources that Kibitz runs.

The same version, compiler and machine options: what differs in a comparison is what is asked of it.
"""

import os
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench.registries import CACHE, fetched

FLAGS = Path(__file__).parents[2] / "requirements" / "llama_cflags.sh"  # as `make setup` compiles it
TARGETS = ("llama-server", "llama-bench")
OPTIONS = (
    "-DCMAKE_BUILD_TYPE=Release", "-DLLAMA_BUILD_TESTS=OFF", "-DLLAMA_BUILD_EXAMPLES=OFF", "-DLLAMA_CURL=OFF",
    "-DLLAMA_BUILD_WEBUI=OFF", "-DLLAMA_BUILD_UI=OFF", "-DLLAMA_OPENSSL=OFF", "-DGGML_RPC=OFF",
    "-DGGML_NATIVE=ON",
)  # fmt: skip


def built(name: str) -> Path:
    """The program *name*, one of `TARGETS`; the first time this compiles for some minutes."""
    number = version("llama-cpp-python")
    folder = CACHE / f"llama-tools-{number}"
    program = folder / "bin" / name
    if not program.is_file():
        top = fetched("llama-cpp-python", registry="sdist", version=number)
        source = next(top.glob("*/vendor/llama.cpp"))
        flags = subprocess.run([FLAGS], capture_output=True, text=True, check=True).stdout.strip()
        environment = {**os.environ, "CFLAGS": flags, "CXXFLAGS": flags}
        configure = ["cmake", "-S", source, "-B", folder, *OPTIONS]
        subprocess.run(configure, check=True, stdout=subprocess.DEVNULL, env=environment)
        subprocess.run(["cmake", "--build", folder, "--parallel", "2", "--target", *TARGETS], check=True)
    return program


if __name__ == "__main__":
    for target in TARGETS:
        print(built(target))
