"""Cut a file into windows of lines that make sense alone: where definitions start, 8 to 28 lines."""

from collections.abc import Sequence

from lsp_server.syntax.outline import Definition

# Set by hand: with 20 lines at fixed steps the search finds as much, but the pieces start anywhere.
WINDOW_MIN_LINES = 8
WINDOW_MAX_LINES = 28
_STEP_WHEN_SPLIT = 22

_CUT_KINDS = {"function", "method", "class"}
_BELONGS_BELOW = ("@", "#", "/", "*")  # decorators and comments stay with the definition below them


def windows_of(definitions: Sequence[Definition], lines: Sequence[str]) -> list[tuple[int, int]]:
    """(first line, last line) of each window, in order; together they hold every line that is not blank."""
    cuts = sorted({it.start_line for it in definitions if it.kind in _CUT_KINDS} - {0})
    windows: list[tuple[int, int]] = []
    start = 0
    for cut in [*cuts, len(lines)]:
        if cut - start < WINDOW_MIN_LINES and cut != len(lines):
            continue
        end = cut
        while start + 1 < end < len(lines) and lines[end - 1].lstrip()[:1] in _BELONGS_BELOW:
            end -= 1
        if end - start < WINDOW_MIN_LINES and cut != len(lines):
            continue
        while end - start > WINDOW_MAX_LINES:
            split = _split_line(lines, start)
            windows.append((start, split - 1))
            start = split
        windows.append((start, end - 1))
        start = end
    return [trimmed for window in windows if (trimmed := _trimmed(lines, *window)) is not None]


def _split_line(lines: Sequence[str], start: int) -> int:
    """Where to cut a long piece: at the shallowest of the last few lines of its step."""
    last = start + _STEP_WHEN_SPLIT
    depths = [_depth(line) for line in lines[last : last - 6 : -1]]
    return last - depths.index(min(depths))


def _depth(line: str) -> int:
    stripped = line.lstrip()
    return len(line) - len(stripped) if stripped and stripped[0] not in ")}]" else 1_000


def _trimmed(lines: Sequence[str], first: int, last: int) -> tuple[int, int] | None:
    while first <= last and not lines[first].strip():
        first += 1
    while last >= first and not lines[last].strip():
        last -= 1
    return (first, last) if first <= last else None
