"""The licence above a file: thousands repeat the same few, and nobody types them."""

import re

LICENCE = re.compile(r"\A(#![^\n]*\n)?((?:[ \t]*(?:#|//)[^\n]*\n){4,}|\s*/\*.*?\*/\n)", re.S)


def without_licence(text: str) -> str:
    """Return *text* without the licence that stands above it."""
    head = LICENCE.match(text, 0, 4000)
    return text[head.end() :].lstrip("\n") if head and "icen" in head[0] else text
