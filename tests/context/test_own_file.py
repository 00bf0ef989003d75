"""Of a long file a prompt shows what is around the cursor; the rest of it may be shown as any other file's."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lsp_server.context.gather import gather
from lsp_server.context.snippet import Snippet
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.prompting.window import visible_range
from lsp_server.text.document import Document
from tests.context.check import check_shows, count_tokens
from tests.index.check import document_of, snapshot_of

FAR = '''\
def monthly_report(ledger, month):
    """What came in and went out."""
    rows = ledger.rows_of(month)
    rows.sort(key=by_date)
    return render_table(rows, title=month)
'''
BETWEEN = "".join(f"\n\ndef unrelated_{it}(handle):\n    handle.turn({it})\n" for it in range(60))
DOOR = "def open_door(handle):\n    handle.turn()\n    handle.push()\n    return handle\n"
HERE = "\n\ndef yearly_report(ledger, year):\n    rows = ledger.rows_of(year)\n"
TEXT = FAR + BETWEEN + HERE + "    "


def in_shop(text: str) -> tuple[Snapshot, Document]:
    document = report(text)
    return Snapshot.of(
        Path("/shop"), map(index_file, (document, document_of("shop/door.py", DOOR)))
    ), document


def report(text: str) -> Document:
    return Document(path="shop/report.py", text=text, language="python")


def shown_at_the_end(
    text: str, visible: tuple[int, int] | None, previous: tuple[Snippet, ...] = ()
) -> list[Snippet]:
    snapshot, document = in_shop(text)
    return gather(
        snapshot, document, len(text),
        budget_tokens=400, count_tokens=count_tokens, visible=visible, previous=previous,
    )  # fmt: skip


def test_a_function_far_above_that_is_like_the_one_being_written_is_shown():
    shown = shown_at_the_end(TEXT, (TEXT.index(HERE), len(TEXT)))
    check_shows(shown, "return render_table(rows, title=month)")
    own = next(it for it in shown if it.path == "shop/report.py")
    assert own.reason.startswith("further away in this file")


def test_what_the_prompt_shows_itself_is_not_shown_again():
    assert [it.path for it in shown_at_the_end(TEXT, None) if it.path == "shop/report.py"] == []
    near = TEXT.index("def unrelated_50")
    lines_seen = TEXT[:near].count("\n")
    for it in shown_at_the_end(TEXT, (near, len(TEXT))):
        assert it.path != "shop/report.py" or it.end_line < lines_seen


def test_what_was_shown_goes_once_the_prompt_shows_it_itself():
    before = tuple(shown_at_the_end(TEXT, (TEXT.index(HERE), len(TEXT))))
    after = shown_at_the_end(TEXT, (0, len(TEXT)), before)
    assert "shop/report.py" in {it.path for it in before}
    assert "shop/report.py" not in {it.path for it in after}


def test_what_is_far_above_and_what_is_far_below_are_two_snippets():
    """One around what the prompt shows itself would be taken for a repetition of that."""
    below = FAR.replace("monthly", "weekly").replace("month", "week").replace("by_date", "by_day")
    around = f"{HERE}    \n"
    text = FAR + BETWEEN + around + BETWEEN.replace("unrelated", "other") + f"\n\n{below}"
    begin, end = text.index(around), text.index(around) + len(around)
    snapshot, document = in_shop(text)

    def shown(previous: list[Snippet]) -> list[Snippet]:
        return gather(
            snapshot, document, end - 1,
            budget_tokens=400, count_tokens=count_tokens, visible=(begin, end), previous=previous,
        )  # fmt: skip

    first = shown([])
    check_shows(first, "return render_table(rows, title=month)", "return render_table(rows, title=week)")
    lines = document.line_of(begin), document.line_of(end)
    assert not [it for it in first if it.touches(document.path, *lines)]
    assert shown(first) == first


def test_a_file_that_is_not_indexed_yet_has_no_far_parts():
    document = replace(report(TEXT), path="shop/new.py")
    snapshot = snapshot_of({"shop/door.py": DOOR})
    visible = (TEXT.index(HERE), len(TEXT))
    shown = gather(
        snapshot, document, len(TEXT), budget_tokens=200, count_tokens=count_tokens, visible=visible
    )
    assert {it.path for it in shown} <= {"shop/door.py"}


@given(st.integers(0, len(TEXT)), st.integers(0, 3_000))
def test_a_prompt_shows_what_is_around_the_cursor(offset: int, tokens: int):
    document = report(TEXT)
    ranges = [visible_range(document, offset, tokens=it, suffix_share=0.25) for it in (tokens, tokens + 100)]
    for first, last in ranges:
        assert 0 <= first <= offset <= last <= len(TEXT)
    for (first, last), (wider_first, wider_last) in pairwise(ranges):
        assert wider_first <= first
        assert last <= wider_last


def test_a_short_file_is_shown_as_a_whole():
    document = report(FAR)
    assert visible_range(document, 40, tokens=800, suffix_share=0.25) == (0, len(FAR))
