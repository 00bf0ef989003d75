"""Keep text a person wrote, once, without what could identify or harm somebody.

The secret filter is simple: it drops files that look as if they held a key and hides mail addresses. It makes
no promise beyond that; the packages are public already.
"""

import ast
import re
import warnings
import zlib
from pathlib import PurePosixPath

LANGUAGES = {
    ".py": "python", ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascript",
    ".ts": "typescript", ".tsx": "typescript", ".sh": "shell",
    ".go": "go", ".rs": "rust", ".java": "java", ".c": "c", ".h": "c",
}  # fmt: skip
BYTES_MIN, BYTES_MAX = 300, 120_000
SKIPPED_FOLDERS = {
    "_vendor", "vendored", "vendor", "_vendored", "third_party", "node_modules", "extern", "externals",
    "_extern", "min", "umd", "locale", "locales", "migrations", "conf_locale", "site-packages", "idlelib",
    "ensurepip",
    "packages", "_externals", "bundled", "__pycache__", "testdata", "fixtures", "generated", "_generated",
    "lib2to3", "_click",
}  # fmt: skip
GENERATED = re.compile(
    r"(?i)do not edit|auto-?generated|generated (?:by|from|code)|@generated|machine generated"
)
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|\bxox[abpr]-[0-9A-Za-z-]{20,}|\bsk_live_[0-9a-zA-Z]{20,}|\bAIza[0-9A-Za-z_-]{35}\b"
)
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-zA-Z][\w.-]*\w")
OTHER_C = re.compile(
    r"^\s*(?:class|namespace|template|using)\b|^@|^#import", re.M
)  # a header of C++, Objective-C
BLOB = re.compile(r"[A-Za-z0-9+/=]{120,}|(?:\\x[0-9a-fA-F]{2}){24,}|(?:0x[0-9a-fA-F]+,\s*){32,}")


def language_of(path: PurePosixPath) -> str | None:
    """Return the language of a path worth reading, None for all else."""
    if any(part.lower() in SKIPPED_FOLDERS or part.startswith(".") for part in path.parts[:-1]):
        return None
    if path.name.endswith((".min.js", ".d.ts", "_pb2.py", "_pb2_grpc.py", ".bundle.js", ".umd.js")):
        return None
    return LANGUAGES.get(path.suffix)


def cleaned(raw: bytes, language: str) -> str | None:
    """Return the text with mail addresses hidden, or None if it is not worth training on."""
    if not BYTES_MIN <= len(raw) <= BYTES_MAX:
        return None
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    if GENERATED.search(text[:1500]) or SECRET.search(text) or BLOB.search(text) or not reads_like_code(text):
        return None
    if language == "python" and not parses(text):
        return None
    if language == "c" and OTHER_C.search(text):
        return None
    if language != "go":  # gofmt indents by tabs, and so does who types Go
        text = text.replace("\t", "    ")
    return MAIL.sub("user@example.com", text).rstrip() + "\n"


def reads_like_code(text: str) -> bool:
    """Refuse minified text, tables of numbers and text mostly outside ASCII."""
    lines = text.splitlines()
    if max(map(len, lines), default=0) > 400 or len(text) / max(len(lines), 1) > 70:
        return False
    digits = sum(map(str.isdigit, text))
    letters = sum(map(str.isalpha, text))
    ascii_count = len(text.encode("ascii", "ignore"))
    return digits < 0.12 * len(text) and letters > 0.35 * len(text) and ascii_count > 0.97 * len(text)


def parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return len(ast.parse(text).body) > 1
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False


class SeenLines:
    """Which runs of three lines were met before; tells copies, forks and vendored files from new text.

    Only every fourth run is remembered, by a 32-bit sum: enough for files, not for single lines.
    """

    def __init__(self) -> None:
        self._sums: set[int] = set()

    def share_seen(self, text: str) -> float:
        """Return how much of *text* was seen before: 0, nothing, to 1, all."""
        sums = runs(text)
        return len(sums & self._sums) / len(sums) if sums else 0.0

    def remember(self, text: str) -> None:
        self._sums |= runs(text)


def runs(text: str) -> set[int]:
    lines = [stripped for line in text.splitlines() if len(stripped := line.strip()) > 3]
    sums = (zlib.crc32("\n".join(lines[at : at + 3]).encode()) for at in range(len(lines) - 2))
    return {value for value in sums if value % 4 == 0}
