"""`python -m training.export.quantize Q5_K_M Q4_K_M`: smaller variants of the shipped model, to compare.

Written by llama.cpp's own quantizer under .cache/training/quantized; `bench.model_quality --beside FILE`
says what they cost in quality. Made from the Q8_0 file.
"""

import argparse
import ctypes
from pathlib import Path

import llama_cpp

from training.places import SHIPPED_MODEL, WORK

OUT = WORK / "quantized"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "kinds", nargs="+", metavar="KIND", help="as llama.cpp names them: Q6_K, Q5_K_M, Q4_K_M …"
    )
    parser.add_argument("--model", type=Path, default=SHIPPED_MODEL)
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    for kind in options.kinds:
        path = OUT / f"kibitz-base-{kind}.gguf"
        quantize(options.model, path, kind)
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, of {options.model.stat().st_size / 1e6:.2f}")


def quantize(source: Path, target: Path, kind: str) -> None:
    number = getattr(llama_cpp, f"LLAMA_FTYPE_MOSTLY_{kind}", None)
    if number is None:
        raise SystemExit(f"llama.cpp knows no quantization {kind!r}; try Q5_K_M")
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = number
    parameters.allow_requantize = True
    code = llama_cpp.llama_model_quantize(
        str(source).encode(), str(target).encode(), ctypes.byref(parameters)
    )
    if code:
        raise SystemExit(f"llama.cpp could not write {target.name} (code {code})")


if __name__ == "__main__":
    main()
