"""The server's text is the editor's text, whatever is typed where."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types as lsp

from lsp_server.editor.convert import offset_of, position_of, span_of
from lsp_server.editor.counting import Encoding
from lsp_server.editor.text_store import TextStore
from lsp_server.text.document import Document

HOSTILE = [
    "a", "b", "é", "漢", "\t", " ", "\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1e", "\x85", "\u2028",
    "\u2029", "\0", "\ufeff", "\U0001f600", "\U0001f469\u200d\U0001f4bb", "e\u0301", "\ud83d", "\ude00",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(HOSTILE), max_size=30).map("".join)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32"])
POSITIONS = st.builds(
    lsp.Position,
    line=st.one_of(st.integers(0, 8), st.just(2**31 - 1)),
    character=st.one_of(st.integers(0, 12), st.just(2**31 - 1)),
)
EDITS = st.lists(
    st.tuples(POSITIONS, POSITIONS, TEXTS.map(lambda text: whole(text))), min_size=1, max_size=12
)


@settings(max_examples=400, deadline=None)
@given(TEXTS.map(lambda text: whole(text)), EDITS, ENCODINGS)
def test_every_edit_gives_what_the_specification_says(
    text: str, edits: list[tuple[lsp.Position, lsp.Position, str]], encoding: Encoding
) -> None:
    """Against an oracle that knows no lines and no state: it walks the text for each position anew."""
    store = TextStore(text)
    for start, end, new in edits:
        store.replace(*span_of(store, *((it.line, it.character) for it in (start, end)), encoding), new)
        low, high = sorted((oracle_offset(text, start, encoding), oracle_offset(text, end, encoding)))
        text = whole(text[:low] + new + text[high:])
        assert store.text == text
        assert list(store.lines) == oracle_lines(text)


@settings(max_examples=400, deadline=None)
@given(TEXTS.map(lambda text: whole(text)), POSITIONS, ENCODINGS)
def test_a_position_means_the_offset_that_the_specification_says(
    text: str, position: lsp.Position, encoding: Encoding
) -> None:
    document = Document(path="a.txt", text=text, language="plain")
    assert offset_of(document, position, encoding) == oracle_offset(text, position, encoding)


@settings(max_examples=400, deadline=None)
@given(TEXTS.map(lambda text: whole(text)), ENCODINGS, st.data())
def test_there_and_back_is_the_same_offset(text: str, encoding: Encoding, data: st.DataObject) -> None:
    document = Document(path="a.txt", text=text, language="plain")
    offset = data.draw(st.integers(0, len(text)))
    if text[offset - 1 : offset + 1] == "\r\n":  # no position is between them
        offset += 1
    assert offset_of(document, position_of(document, offset, encoding), encoding) == offset


def test_an_edit_far_down_does_not_touch_the_lines_above() -> None:
    """What a keystroke costs must not grow with the file."""
    store = TextStore("x = 1\n" * 100_000)
    before = list(map(id, store.lines[:90_000]))
    store.replace((99_000, 5), (99_000, 5), "2")
    assert list(map(id, store.lines[:90_000])) == before
    assert store.lines[99_000] == "x = 12\n"


def test_a_line_end_that_two_edits_bring_is_one() -> None:
    store = TextStore("a\rb")
    store.replace((1, 0), (1, 0), "\n")
    assert list(store.lines) == ["a\r\n", "b"]


def test_a_character_that_two_edits_bring_is_one() -> None:
    store = TextStore("")
    store.replace((0, 0), (0, 0), "\ud83d")
    store.replace((0, 1), (0, 1), "\ude00")
    assert store.text == "\U0001f600"


# The oracle


def units(character: str, encoding: Encoding) -> int:
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    return (
        len(character.encode(encoding.replace("-16", "-16-le").replace("-32", "-32-le"), "surrogatepass"))
        // width
    )


def oracle_offset(text: str, position: lsp.Position, encoding: Encoding) -> int:
    offset = line = 0
    while line < position.line:
        if offset >= len(text):
            return len(text)
        if text[offset] == "\r" and text[offset + 1 : offset + 2] == "\n":
            offset += 1
            line += 1
        elif text[offset] in "\r\n":
            line += 1
        offset += 1
    left = position.character
    while offset < len(text) and text[offset] not in "\r\n":
        left -= units(text[offset], encoding)
        if left < 0:
            break
        offset += 1
    return offset


def oracle_lines(text: str) -> list[str]:
    lines, line = [], ""
    for index, character in enumerate(text):
        line += character
        if character == "\n" or (character == "\r" and text[index + 1 : index + 2] != "\n"):
            lines.append(line)
            line = ""
    return [*lines, line]


def whole(text: str) -> str:
    """As JSON hands it over: two halves side by side are one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
