"""Who waits for whom: a completion overtakes, a newer one replaces, and nobody's answer changes by it."""

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.local import LocalModel
from lsp_server.model.port import Priority
from tests.model.asking import TIMEOUT_S, Asking, ask, request
from tests.model.conftest import OpenModel

CODE = "def total_price(items, vat_rate):\n    result = 0\n"
EXPLAIN = request("class Reader:\n", max_tokens=1_800, min_tokens=1_800, priority=Priority.ACTION)
IN_BACKGROUND = request("# notes\n", max_tokens=1_800, min_tokens=1_800, priority=Priority.BACKGROUND)


def test_a_newer_completion_replaces_the_older_one(model: LocalModel):
    older = Asking(model, request(CODE, max_tokens=1500, min_tokens=1500))
    assert older.has_text.wait(TIMEOUT_S)

    newer = ask(model, request(CODE + "x", max_tokens=3, min_tokens=3))

    assert newer.tokens.generated == 3
    assert older.answer().stop == "cancelled"
    assert older.answer().text != ""


def test_completions_of_different_windows_do_not_replace_each_other(open_model: OpenModel):
    one, other = open_model(), open_model()
    first = Asking(one, request(CODE, max_tokens=300, min_tokens=300))
    assert first.has_text.wait(TIMEOUT_S)

    second = ask(other, request(CODE, max_tokens=300, min_tokens=300))

    assert first.answer().stop == second.stop == "length"
    assert first.answer().text == second.text


def test_a_completion_overtakes_and_the_others_go_on_as_if_nothing_had_been(open_model: OpenModel):
    """With a memory of its own for each prompt; in a shared one, rounding depends on what else is in it."""
    model = open_model(settings=HostSettings(threads=1, linger_s=0.0, sequences=4))
    for _ in range(2):  # the second time as later: with the prompt in memory
        undisturbed = {it.priority: ask(model, it).text for it in (EXPLAIN, IN_BACKGROUND)}
    background = Asking(model, IN_BACKGROUND)
    assert background.has_text.wait(TIMEOUT_S)
    action = Asking(model, EXPLAIN)
    assert action.has_text.wait(TIMEOUT_S)

    for number in range(5):
        assert ask(model, request(f"{CODE}{number}", max_tokens=5, min_tokens=5)).tokens.generated == 5
        assert background.generation is None, "it was still at it"

    assert action.answer().text == undisturbed[Priority.ACTION]
    assert background.answer().text == undisturbed[Priority.BACKGROUND]


def test_more_requests_than_sequences_all_get_their_answers(open_model: OpenModel):
    """Those without a sequence wait, or take that of a less urgent one, which then begins again."""
    model = open_model(settings=HostSettings(threads=1, linger_s=0.0, sequences=2))
    requests = [
        request(f"# {number}\n{CODE}", max_tokens=60, min_tokens=60, priority=priority)
        for number, priority in enumerate([Priority.BACKGROUND, Priority.BACKGROUND, Priority.ACTION] * 2)
    ]
    alone = [ask(model, it).text for it in requests]

    together = [Asking(model, it) for it in requests]
    answers = [it.answer() for it in together]

    assert [answer.text for answer in answers] == alone
    assert all(it.tokens.prompt == it.tokens.reused + it.tokens.evaluated for it in answers)


def test_a_memory_too_small_for_all_is_shared_by_turns(open_model: OpenModel):
    """Three prompts that fit only one at a time."""
    model = open_model(settings=HostSettings(threads=1, linger_s=0.0, context_tokens=1024))
    requests = [
        request(f"# {number}\n" * 100 + CODE, max_tokens=40, min_tokens=40, priority=priority)
        for number, priority in enumerate([Priority.BACKGROUND, Priority.ACTION, Priority.ACTION])
    ]
    alone = [ask(model, it).text for it in requests]

    together = [Asking(model, it) for it in requests]

    assert [it.answer().text for it in together] == alone


@pytest.mark.parametrize("priority", [Priority.COMPLETION, Priority.PREWARM, Priority.ACTION])
def test_cancelling_in_the_middle_of_a_prompt_stops_its_evaluation(open_model: OpenModel, priority: Priority):
    model = open_model()
    prompt = request("".join(f"value = {number}\n" for number in range(140)), priority=priority)
    length = ask(model, prompt).tokens.prompt
    longer = request("# another\n", *prompt.pieces, priority=priority)
    before = model.stats()["evaluated_tokens"]
    asking = Asking(model, longer)
    while model.stats()["evaluated_tokens"] == before:
        pass

    asking.cancellation.cancel()

    assert asking.answer().stop == "cancelled"
    while model.stats()["jobs"]:
        pass
    assert model.stats()["evaluated_tokens"] - before < length


def test_a_cancelled_answer_is_what_there_was(model: LocalModel):
    undisturbed = ask(model, EXPLAIN).text
    cancellation = Cancellation()

    def on_text(text: str) -> bool:
        if len(text) > 20:
            cancellation.cancel()
        return True

    answer = model.generate(EXPLAIN, cancellation, on_text)

    assert answer.stop == "cancelled"
    assert len(answer.text) > 20
    assert undisturbed.startswith(answer.text)


def test_a_kept_beginning_is_shared_between_prompts(model: LocalModel):
    """Two places in one repository begin with the same context: it is evaluated once."""
    context = "".join(f"# snippet {number}\n" for number in range(60))
    length = model.count_tokens([context])[0]
    ask(model, request(context, "first = 1\n" * 20, max_tokens=1))

    second = ask(model, request(context, "another = [2]\n" * 20, max_tokens=1))
    first_again = ask(model, request(context, "first = 1\n" * 20, max_tokens=1))

    assert second.tokens.reused >= length - 1
    assert first_again.tokens.evaluated == 1, "the second prompt did not cost the first its place"
