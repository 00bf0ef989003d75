"""What is counted stays, in bounds, and holds nothing but numbers."""

import json
from dataclasses import replace

from click.testing import CliRunner

from lsp_server.cli.main import main
from lsp_server.statistics import journal as journals
from lsp_server.statistics.journal import Journal
from lsp_server.statistics.summary import histogram, summary
from tests.statistics.test_observing import request


def test_what_was_noted_is_read_again(tmp_path):
    journal = Journal(tmp_path / "deep" / "requests.jsonl")
    requests = [replace(request(3), at=float(it), outcome="whole", is_kept=True) for it in range(3)]
    journal.note(requests[:2])
    journal.note(requests[2:])
    assert list(journal.requests()) == requests
    assert (tmp_path / "deep" / "requests.jsonl").stat().st_mode & 0o077 == 0


def test_the_journal_stays_small_and_keeps_the_latest(tmp_path, monkeypatch):
    monkeypatch.setattr(journals, "BYTES_MAX", 2_000)
    journal = Journal(tmp_path / "requests.jsonl")
    for number in range(100):
        journal.note([replace(request(), at=float(number))])
    assert sum(it.stat().st_size for it in tmp_path.iterdir()) <= 4_000
    assert [it.at for it in journal.requests()][-1] == 99.0


def test_damaged_lines_are_passed_over(tmp_path):
    path = tmp_path / "requests.jsonl"
    journal = Journal(path)
    journal.note([request()])
    good = path.read_text()
    path.write_bytes(b'\xff\n{"at": 1}\n[]\n{"at":"x"}\n' + good.encode() + good[:30].encode())
    assert list(journal.requests()) == [request()]


def test_a_folder_that_cannot_be_made_costs_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    Journal(tmp_path / "file" / "requests.jsonl").note([request()])


def test_figures():
    requests = [
        replace(request(5), ghost_ms=float(ms), outcome=outcome, is_kept=kept)
        for ms, outcome, kept in [
            (5, "nothing", None), (15, "ignored", None), (30, "whole", True), (3_000, "part", False),
            (40, "whole", None), (60, "typed", None),
        ]
    ]  # fmt: skip
    found = summary(requests)
    assert found is not None
    assert (found.requests, found.shown, found.accepted, found.kept, found.kept_of) == (6, 5, 3, 1, 2)
    assert found.ghost_ms_median == 35
    assert found.reused_share == 0.5
    assert dict(histogram(requests))["over 2000 ms"] == 1
    assert sum(count for _, count in histogram(requests)) == 6
    assert summary([]) is None


def test_the_command_shows_a_table_and_forgets(tmp_path, monkeypatch):
    import time

    path = tmp_path / "requests.jsonl"
    monkeypatch.setattr("lsp_server.cli.stats.default_path", lambda: path)
    run = CliRunner().invoke
    assert "Nothing was counted" in run(main, ["stats"]).output
    Journal(path).note([replace(request(5), at=time.time(), outcome="whole", is_kept=True)] * 4)
    shown = run(main, ["stats"]).output
    assert "4 (100%)" in shown
    assert "█" in shown
    assert json.loads(run(main, ["stats", "--json"]).output)["all"]["accepted"] == 4
    run(main, ["stats", "--clear"])
    assert not path.exists()
