"""The decisions of the host and of its supervisor, without either."""

from dataclasses import dataclass

from lsp_server.model.deaths import DEATHS_MAX, Deaths, Strikes
from lsp_server.model.host.measured import Measured, read, write
from lsp_server.model.host.policy import STEP_S, Pace, gives_way_to, next_of, replaced_by
from lsp_server.model.host.threads import ThreadChoice, worth_trying
from lsp_server.model.port import Priority


@dataclass(frozen=True)
class Job:
    arrival: int
    priority: Priority = Priority.COMPLETION
    client: int = 1


def test_the_most_urgent_kind_is_first_and_then_who_came_first():
    background, late, early = Job(1, Priority.BACKGROUND), Job(3, Priority.ACTION), Job(2, Priority.ACTION)

    assert next_of([background, late, early]) is early
    assert next_of([background]) is background
    assert next_of([]) is None


def test_only_a_completion_replaces_and_only_those_of_its_client():
    old, others, action = Job(1), Job(2, client=2), Job(3, Priority.ACTION)
    new = Job(4)

    assert replaced_by(new, [old, others, action, new]) == [old]
    assert replaced_by(Job(5, Priority.ACTION), [old, action]) == []


def test_the_least_urgent_gives_way_and_never_to_a_lesser_one():
    action, background = Job(1, Priority.ACTION), Job(2, Priority.BACKGROUND)

    assert gives_way_to(Job(3), [action, background]) is background
    assert gives_way_to(Job(3, Priority.BACKGROUND), [action, background]) is None
    assert gives_way_to(Job(3), []) is None


def test_a_step_takes_about_as_long_as_one_may_wait():
    fast, slow = Pace(128), Pace(128)
    for _ in range(30):
        fast.saw(fast.step_tokens(), fast.step_tokens() / 10_000)
        slow.saw(slow.step_tokens(), slow.step_tokens() / 20)

    assert fast.step_tokens() == 128
    assert slow.step_tokens() == 32, "smaller steps cost more than they are worth"
    assert slow.expected_s(32) > STEP_S

    medium = Pace(128)
    for _ in range(30):
        medium.saw(medium.step_tokens(), medium.step_tokens() / 500)
    assert 0.5 * STEP_S <= medium.step_tokens() / 500 <= STEP_S


def share(choice: ThreadChoice, seconds: dict[int, float], steps: int) -> dict[int, int]:
    """How often each number of threads is used, if a token takes *seconds* with it."""
    used = dict.fromkeys(seconds, 0)
    for _ in range(steps):
        count = choice.next()
        used[count] += 1
        choice.saw(count, seconds[count])
    return used


def test_the_fastest_number_of_threads_is_found_and_kept():
    free = share(ThreadChoice([2, 1]), {2: 0.010, 1: 0.018}, 1000)
    busy = share(ThreadChoice([2, 1]), {2: 0.400, 1: 0.018}, 1000)

    assert free[2] > 900
    assert busy[1] > 950


def test_a_change_of_the_machine_is_noticed():
    choice = ThreadChoice([4, 2, 1])
    share(choice, {4: 0.010, 2: 0.015, 1: 0.025}, 500)

    assert share(choice, {4: 0.400, 2: 0.200, 1: 0.025}, 500)[1] > 400
    assert share(choice, {4: 0.010, 2: 0.015, 1: 0.025}, 5000)[4] > 2000


def test_one_thread_needs_no_choice():
    assert worth_trying(1) == [1]
    assert worth_trying(2) == [2, 1]
    assert worth_trying(8) == [8, 4, 1]
    assert share(ThreadChoice([1]), {1: 0.1}, 50) == {1: 50}


def test_after_each_death_the_next_start_waits_longer_and_then_there_is_none():
    deaths = Deaths()

    delays = [deaths.record(float(second), was_loading=False) for second in range(DEATHS_MAX)]

    assert delays == [0.25, 0.5, 1.0, 2.0, None]


def test_rare_deaths_are_forgiven():
    deaths = Deaths()

    assert {deaths.record(200.0 * time, was_loading=False) for time in range(20)} == {0.25}


def test_a_file_that_kills_twice_while_it_is_loaded_is_not_tried_a_third_time():
    deaths = Deaths()

    assert deaths.record(0, was_loading=True) == 0.25
    assert deaths.record(1, was_loading=True) is None

    deaths.forget()
    assert deaths.record(2, was_loading=True) == 0.25


def test_a_prompt_is_out_after_two_strikes():
    strikes = Strikes()
    strikes.add(7)
    assert not strikes.is_out(7)

    strikes.add(7)

    assert strikes.is_out(7)
    assert not strikes.is_out(8)


def test_what_was_measured_is_where_the_next_start_begins():
    first = ThreadChoice([4, 2, 1])
    share(first, {4: 0.4, 2: 0.01, 1: 0.02}, 100)

    assert ThreadChoice([4, 2, 1], first.measured()).next() == 2
    assert ThreadChoice([8, 4, 1], first.measured()).next() == 8, "another machine"
    assert Pace(128, 0.0001).step_tokens() == 128


def test_the_memory_of_speeds_may_hold_anything(tmp_path):
    """A file of the user's cache: it may be cut, old, or written by somebody else."""
    path = tmp_path / "speed.json"
    known = Measured(prompt_s={2: 0.01, 1: 0.02}, token_s={1: 0.05}, step_token_s=0.012)
    write(path, "a model", known)
    write(path, "another", Measured())

    assert read(path, "a model") == known
    assert read(path, "a third") == Measured()
    for content in [
        "",
        "[]",
        "{}",
        '{"a model": 3}',
        '{"a model": {"prompt_s": {"x": -1}}}',
        path.read_text()[:50],
    ]:
        path.write_text(content)
        assert read(path, "a model") == Measured()
