"""The bench that kills model hosts knows what it killed, and goes on from what it has written down."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from bench.reliability_kills import Kill, Record, kill_hosts


def test_a_run_goes_on_from_its_record(tmp_path: Path) -> None:
    file = tmp_path / "kills.jsonl"
    first = Record(file)
    first.add(Kill(session=0, doing="idle", back_s=1.5))
    first.add(Kill(session=1, doing="loading", is_set_aside=True))
    again = Record(file)
    assert again.all == first.all
    assert again.during() == Counter(idle=1)  # what was set aside says nothing
    assert again.next_session() == 2


@pytest.mark.model
@pytest.mark.timeout(240)
@pytest.mark.skipif(sys.platform != "linux", reason="signals")
def test_a_session_kills_in_each_state_and_loses_nothing(tmp_path: Path) -> None:
    """What a host is at when it dies depends on the machine; that it loads first does not."""
    file = tmp_path / "kills.jsonl"
    record = kill_hosts(4, 1, 1, file, lambda words: None)
    assert len(record.kills) == 4
    assert len(file.read_text().splitlines()) == len(record.all)
    for kill in record.kills:
        assert kill.doing in ("loading", "reading a prompt", "generating", "idle"), kill.why
        assert not kill.is_session_lost
        assert kill.unanswered == 0
        assert kill.back_s is not None
