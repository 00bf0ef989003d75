"""While somebody types, a prompt only grows at its end; it is made anew when that helps, mostly when it is quiet."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from lsp_server.completion.anchoring import Decision, PromptSpeed, decide, quick_tokens, typed_tokens
from lsp_server.completion.engine import CompletionEngine
from lsp_server.completion.frames import Fit, Frame, fitting
from lsp_server.completion.idle import IdleWork
from lsp_server.completion.remembered import RememberedFrames
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.scripted import INFO, ScriptedModel
from lsp_server.prompting.families import families
from lsp_server.prompting.window import Window
from tests.completion.place import LIMITS, Place

FILES = {
    "shop/price.py": "def net_price(gross, vat_rate):\n    return gross / (1 + vat_rate)\n",
    "shop/mail.py": "def send_receipt(address, lines):\n    ...\n",
}
ABOVE = "from shop.price import net_price\n\n\ndef total(items):\n"
BELOW = "\n\ndef other():\n    return 1\n"
SUFFIX_FIRST, PREFIX_FIRST = "mellum", "qwen2.5-coder"
CONTIGUOUS = "kibitz"
# A model so large that reading a whole prompt takes seconds.
SLOW = replace(INFO, parameters=7_000_000_000)


def place_of(family: str, *, info=INFO, idle: IdleWork | None = None, files=FILES) -> Place:
    place = Place(files=files)
    place.model = ScriptedModel(["|"], info)
    form = next(it for it in families() if it.name == family)
    place.engine = CompletionEngine(place.model, form, LIMITS, idle=idle)
    return place


def prompts(place: Place, *marked: str) -> list[str]:
    found = []
    for text in marked:
        place.complete(text)
        found.append(place.last_prompt)
    return found


def keystrokes(typed: str) -> list[str]:
    return [f"{ABOVE}{typed[:end]}│{BELOW}" for end in range(len(typed) + 1)]


@pytest.fixture
def idle():
    work = IdleWork(may_work_ahead=lambda: False)
    yield work
    work.close()


@pytest.mark.parametrize("family", [CONTIGUOUS, SUFFIX_FIRST, PREFIX_FIRST])
def test_what_is_typed_comes_to_the_prompts_end_line_ends_included(family):
    typed = "    result = 0\n    for item in items:\n        result += item\n"
    asked = prompts(place_of(family), *keystrokes(typed))

    for earlier, later in pairwise(asked):
        assert later.startswith(earlier)
    assert asked[-1].endswith(typed)


def test_a_bracket_that_the_editor_closes_changes_nothing_before_the_end():
    [before, closed, typed] = prompts(
        place_of(CONTIGUOUS),
        f"{ABOVE}    return sum│{BELOW}",
        f"{ABOVE}    return sum(│){BELOW}",
        f"{ABOVE}    return sum(item│){BELOW}",
    )

    assert closed == before + "("
    assert typed == closed + "item"


def test_deleting_what_was_typed_goes_back_to_the_same_prompt():
    place = place_of(PREFIX_FIRST)
    first, _, _, again = prompts(
        place, *(f"{ABOVE}    {line}│{BELOW}" for line in ("x", "x = 1", "x = 1\n    y", "x"))
    )

    assert again == first


def test_a_change_far_above_leaves_the_prompt_as_it_is():
    far = "".join(f"CONSTANT_{number} = {number}\n" for number in range(400))
    place = place_of(PREFIX_FIRST, files={})
    before, after = prompts(place, f"{far}x = │\n", f"import os\n{far}x = 1│\n")

    assert after == before + "1"


def test_a_change_in_the_shown_text_makes_a_new_prompt():
    """The model never reads what is not there any more."""
    for family in (CONTIGUOUS, SUFFIX_FIRST, PREFIX_FIRST):
        place = place_of(family)
        place.complete(f"{ABOVE}    x = │{BELOW}")
        place.complete(f"{ABOVE}    x = 1│{BELOW}".replace("return 1", "return 77"))
        assert "return 77" in place.last_prompt
        place.complete(f"{ABOVE}    x = 12│{BELOW}".replace("def total", "def sum_of"))
        assert "def sum_of" in place.last_prompt
        assert "def total" not in place.last_prompt


def test_another_line_is_another_prompt():
    place = place_of(CONTIGUOUS)
    here, there = prompts(place, ABOVE + "    │\n    y = 1\n", ABOVE + "    y = 1\n    │\n")
    assert not there.startswith(here)


def test_coming_back_to_a_place_finds_its_prompt_again():
    place = place_of(PREFIX_FIRST)
    here = f"{ABOVE}    first = │{BELOW}"
    first, _, again = prompts(place, here, f"{ABOVE}    first = {BELOW}    second = │", here)
    assert again == first


def test_a_secret_that_is_typed_is_not_shown():
    key = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    for family in (CONTIGUOUS, SUFFIX_FIRST, PREFIX_FIRST):
        asked = prompts(place_of(family), *keystrokes(f'    token = "{key}"\n    x'))
        assert key not in asked[-1]
        assert asked[-1].endswith("x")


def test_a_key_of_many_lines_that_begins_above_the_prompt_is_not_shown():
    body = "\n".join("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7" for _ in range(60))
    key = f"KEY = '''-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----'''\n"
    for family in (CONTIGUOUS, PREFIX_FIRST):
        asked = prompts(place_of(family, files={}), f"{key}x│\n", f"{key}x = │\n")
        assert all("MIIEvQ" not in prompt for prompt in asked)


def test_a_name_that_is_not_shown_yet_is_looked_up_when_it_is_typed():
    place = place_of(CONTIGUOUS)
    _, half, whole = (
        place.complete(f"{ABOVE}    {typed}│\n") for typed in ("", "send_receipt", "send_receipt(")
    )
    assert "shop/mail.py" not in {it.path for it in half.context}
    assert "shop/mail.py" in {it.path for it in whole.context}


def test_a_slow_model_is_asked_with_the_kept_prompt_and_reads_the_better_one_when_it_is_quiet(idle):
    place = place_of(CONTIGUOUS, info=SLOW, idle=idle)
    place.complete(f"{ABOVE}    │\n")
    assert idle.wait(10)
    kept = place.complete(f"{ABOVE}    send_receipt(│\n")
    assert (kept.source, "shop/mail.py" in {it.path for it in kept.context}) == ("kept", False)

    assert idle.wait(10)
    assert place.model.requests[-1].max_tokens == 0, "nothing is generated, it is only read"
    better = place.complete(f"{ABOVE}    send_receipt(a│\n")

    assert (better.source, "shop/mail.py" in {it.path for it in better.context}) == ("kept", True)


def test_at_a_new_place_a_slow_model_gets_a_short_prompt_first(idle):
    lines = "".join(f"def function_{number}(value):\n    return value\n\n" for number in range(60))
    place = place_of(CONTIGUOUS, info=SLOW, idle=idle, files={})
    first = place.complete(f"{lines}x = │\n")
    assert first.source == "quick"
    assert idle.wait(10)
    second = place.complete(f"{lines}x = 1│\n")
    assert second.source == "kept"
    assert second.tokens.prompt > first.tokens.prompt


def test_a_request_ends_what_is_done_while_idle():
    """A keystroke has the machine to itself."""
    idle = IdleWork(may_work_ahead=lambda: True)
    ended = []

    def work(cancellation):
        cancellation.on_cancel(lambda: ended.append(True))
        while not cancellation.is_cancelled:
            pass

    idle.plan(work, quiet_s=0)
    assert not idle.wait(0.1)
    idle.interrupt()
    assert idle.wait(10)
    assert ended == [True]
    idle.close()


FRAME = Frame(
    path="a.py", start=0, before="def f(", after="):\n", window=Window(prefix="def f(", suffix="):\n", snippets=()),
    line="def f(", is_whole=True, is_quick=False,
)  # fmt: skip
SNAPSHOT = Snapshot.of(Path("/repository"), is_complete=True)


def test_what_is_decided_about_a_frame():
    fit = fitting(FRAME, "def f(a):\n", 7, is_contiguous=True)
    assert isinstance(fit, Fit)
    assert fit.appended == "a"

    def decided(fit: Fit, *, appended: int = 1, ms: float = 1000.0, can_wait: bool = True) -> Decision:
        return decide(fit, SNAPSHOT, appended_tokens=appended, room_tokens=100, full_ms=ms, can_wait=can_wait)

    quick = replace(fit, frame=replace(FRAME, is_quick=True))
    assert decided(fit) is Decision.KEEP
    assert decided(fit, appended=101) is Decision.REPLACE
    assert decided(fit, appended=60) is Decision.KEEP_FOR_NOW
    assert decided(quick) is Decision.KEEP_FOR_NOW
    assert decided(quick, ms=10) is Decision.REPLACE, "it takes no time"
    assert decided(quick, can_wait=False) is Decision.REPLACE, "nobody would do it later"


def test_a_fast_model_never_gets_a_short_prompt():
    fast, slow = PromptSpeed.guessed(6_000_000), PromptSpeed.guessed(3_000_000_000)
    assert quick_tokens(1000, fast.expected_ms(1000)) is None
    short = quick_tokens(1000, slow.expected_ms(1000))
    assert short is not None
    assert short < 500

    for _ in range(20):
        slow.saw(1000, 100)
    assert quick_tokens(1000, slow.expected_ms(1000)) is None
    assert 0 < typed_tokens(1000) < 200


def after_restart(folder: Path, *marked: str) -> Place:
    place = place_of(CONTIGUOUS)
    form = next(it for it in families() if it.name == CONTIGUOUS)
    remembered = RememberedFrames(folder, "a repository")
    place.engine = CompletionEngine(place.model, form, LIMITS, remembered=remembered)
    for text in marked:
        place.complete(text)
    place.engine.remember()
    return place


def test_after_a_restart_the_prompt_goes_on_where_it_was(tmp_path):
    """The host keeps what it read; so the same must be asked."""
    before = after_restart(
        tmp_path, *(f"{ABOVE}    {typed}│{BELOW}" for typed in ("", "x = 1\n    y"))
    ).last_prompt
    after = after_restart(tmp_path, f"{ABOVE}    x = 1\n    y =│{BELOW}")
    assert after.last_prompt == before + " ="


def test_a_secret_is_never_written(tmp_path):
    key = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    after_restart(tmp_path, f'token = "{key}"\nx = │\n', "y = │\n")
    [written] = tmp_path.glob("*.frames")
    assert "y = " in written.read_text()
    assert key not in written.read_text()


@pytest.mark.parametrize("content", [b"", b"noise", b"0" * 64 + b"\n[]"])
def test_a_damaged_memory_of_frames_is_ignored(tmp_path, content):
    after_restart(tmp_path, f"{ABOVE}    │{BELOW}")
    [written] = tmp_path.glob("*.frames")
    written.write_bytes(content)
    assert RememberedFrames(tmp_path, "a repository").read() == ()


def test_a_prompt_shows_far_parts_of_its_own_file_and_nothing_twice():
    like = "def {}ly_report(ledger, {}):\n    rows = ledger.rows_of({})\n    rows.sort(key=by_{})\n"
    far = "".join(f"{like.format(it, it, it, it)}\n\n" for it in ("month", "week"))
    between = "".join(f"def unrelated_{it}(handle):\n    handle.turn({it})\n\n\n" for it in range(200))
    here = "def yearly_report(ledger, year):\n    rows = ledger.rows_of(year)\n    "
    place = place_of(CONTIGUOUS, files={"shop/cart.py": far + between + here})
    [prompt] = prompts(place, f"{far}{between}{here}│\n")

    assert "rows.sort(key=by_month)" in prompt
    definitions = [line for line in prompt.split("\n") if line.startswith("def ")]
    assert len(definitions) == len(set(definitions))
