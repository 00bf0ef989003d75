"""Markdown that shows text and does nothing else: no images, links, HTML, or invisible characters."""

import re
import unicodedata

_IMAGE = re.compile(r"!\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?")
_LINK = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_DEFINITION = re.compile(r"^[ \t]*\[[^\]]+\]:[ \t]*\S+.*$", re.M)
# One whose label or address stands on several lines; anywhere that a block may begin.
_LONG_DEFINITION = re.compile(r"^([ \t>*+\-\d.)]*\[(?:[^\[\]\\]|\\.){1,999}\]):", re.M | re.S)
_ADDRESS = re.compile(r"\b(?:[a-z][a-z0-9+.-]*://|www\.|mailto:|data:|javascript:|command:)\S+", re.I)


def safe(text: str) -> str:
    """*text* from a model or a tool, as Markdown that may be shown. Idempotent."""
    text = plain_characters(text)
    before = None
    while text != before:  # what is left of one construct may form another
        before = text
        text = _IMAGE.sub(r"\1", text)
        text = _LINK.sub(r"\1", text)
        text = _DEFINITION.sub("", text)
        text = _LONG_DEFINITION.sub(r"\1 :", text)
        text = _ADDRESS.sub("(address left out)", text)
        text = text.replace("<", "‹").replace(">", "›") if re.search(r"<[a-zA-Z/!?]", text) else text
        text = text.replace("](", "] (")  # what brackets within brackets leave
    return text


def plain_characters(text: str) -> str:
    """Without control characters other than tab and newline, and without those that hide or reorder text."""
    return "".join(
        character
        for character in text.replace("\r\n", "\n").replace("\r", "\n")
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")
    )


def one_line(text: str, limit: int) -> str:
    text = " ".join(plain_characters(text).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def fenced(text: str, language: str) -> str:
    """A code block that *text* cannot leave."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{plain_characters(text)}\n{fence}"


def code(text: str) -> str:
    """Inline code that *text* cannot leave."""
    text = one_line(text, 200)
    if "`" not in text:
        return f"`{text}`"
    return f"`` {text} ``" if "``" not in text else "`" + text.replace("`", "'") + "`"
