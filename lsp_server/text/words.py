"""Lists of words, written as running text."""


def words(text: str) -> frozenset[str]:
    """The words of *text*, which only white space separates."""
    return frozenset(text.split())
