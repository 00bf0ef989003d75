"""What changed lately is known by line, with what stood there before, and no more than that is kept."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lsp_server.explanation.edits import AGE_MAX_S, DOCUMENTS_MAX, EDITS_MAX, LINES_MAX, Edit, EditedLately
from lsp_server.text.document import Document


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def document(text: str, path: str = "a.py") -> Document:
    return Document(path=path, text=text, language="python")


def after(*texts: str, path: str = "a.py") -> list[Edit]:
    lately = EditedLately(Clock())
    for old, new in pairwise(texts):
        lately.changed(document(old, path), document(new, path))
    return list(lately.now().get(path, ()))


def edit(first: int, last: int, *before: str) -> Edit:
    return Edit(first=first, last=last, before=before, at=0.0)


def test_a_changed_line_is_known_with_what_stood_there():
    assert after("a\nb\nc\n", "a\nx\nc\n") == [edit(1, 2, "b")]


def test_lines_that_were_put_in_or_taken_out_are_known():
    assert after("a\nc\n", "a\nb\nc\n") == [edit(1, 2)]
    assert after("a\nb\nc\n", "a\nc\n") == [edit(1, 1, "b")]
    assert after("a", "a\nb") == [edit(0, 2, "a")]


def test_what_is_typed_letter_by_letter_is_one_change():
    texts = ["a\nold\nc\n", "a\nol\nc\n", "a\no\nc\n", "a\non\nc\n", "a\none\nc\n"]
    assert after(*texts) == [edit(1, 2, "old")]


def test_what_was_taken_back_is_no_change():
    assert after("a\nb\nc\n", "a\nbb\nc\n", "a\nb\nc\n") == []


def test_changes_move_with_the_lines_above_them():
    assert after("a\nb\nc\nd\n", "a\nb\nc\nD\n", "x\ny\na\nb\nc\nD\n") == [edit(5, 6, "d"), edit(0, 2)]


def test_changes_that_come_to_touch_are_one():
    assert after("a\nb\nc\nd\n", "A\nb\nc\nd\n", "A\nb\nC\nd\n", "A\nB\nC\nd\n") == [
        edit(0, 3, "a", "b", "c")
    ]


LINES = st.lists(st.sampled_from(["a", "b", "cc", ""]), max_size=6)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@given(st.lists(st.builds(lambda lines, end: end.join(lines), LINES, ENDS), min_size=2, max_size=6))
def test_the_first_text_can_be_told_from_the_last_and_its_changes(texts: list[str]):
    """Put back what stood before each change, from the bottom up, and the beginning is there again."""
    first, last = document(texts[0]), document(texts[-1])
    lines = [last.line_text(it) for it in range(last.line_count)]
    for it in sorted(after(*texts), key=lambda each: -each.first):
        lines[it.first : it.last] = it.before
    assert lines == [first.line_text(it) for it in range(first.line_count)]


def test_only_so_much_is_kept():
    many = [f"{number}" for number in range(100)]
    texts = ["\n".join(many)]
    for number in range(0, 90, 3):
        many[number] += "!"
        texts.append("\n".join(many))
    assert len(after(*texts)) == EDITS_MAX
    assert after("", "\n" * (LINES_MAX + 1)) == []
    lately = EditedLately(Clock())
    for number in range(DOCUMENTS_MAX + 5):
        lately.changed(document("a", f"{number}.py"), document("b", f"{number}.py"))
    assert len(lately.now()) == DOCUMENTS_MAX
    assert "0.py" not in lately.now()


def test_after_a_while_nothing_is_lately_any_more():
    clock = Clock()
    lately = EditedLately(clock)
    lately.changed(document("a"), document("b"))
    clock.seconds += 90
    assert [it.at for it in lately.now()["a.py"]] == [90]
    clock.seconds += AGE_MAX_S
    assert lately.now()["a.py"] == ()


def test_a_file_of_secrets_is_not_followed_and_a_closed_one_is_forgotten():
    assert after("a", "b", path=".env") == []
    lately = EditedLately(Clock())
    lately.changed(document("a"), document("b"))
    lately.closed("a.py")
    assert lately.now() == {}
