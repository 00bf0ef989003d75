"""A stopped run spends no budget."""

import signal
import subprocess
import sys
import time

RUN = """
import time
from training.train.clock import RunningClock
clock = RunningClock()
begun = time.monotonic()
print("ready", flush=True)
while time.monotonic() - begun < 5.5:
    time.sleep(0.05)
print(clock.seconds, time.monotonic() - begun, flush=True)
"""
STOPPED_S = 3.5


def test_seconds_in_which_the_process_was_stopped_do_not_count():
    with subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGSTOP)
        time.sleep(STOPPED_S)
        process.send_signal(signal.SIGCONT)
        running, passed = map(float, process.stdout.readline().split())
    assert passed >= 5.5
    assert abs(passed - running - STOPPED_S) < 1.0


def test_seconds_of_a_process_that_nobody_stops_all_count():
    run = RUN.replace("5.5", "2.0")
    running, passed = map(float, subprocess.check_output([sys.executable, "-c", run], text=True).split()[1:])
    assert abs(running - passed) < 0.6
