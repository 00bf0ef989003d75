"""What holds for any suggestion in any text, however broken."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.postprocess.pipeline import clean, is_finished
from lsp_server.text.document import Document

LANGUAGES = ("python", "javascript", "tsx", "go", "rust", "java", "c", "bash", "plain", "cobol")
FRAGMENTS = (
    "def f(a):", "return x", "if x:", "else:", "class A:", "for (;;) {", "fi", "'a", "${", "=>", "foo",
    "    ", "\t", "\n", "\n\n", "\r\n", "\r", "(", ")", "[", "]", "{", "}", ",", ";", ":", " = ", "1", "\\",
    "\"", "'", '"""', "`", "# note", "// note", "/*", "*/", "é", "😀", "<|fim_middle|>", "```",
    "\u202e", "\u2028", "\ufffd", "\x00",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join) | st.text(max_size=60)


@st.composite
def places(draw: st.DrawFn) -> tuple[Document, int]:
    text = draw(TEXTS)
    document = Document(path="file", text=text, language=draw(st.sampled_from(LANGUAGES)))
    return document, draw(st.integers(0, len(text)))


@settings(max_examples=600, deadline=None)
@given(places(), TEXTS)
def test_what_is_shown_replaces_nothing_beyond_the_line_and_holds_what_it_replaces(
    place: tuple[Document, int], generated: str
) -> None:
    """Typed text is never lost: what a suggestion replaces comes in it, character by character."""
    document, offset = place
    cleaned = clean(generated, document, offset, max_lines=5)
    replaced = document.text[offset : cleaned.replace_end_offset]
    assert offset <= cleaned.replace_end_offset <= len(document.text)
    assert "\n" not in replaced
    assert "\r" not in replaced
    rest = iter(cleaned.text)
    assert all(character in rest for character in replaced.replace(" ", ""))


@settings(max_examples=600, deadline=None)
@given(places(), TEXTS)
def test_what_is_shown_is_visible_and_short(place: tuple[Document, int], generated: str) -> None:
    """No control, direction or other invisible characters; no more lines than asked for; or nothing."""
    document, offset = place
    cleaned = clean(generated, document, offset, max_lines=5)
    # A suggestion that pushes the cursor's line down repeats the white space before it.
    own = document.text[:offset].replace("\r\n", "\n").replace("\r", "\n").rpartition("\n")[2]
    text = cleaned.text.removesuffix(own).replace("\r\n", "\n")
    hidden = [it for it in text if unicodedata.category(it).startswith("C") and it not in "\n\t"]
    assert not hidden
    assert len(text.rstrip("\n").split("\n")) <= 5
    assert bool(cleaned.text.strip()) == (not cleaned.dropped_by)
    assert cleaned.text == "" or cleaned.text.strip()


@settings(max_examples=600, deadline=None)
@given(places(), TEXTS, TEXTS)
def test_stopping_early_changes_nothing(place: tuple[Document, int], generated: str, more: str) -> None:
    """Once a suggestion is finished, whatever the model goes on to say is cut away."""
    document, offset = place
    if is_finished(generated, document, offset, max_lines=5):
        stopped = clean(generated, document, offset, max_lines=5)
        assert clean(generated + more, document, offset, max_lines=5).text == stopped.text


@settings(max_examples=600, deadline=None)
@given(places())
def test_nothing_makes_nothing(place: tuple[Document, int]) -> None:
    document, offset = place
    assert clean("", document, offset, max_lines=5).text == ""
    assert clean(" \n\t ", document, offset, max_lines=5).text == ""
