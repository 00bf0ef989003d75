"""A prompt holds what is next to the cursor, stays in its budget and stays put while somebody types."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.context.snippet import Snippet
from lsp_server.prompting.families import families
from lsp_server.prompting.pieces import SpecialToken
from lsp_server.prompting.window import Window, fit

KIBITZ = next(family for family in families() if family.name == "kibitz")
CODE = "".join(f"def f{number}(a, b):\n    return a + b * {number}\n\n" for number in range(400))


def words(texts: Sequence[str]) -> list[int]:
    """A tokenizer that everybody can count along with: a token is a word or a line end."""
    return [len(text.replace("\n", " \n ").split(" ")) for text in texts]


def window(
    prefix: str, suffix: str, *, tokens: int, snippets: Sequence[Snippet] = (), share: float = 0.25
) -> Window:
    return fit(
        KIBITZ, prefix=prefix, suffix=suffix, snippets=snippets, header="shop\ncart.py\n", mark="#",
        prompt_tokens=tokens, suffix_share=share, count_tokens=words,
    )  # fmt: skip


def snippet(lines: int, path: str = "a.py") -> Snippet:
    text = "\n".join(["x = 1"] * lines)
    return Snippet(path=path, start_line=0, end_line=lines - 1, text=text, reason="", score=1.0)


def test_a_small_file_goes_in_as_a_whole():
    assert window("a\nb\n", "c\nd\n", tokens=200) == Window(prefix="a\nb\n", suffix="c\nd\n", snippets=())


def test_the_window_holds_whole_lines_and_starts_at_a_multiple_of_sixteen():
    found = window(CODE, CODE, tokens=600)
    skipped = CODE.removesuffix(found.prefix)
    assert CODE.endswith(found.prefix)
    assert CODE.startswith(found.suffix)
    assert skipped.count("\n") % 16 == 0
    assert found.suffix.endswith("\n")


def test_typing_a_line_does_not_move_the_window():
    """Where the window starts, evaluation starts again: it may happen every sixteenth line, not on each."""
    at = CODE.index("def f200")
    lines = CODE[at:].splitlines(keepends=True)[:32]
    starts, ends = set(), set()
    for count in range(len(lines)):
        prefix = CODE[:at] + "".join(lines[:count])
        found = window(prefix, CODE[at:], tokens=600)
        starts.add(len(prefix) - len(found.prefix))
        ends.add(found.suffix)
    assert len(starts) <= 4
    assert len(ends) <= 2


def test_a_short_prefix_leaves_its_room_to_the_suffix_and_the_other_way_round():
    assert len(window("a\n", CODE, tokens=600).suffix) > len(window(CODE, CODE, tokens=600).suffix)
    assert len(window(CODE, "a\n", tokens=600).prefix) > len(window(CODE, CODE, tokens=600).prefix)


def test_snippets_go_in_from_the_first_as_long_as_they_fit():
    big, small = snippet(500, "big.py"), snippet(3, "small.py")
    assert window(CODE, CODE, tokens=600, snippets=[small, big]).snippets == (small,)
    assert window(CODE, CODE, tokens=600, snippets=[big, small]).snippets == (small,)


def test_a_line_that_does_not_fit_is_cut_at_the_far_end():
    found = window("word " * 10_000 + "end", "", tokens=100)
    assert found.prefix.endswith("word end")
    assert words([found.prefix])[0] <= 100


def test_no_room_is_no_failure():
    assert window(CODE, CODE, tokens=0) == Window(prefix="", suffix="", snippets=())


@settings(max_examples=200, deadline=None)
@given(
    prefix=st.text(alphabet="ab \n", max_size=400),
    suffix=st.text(alphabet="ab \n", max_size=400),
    tokens=st.integers(0, 300),
    lines=st.integers(1, 40),
)
def test_any_window_is_next_to_the_cursor_and_within_its_budget(
    prefix: str, suffix: str, tokens: int, lines: int
) -> None:
    found = window(prefix, suffix, tokens=tokens, snippets=[snippet(lines)])
    assert prefix.endswith(found.prefix)
    assert suffix.startswith(found.suffix)
    assert sum(words([found.prefix, found.suffix])) <= max(tokens, 2)
    assert found == window(prefix, suffix, tokens=tokens, snippets=[snippet(lines)])
    assert not any(isinstance(part, SpecialToken) for part in (found.prefix, found.suffix))
