"""`kibitz stats`: how ghost text did on this machine."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import click
from rich.table import Table

from lsp_server.cli.console import fails_clearly, out, print_json
from lsp_server.statistics.journal import Journal, default_path
from lsp_server.statistics.request import Request
from lsp_server.statistics.summary import Summary, histogram, summary

DAY_S = 86_400
BAR = 40  # characters


@click.command("stats")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 365), help="How far back.")
@click.option("--clear", is_flag=True, help="Forget everything that was counted.")
@click.option("--json", "wants_json", is_flag=True, help="One JSON object, for programs.")
@fails_clearly
def stats_command(*, days: int, clear: bool, wants_json: bool) -> None:
    """Show how fast ghost text came, and how much of it was accepted and kept.

    Counted on this machine, for you; nothing is sent, and no code is in it. The setting
    `kibitz.statistics.enabled` turns the counting off. Accepted is what appeared in the file at one
    stroke; kept is what still stood there half a minute later.

    \b
    kibitz stats --days 30
    kibitz stats --json
    """
    journal = Journal(default_path())
    if clear:
        journal.clear()
        out.print("What was counted is forgotten.")
        return
    since = time.time() - days * DAY_S
    requests = [it for it in journal.requests() if it.at >= since]
    whole = summary(requests)
    by_day = _by_day(requests)
    if wants_json:
        print_json(
            {
                "days": days,
                "all": None if whole is None else asdict(whole),
                "by_day": {day: asdict(it) for day, it in by_day.items()},
                "ghost_ms": dict(histogram(requests)),
            }
        )
        return
    if whole is None:
        out.print(
            f"Nothing was counted in the last {days} days. Type in an editor with Kibitz, then look again."
        )
        return
    out.print(_table(by_day, whole))
    out.print()
    out.print("Time from the request to ghost text")
    most = max(count for _, count in histogram(requests)) or 1
    for label, count in histogram(requests):
        out.print(f"  {label:>14}  {'█' * round(BAR * count / most):{BAR}} {count:>6,}")
    out.print()
    out.print(f"[dim]{whole.reused_share:.0%} of prompt tokens were in memory; "
              f"{whole.without_model:,} answers needed no model.[/]")  # fmt: skip


def _by_day(requests: Sequence[Request]) -> dict[str, Summary]:
    days: dict[str, list[Request]] = {}
    for it in requests:
        day = datetime.fromtimestamp(it.at).astimezone().strftime("%Y-%m-%d")
        days.setdefault(day, []).append(it)
    return {day: found for day, of in sorted(days.items()) if (found := summary(of)) is not None}


def _table(by_day: dict[str, Summary], whole: Summary) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("")
    for heading in (
        "requests",
        "ghost text, ms\nmedian",
        "\np95",
        "tokens\nevaluated",
        "shown",
        "accepted",
        "kept",
    ):
        table.add_column(heading, justify="right")
    for name, it in [*by_day.items(), ("all", whole)]:
        table.add_row(
            name, f"{it.requests:,}", f"{it.ghost_ms_median:,.0f}", f"{it.ghost_ms_p95:,.0f}",
            f"{it.evaluated_median:,.0f}", f"{it.shown:,}", _share(it.accepted, it.shown),
            _share(it.kept, it.kept_of),
        )  # fmt: skip
    return table


def _share(part: int, whole: int) -> str:
    return f"{part:,} ({part / whole:.0%})" if whole else "–"
