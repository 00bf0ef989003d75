"""Where a text does not parse. Half-typed text is the normal case: compare before with after."""

from itertools import islice

from lsp_server.syntax.tree import parse, walk_errors

_COUNTED_MAX = 1_000


def errors_in(text: str, language: str) -> list[tuple[int, int]] | None:
    """The (start, end) code-point offsets of what does not parse, in order.

    A missing token is an empty range. None: this text cannot be parsed at all, so nothing is known.
    """
    tree = parse(text, language)
    if tree is None:
        return None
    return [
        (tree.offset_of(node.start_byte), tree.offset_of(node.end_byte))
        for node in islice(walk_errors(tree), _COUNTED_MAX)
    ]


def error_count(text: str, language: str) -> int | None:
    """How many places do not parse; None: not known."""
    errors = errors_in(text, language)
    return None if errors is None else len(errors)


def new_errors(before: str, after: str, language: str) -> int | None:
    """How many more places fail to parse in *after* than in *before*; None: not known."""
    errors_before, errors_after = error_count(before, language), error_count(after, language)
    if errors_before is None or errors_after is None:
        return None
    return max(0, errors_after - errors_before)
