"""The styles of documentation comments that are measured, and how a tag names a parameter."""

import re
from collections.abc import Sequence

# style → languages, and whether it names parameters
STYLES: dict[str, tuple[tuple[str, ...], bool]] = {
    "JSDoc": (("typescript", "tsx", "javascript"), True),
    "Javadoc": (("java",), True),
    "Doxygen": (("c", "cpp"), True),
    "godoc": (("go",), False),
    "rustdoc": (("rust",), False),
}
TAG = re.compile(r"^(\s*\*?\s*[@\\]param(?:\[[\w, ]*\])?\s+(?:\{[^{}]*\}\s+)?\[?)([\w$]+)(?=\W|$)")


def documented(lines: Sequence[str]) -> list[str]:
    return [match[2] for line in lines if (match := TAG.match(line.replace("/**", "", 1)))]
