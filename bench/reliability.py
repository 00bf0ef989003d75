"""What the protocol core costs, and what survives: the README's reliability table.

    python -m bench.reliability                  # all of it, about an hour
    python -m bench.reliability --only changes --only greeting

Everything runs against real processes of this checkout, with folders of their own. Seeds are fixed; the
moments at which processes are killed depend on the machine. What one process does alone is told in seconds
of its core, so that other work on the machine does not count; what takes several is told by the clock.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import psutil

from bench.reliability_kills import kill_hosts
from lsp_server.editor.documents import OpenDocuments
from tests.fuzz.targets import run as fuzz
from tests.lsp.editor import private, scripted_server
from tests.lsp.raw_client import PYTHON, ROOT, ServerProcess
from tests.survival.process_tree import MODES, seconds_until_gone

SEED = 20_260_101
CHANGES = 60_000
EDITS = 20_000
URI = "file:///repository/a.py"
HELLO = {"processId": None, "rootUri": None, "capabilities": {"general": {"positionEncodings": ["utf-16"]}}}

Row = tuple[str, str, str]  # what, figure, goal


def changes(arguments: argparse.Namespace) -> Iterator[Row]:
    """Notifications into a real server, as fast as it takes them; a request afterwards proves that it did."""
    random = Random(SEED)
    text = "".join(f"value_{number} = {number}\n" for number in range(4_000))  # 94 KB
    with server() as started:
        open_document(started, text)
        messages = []
        for version in range(2, CHANGES + 2):
            messages.append(framed(change(version, random.randrange(4_000), 5, "x" if version % 2 else "")))
        data = b"".join(messages)
        process = psutil.Process(started.process.pid)
        cpu_before, began = sum(process.cpu_times()[:2]), time.perf_counter()
        started.send_bytes(data)
        after = started.request("test/text", {"uri": URI}, 120)
        took, cpu = time.perf_counter() - began, sum(process.cpu_times()[:2]) - cpu_before
        assert len(after) > len(text)
    yield (
        "didChange into a 94 KB file, real process",
        f"{CHANGES / cpu:,.0f} for each second of one core; {CHANGES / took:,.0f}/s beside what else ran",
        "≥ 20,000/s",
    )


def large(arguments: argparse.Namespace) -> Iterator[Row]:
    """Edits of one open document, in this process: what the server does for each notification."""
    line = "    total = total + price * quantity  # a line of code\n"
    yield edits("an edit in a 50 MB file of 900,000 lines", line * 900_000, 900_000, "≤ 1 ms p99")
    yield edits("an edit on a line of a million characters", "x" * 1_000_000 + "\n", 1, "≤ 10 ms p99")
    wide = "é漢😀x" * 250_000 + "\n"
    yield edits("… that are not ASCII, counted in UTF-16", wide, 1, "≤ 10 ms p99", count=2_000)


def edits(what: str, text: str, lines: int, goal: str, count: int = EDITS) -> Row:
    random = Random(SEED)
    opened = OpenDocuments(text_max=1 << 30)
    opened.open({"uri": URI, "languageId": "python", "version": 1, "text": text})
    took = []
    count = count if lines > 1 else min(count, 2_000)
    width = len(text) // lines
    for version in range(2, count + 2):
        new = random.choice(("x", "", "\n", "paste\nof\nlines\n")) if lines > 1 else random.choice(("x", ""))
        here = {"line": random.randrange(lines), "character": random.randrange(width)}
        changes = [{"range": {"start": here, "end": here}, "text": new}]
        began = time.thread_time()
        opened.change({"uri": URI, "version": version}, changes)
        took.append(time.thread_time() - began)
    return (
        what,
        f"median {1000 * statistics.median(took):.3f} ms, p99 {1000 * share(took, 0.99):.2f} ms",
        goal,
    )


def followed(arguments: argparse.Namespace) -> Iterator[Row]:
    """A large file that the server follows: how long a request waits behind a keystroke."""
    line = "    total = total + price * quantity  # a line of code\n"
    text = line * 300_000  # 16.5 MB
    took = []
    with server() as started:
        open_document(started, text)
        started.request("test/echo", 1, 60)
        for version in range(2, 402):
            began = time.perf_counter()
            started.send(change(version, 7 * version, 4, "x"))
            started.request("test/echo", 1)
            took.append(time.perf_counter() - began)
            time.sleep(0.01)
    yield (
        "a keystroke and an answer behind it, 16.5 MB file, real process",
        f"median {1000 * statistics.median(took):.1f} ms, p99 {1000 * share(took, 0.99):.1f} ms",
        "–",
    )


def greeting(arguments: argparse.Namespace) -> Iterator[Row]:
    """From the start of the process to the answer of `initialize`."""
    took = []
    with tempfile.TemporaryDirectory() as home:
        for _ in range(arguments.greetings):
            began = time.perf_counter()
            process = subprocess.Popen(
                [PYTHON, "-m", "lsp_server", "serve"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**private(Path(home)), "PATH": "/usr/bin:/bin"},
            )
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(framed({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO}))
            process.stdin.flush()
            assert process.stdout.readline().startswith(b"Content-Length")
            took.append(time.perf_counter() - began)
            process.kill()
            process.wait()
    yield (
        f"`initialize` answered by a new process, {len(took)} times",
        f"median {1000 * statistics.median(took):.0f} ms, p95 {1000 * share(took, 0.95):.0f} ms",
        "≤ 400 ms p95",
    )


def trees(arguments: argparse.Namespace) -> Iterator[Row]:
    """All processes after the editor was killed while they were idle, loading, generating or indexing."""
    took = []
    for number in range(arguments.trees):
        took.append(seconds_until_gone(MODES[number % len(MODES)], "editor")[0])
        progress(f"trees: {number + 1} of {arguments.trees}")
    yield (
        f"all processes gone after the editor was killed, {len(took)} runs",
        f"median {statistics.median(took):.2f} s, p99 {share(took, 0.99):.2f} s, longest {max(took):.2f} s",
        "≤ 1 s p99",
    )


def kills(arguments: argparse.Namespace) -> Iterator[Row]:
    """The model's process, killed at random moments of loading, reading a prompt, generating, idling."""
    record = kill_hosts(arguments.kills, arguments.seed, arguments.servers, arguments.record, progress)
    found = record.kills
    for kill in found:
        if kill.why:
            progress(f"{kill}\n")
    moments = ", ".join(f"{count} {what}" for what, count in record.during().most_common())
    aside = len(record.all) - len(found)
    back_s = [it.back_s for it in found if it.back_s is not None]
    yield (
        f"model host killed at random moments, {len(found):,} times ({moments}"
        f"{f'; {aside} set aside' if aside else ''})",
        f"{sum(it.is_session_lost for it in found)} sessions lost, "
        f"{sum(it.unanswered for it in found)} of {sum(it.asked for it in found)} requests unanswered, "
        f"{sum(it.late for it in found)} after more than 30 s, "
        f"{len(found) - len(back_s)} next completions missing; "
        f"next one after {statistics.median(back_s):.1f} s, p99 {share(back_s, 0.99):.1f} s, "
        f"longest {max(back_s):.1f} s",
        "0, 0, 0",
    )


def damages(arguments: argparse.Namespace) -> Iterator[Row]:
    """A third of them each: the saved index, kept answers, frames with the states of the model."""
    found, count = [], 0
    for target in ("kept_index", "kept_answers", "saved_frames"):
        done, _, _, failure = fuzz(target, arguments.seed, 3600.0, -(-arguments.damages // 3), 0)
        count += done
        found += [failure] if failure else []
    yield (
        f"saved index, kept answers and saved frames damaged, {count:,} ways",
        "; ".join(found) or "0 wrong answers, 0 failed starts",
        "0, 0",
    )


MEASURES: dict[str, Callable[[argparse.Namespace], Iterator[Row]]] = {
    "changes": changes, "large": large, "followed": followed, "greeting": greeting, "trees": trees,
    "kills": kills, "damages": damages,
}  # fmt: skip


@contextmanager
def server() -> Iterator[ServerProcess]:
    with tempfile.TemporaryDirectory() as home:
        started = scripted_server(Path(home))
        try:
            started.request("initialize", HELLO, 30)
            started.notify("initialized", {})
            yield started
        finally:
            started.kill()


def open_document(started: ServerProcess, text: str) -> None:
    item = {"uri": URI, "languageId": "python", "version": 1, "text": text}
    started.notify("textDocument/didOpen", {"textDocument": item})
    started.request("test/echo", 1, 60)


def change(version: int, line: int, character: int, text: str) -> dict[str, object]:
    here = {"line": line, "character": character}
    return {
        "jsonrpc": "2.0",
        "method": "textDocument/didChange",
        "params": {
            "textDocument": {"uri": URI, "version": version},
            "contentChanges": [{"range": {"start": here, "end": here}, "text": text}],
        },
    }


def framed(message: object) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def share(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def progress(words: str) -> None:
    print(f"\r{words}   ", end="", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.reliability", description=__doc__.split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--only", action="append", choices=list(MEASURES))
    parser.add_argument("--seed", type=int, default=SEED, help="of the kills and the damages")
    parser.add_argument("--greetings", type=int, default=60)
    parser.add_argument("--trees", type=int, default=200)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--servers", type=int, default=3, help="driven at once while hosts are killed")
    parser.add_argument(
        "--record", type=Path, help="a file for each kill as it happens; the run goes on from what it holds"
    )
    parser.add_argument("--damages", type=int, default=5_000)
    arguments = parser.parse_args()
    print("| what | figure | goal |\n|---|---|---|")
    for name in arguments.only or MEASURES:
        for what, figure, goal in MEASURES[name](arguments):
            print(f"| {what} | {figure} | {goal} |", flush=True)


if __name__ == "__main__":
    main()
