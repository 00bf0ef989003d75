"""Deadlines share one thread; each comes in time, and none after it was left."""

import threading
import time

from lsp_server.cancellation import Cancellation
from lsp_server.completion.deadline import Deadlines


def test_each_comes_in_its_own_time_whatever_the_order():
    deadlines, late, soon = Deadlines(), Cancellation(), Cancellation()
    told: list[str] = []
    done = threading.Event()
    soon.on_cancel(lambda: told.append("soon"))
    late.on_cancel(lambda: (told.append("late"), done.set()))
    with deadlines.after(0.2, late), deadlines.after(0.02, soon):
        assert done.wait(5)
    assert told == ["soon", "late"]


def test_what_was_left_in_time_is_not_cancelled():
    deadlines, left, after = Deadlines(), Cancellation(), Cancellation()
    with deadlines.after(0.02, left):
        pass
    done = threading.Event()
    after.on_cancel(done.set)
    with deadlines.after(0.04, after):
        assert done.wait(5)
    assert not left.is_cancelled


def test_nothing_is_kept_of_what_is_over():
    deadlines = Deadlines()
    threads = threading.active_count()
    for _ in range(1_000):
        with deadlines.after(60, Cancellation()):
            pass
    with deadlines.after(0.0, cancelled := Cancellation()):
        end = time.monotonic() + 5
        while not cancelled.is_cancelled and time.monotonic() < end:
            time.sleep(0.001)
    assert cancelled.is_cancelled
    assert threading.active_count() <= threads + 1
    assert not deadlines._waiting
    assert not deadlines._pending
