"""What an editor shows of a failure."""

from lsp_server.errors import KibitzError


def in_words(error: KibitzError) -> str:
    """What happened and what to do about it, as sentences."""
    return " ".join(_sentence(it) for it in (str(error), error.hint) if it.strip())


def _sentence(text: str) -> str:
    """With a capital first and a full stop last."""
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "…")) else text + "."
