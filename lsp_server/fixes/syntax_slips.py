"""Fixes for text that does not parse: the colon, bracket or quote that is missing or too much."""

import re
from collections.abc import Iterator

from lsp_server.fixes.fix import Candidate, Change
from lsp_server.fixes.place import Place

OPENERS = {"(": ")", "[": "]", "{": "}"}
HEADS = re.compile(
    r"\s*(?:async\s+)?(?:def|class|if|elif|else|for|while|with|try|except|finally|match|case)\b"
)
CLOSED_WITHIN = 40  # lines below an opening bracket
LINES_MAX = 12  # around the problem that are tried


def repaired(place: Place) -> Iterator[Candidate]:
    """Candidates at the problem's line and those just above; which of them parses is for the check to say."""
    document = place.document
    if "was never closed" in place.problem.message:
        yield from _closed_below(place)
    for line in range(place.line, max(-1, place.line - LINES_MAX), -1):
        text = document.line_text(line)
        start = document.line_starts[line]
        near = 1.0 - 0.03 * (place.line - line)
        code = _without_comment(text)
        end = start + len(code.rstrip())
        is_head = HEADS.match(text) or (line == place.line and "expected ':'" in place.problem.message)
        if document.language == "python" and is_head and not code.rstrip().endswith(":"):
            yield Candidate(title="add the colon", changes=(Change(end, end, ":"),), weight=0.95 * near)
        yield from _brackets(code, start, near)
        yield from _quotes(code, start, end, near)
        if (
            document.language != "python"
            and code.strip()
            and not code.rstrip().endswith((";", "{", "}", ","))
        ):
            yield Candidate(title="add the semicolon", changes=(Change(end, end, ";"),), weight=0.7 * near)
        stripped = code.rstrip()
        if stripped.endswith(("=", "==")) and document.language == "python":
            continue
        if document.language == "python" and re.match(r"\s*(?:if|elif|while)\b[^=]*[^=!<>]=[^=]", text):
            at = start + text.index("=")
            yield Candidate(title="compare with `==`", changes=(Change(at, at + 1, "=="),), weight=0.8 * near)


def _closed_below(place: Place) -> Iterator[Candidate]:
    """The bracket put where the text falls back to the opening line's indentation, or at a line's end."""
    document = place.document
    bracket = re.search(r"'([(\[{])'", place.problem.message)
    if bracket is None:
        return
    closing = OPENERS[bracket[1]]
    opener = document.line_text(place.line)
    depth = len(opener) - len(opener.lstrip())
    for line in range(place.line + 1, min(place.line + CLOSED_WITHIN, document.line_count)):
        text = document.line_text(line)
        is_back = not text.strip() or len(text) - len(text.lstrip()) <= depth
        end = document.line_starts[line] + len(text.rstrip() or text)
        near = (0.95 if is_back else 0.7) - 0.005 * (line - place.line)
        for back in (1, 0) if text.rstrip().endswith((":", ",")) else (0,):
            change = Change(end - back, end - back, closing)
            yield Candidate(title=f"add `{closing}`", changes=(change,), weight=near)


def _brackets(code: str, start: int, near: float) -> Iterator[Candidate]:
    open_: list[str] = []
    for at, character in enumerate(_without_strings(code)):
        if character in OPENERS:
            open_.append(character)
        elif character in OPENERS.values():
            if open_ and OPENERS[open_[-1]] == character:
                open_.pop()
            else:
                change = Change(start + at, start + at + 1, "")
                yield Candidate(title=f"drop the `{character}`", changes=(change,), weight=0.75 * near)
    if not open_:
        return
    closing = "".join(OPENERS[it] for it in reversed(open_))
    end = len(code.rstrip())
    places = [end - 1] if code.rstrip().endswith((":", ",")) else [end]
    for at in dict.fromkeys([*places, end]):
        change = Change(start + at, start + at, closing)
        yield Candidate(title=f"add `{closing}`", changes=(change,), weight=0.9 * near)


def _quotes(code: str, start: int, end: int, near: float) -> Iterator[Candidate]:
    for quote in ('"', "'"):
        if (code.count(quote) - 2 * code.count(quote * 3)) % 2:
            text = code.rstrip()
            tail = len(text) - len(text.rstrip(")]},:;"))
            for back in dict.fromkeys([tail, 0]):
                change = Change(end - back, end - back, quote)
                yield Candidate(title=f"add the quote {quote}", changes=(change,), weight=0.9 * near)


def _without_strings(code: str) -> str:
    return re.sub(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", lambda it: "_" * len(it.group()), code)


def _without_comment(text: str) -> str:
    bare = _without_strings(text)
    at = bare.find("#")
    return text if at < 0 else text[:at]
