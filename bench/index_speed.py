"""How fast is a repository read, opened again, asked? `python -m bench.index_speed [--lines 1000000]`

The repository: CPython's own Lib of the running interpreter and networkx, in one folder, cut to size. Each
measurement runs in a process of its own: reading everything (cold), also per second of processor time of the
server and of its workers, workers alone whose answers nobody keeps, opening what was saved and answering a
first request (warm start), one changed file, requests of 2,048 tokens at fixed places, each in another
file, and on the line after each, memory, and how long a language server that reads it all takes to answer a
small request meanwhile. What a worker needs to start, before it reads, does not count as its time.
"""

import json
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import psutil

from bench.registries import fetched

BUDGET_TOKENS, PLACES = 2_048, 200
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
CHARACTERS_PER_TOKEN = 3.5
NETWORKX = "3.6.1"


def laid_out(folder: Path, lines: int) -> int:
    """Copy whole files until there are *lines*; how many there are then."""
    library = Path(sysconfig.get_path("stdlib"))
    roots = [library, fetched("networkx", registry="wheel", version=NETWORKX)]
    paths = [
        (root, path)
        for root in roots
        for path in sorted(root.rglob("*.py"))
        if "site-packages" not in path.parts and path.stat().st_size < 400_000
    ]
    random.Random(1).shuffle(paths)
    count = 0
    for root, path in paths:
        if count >= lines:
            break
        target = folder / root.name / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_bytes()
        target.write_bytes(text)
        count += text.count(b"\n")
    return count


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


class Memory:
    """The most that this process and its children held, in megabytes; looked at every 50 ms."""

    def __init__(self) -> None:
        self.own = self.children = 0.0
        self._is_over = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> dict[str, float]:
        self._is_over.set()
        return {"server_mb": round(self.own), "workers_mb": round(self.children)}

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._is_over.wait(0.05):
            self.own = max(self.own, me.memory_info().rss / 1e6)
            children = 0.0
            for child in me.children(recursive=True):
                try:
                    children += child.memory_info().rss / 1e6
                except psutil.Error:
                    continue
            self.children = max(self.children, children)


# What the processes of their own do.


def cold(root: Path, store: Path) -> dict[str, Any]:
    from lsp_server.workspace.indexing import IN_PROCESS_MAX_FILES
    from lsp_server.workspace.repository import Workspace
    from lsp_server.workspace.workers import worker_count

    start_seconds = worker_start_seconds(root)
    memory = Memory()
    began = time.perf_counter()
    with closing(Workspace(root, store_folder=store)) as workspace:
        workspace.start()
        workspace.wait_until_indexed(None)
        seconds = time.perf_counter() - began
        spent = sum(psutil.Process().cpu_times()[:2])
        children = children_seconds()
        found = workspace.progress
        at_rest = psutil.Process().memory_info().rss / 1e6
        workers = worker_count(found.files) if found.files > IN_PROCESS_MAX_FILES else 0
        return {
            "lines": found.lines, "files": found.done, "seconds": seconds, "server_seconds": spent,
            "all_seconds": spent + children - start_seconds,
            "workers": workers, "workers_seconds": children - (1 + workers) * start_seconds,
            "at_rest_mb": round(at_rest), **memory.stop(),
        }  # fmt: skip


def readers(root: Path, workers: Path) -> dict[str, Any]:
    """So many *workers* read all files, and nothing is done with what they answer."""
    from lsp_server.workspace.walk import walk
    from lsp_server.workspace.workers import IndexWorkers

    paths = [it.path for it in walk(root, exclude=(), skip=lambda *_: None) if not it.is_layout]
    processes = int(workers.name)
    start_seconds = worker_start_seconds(root)
    began = time.perf_counter()
    read = [it.path for it in IndexWorkers(root, paths, processes=processes).results() if it.data]
    return {
        "seconds": time.perf_counter() - began,
        "workers_seconds": children_seconds() - (1 + processes) * start_seconds,
        "lines": sum((root / path).read_bytes().count(b"\n") for path in read),
    }  # fmt: skip


def worker_start_seconds(root: Path) -> float:
    """Of processor time, for a worker that is asked for nothing. Call it before there was another child."""
    from lsp_server.workspace.workers import worker_environment

    subprocess.run(
        [sys.executable, "-m", "lsp_server.workspace.index_worker"], env=worker_environment(),
        input=json.dumps(str(root)).encode() + b"\n", stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    return children_seconds()


def children_seconds() -> float:
    """Of processor time that the children took which have ended."""
    times = psutil.Process().cpu_times()
    return float(times.children_user + times.children_system)


def warm(root: Path, store: Path) -> dict[str, Any]:
    began = time.perf_counter()
    from lsp_server.completion.limits import visible_automatically
    from lsp_server.context.gather import gather
    from lsp_server.syntax.languages import language_of
    from lsp_server.text.document import Document
    from lsp_server.workspace.repository import Workspace

    with closing(Workspace(root, store_folder=store)) as workspace:
        workspace.start()
        rng = random.Random(3)
        paths = sorted(
            it.relative_to(root).as_posix() for it in root.rglob("*.py") if it.stat().st_size > 3_000
        )

        def ask() -> tuple[float, float]:
            """At the end of a line of some file; then at the end of the next."""
            path = rng.choice(paths)
            text = (root / path).read_text("utf-8", "replace")
            offset = max(0, text.rfind("\n", 0, rng.randrange(len(text) // 2, len(text))))
            document = Document(path=path, text=text, language=language_of(path), version=1)
            snapshot = workspace.snapshot.with_document(document)
            times = []
            for at in (offset, max(offset, text.find("\n", offset + 1))):
                visible = visible_automatically(document, at)
                start = time.perf_counter()
                gather(
                    snapshot, document, at,
                    budget_tokens=BUDGET_TOKENS, count_tokens=_estimated, visible=visible,
                )  # fmt: skip
                times.append(1000 * (time.perf_counter() - start))
            return times[0], times[1]

        while not workspace.snapshot.paths:
            time.sleep(0.005)
        ask()
        first = time.perf_counter() - began
        workspace.wait_until_indexed(None)
        whole = time.perf_counter() - began
        for _ in range(10):
            ask()
        times, next_line = zip(*[ask() for _ in range(PLACES)], strict=True)
        changed = [_changed(workspace, root / rng.choice(paths), root) for _ in range(5)]
        return {
            "first_context_s": first, "all_known_s": whole, "request_ms": times,
            "next_line_ms": next_line, "changed_ms": changed,
            "at_rest_mb": round(psutil.Process().memory_info().rss / 1e6),
        }  # fmt: skip


def _changed(workspace: Any, path: Path, root: Path) -> float:
    """Milliseconds from a change on disk that is announced to its being known."""
    name = f"quite_new_name_{time.monotonic_ns()}"
    path.write_text(path.read_text("utf-8", "replace") + f"\n\ndef {name}():\n    pass\n", "utf-8")
    start = time.perf_counter()
    workspace.refresh([path.relative_to(root).as_posix()])
    while not workspace.snapshot.definitions(name):
        time.sleep(0.001)
        if time.perf_counter() - start > 30:
            break
    return 1000 * (time.perf_counter() - start)


def _estimated(texts: Sequence[str]) -> list[int]:
    return [int(len(text) / CHARACTERS_PER_TOKEN) + 1 for text in texts]


def pings(root: Path, home: Path) -> dict[str, Any]:
    """A real server reads the repository; a small request every 50 ms."""
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": str(home / "cache")}
    process = subprocess.Popen(
        [sys.executable, "-m", "lsp_server", "serve"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    sent: dict[int, float] = {}
    times: list[float] = []
    over, is_ready = threading.Event(), threading.Event()

    def send(message: dict[str, Any]) -> None:
        assert process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        process.stdin.flush()

    def read() -> None:
        assert process.stdout is not None
        while header := process.stdout.readline():
            length = int(header.split(b":")[1])
            process.stdout.readline()
            message = json.loads(process.stdout.read(length))
            if message.get("id") == 2 and "method" not in message:
                is_ready.set()
            if message.get("id") in sent and "method" not in message:
                times.append(1000 * (time.perf_counter() - sent[message["id"]]))
            elif message.get("method") == "$/progress":
                is_index = str(message["params"]["token"]).startswith("kibitz-index")
                if is_index and message["params"]["value"].get("kind") == "end":
                    over.set()
            elif "method" in message and "id" in message:
                send({"id": message["id"], "result": None})

    threading.Thread(target=read, daemon=True).start()
    abilities = {"window": {"workDoneProgress": True}}
    send({"id": 1, "method": "initialize", "params": {"processId": None, "capabilities": abilities,
          "rootUri": root.as_uri()}})  # fmt: skip
    send({"method": "initialized", "params": {}})
    send({"id": 2, "method": "kibitz/lastRequest", "params": {}})
    is_ready.wait(30)  # Python is started and everything imported
    began = time.perf_counter()
    number = 2
    while not over.is_set() and time.perf_counter() - began < 120:
        number += 1
        sent[number] = time.perf_counter()
        send({"id": number, "method": "kibitz/lastRequest", "params": {}})
        time.sleep(0.05)
    process.kill()
    return {"pings": len(times), "p50_ms": percentile(times, 0.5), "p99_ms": percentile(times, 0.99)}


CHILDREN: dict[str, Callable[[Path, Path], dict[str, Any]]] = {
    "cold": cold, "readers": readers, "warm": warm, "pings": pings,
}  # fmt: skip


def in_process(what: str, root: Path, folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.index_speed", "--child", what, str(root), str(folder)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parent.parent,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@click.command(help=__doc__)
@click.option("--lines", default=1_000_000, show_default=True, help="The largest repository.")
@click.option("--workers", default=1, show_default=True, help="How many read when workers read alone.")
@click.option("--png", type=click.Path(path_type=Path), help="Request time against size. Needs matplotlib.")
@click.option("--child", type=click.Choice(list(CHILDREN)), hidden=True)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def main(*, lines: int, workers: int, png: Path | None, child: str | None, paths: tuple[Path, ...]) -> None:
    if child:
        print(json.dumps(CHILDREN[child](*paths)))
        return
    rows: list[tuple[int, dict[str, Any], dict[str, Any]]] = []
    for size in (it for it in SIZES if it <= lines):
        top = Path(tempfile.mkdtemp(prefix="kibitz-index-"))
        root, store = top / "repository", top / "store"
        laid_out(root, size)
        rows.append((size, in_process("cold", root, store), in_process("warm", root, store)))
        if size == max(it for it in SIZES if it <= lines):
            alone = in_process("readers", root, Path(str(workers)))
            answered = in_process("pings", root, top / "home")
        shutil.rmtree(top, ignore_errors=True)  # what the ended server began may still write there
    print(
        "| lines | cold, lines/s | … per second of processor time | … of the server's | … of a worker's "
        "| first context | request p50 / p95 | … on the next line | changed file | server MB | workers MB |"
    )
    print("|---" * 11 + "|")
    for _, first, again in rows:
        times, on_next = again["request_ms"], again["next_line_ms"]
        read = first["lines"]
        print(
            f"| {read:,} | {read / first['seconds']:,.0f} | {read / first['all_seconds']:,.0f} | "
            f"{read / first['server_seconds']:,.0f} | {of_a_worker(first)} | "
            f"{again['first_context_s']:.2f} s | "
            f"{percentile(times, 0.5):.1f} / {percentile(times, 0.95):.1f} ms | "
            f"{percentile(on_next, 0.5):.1f} / {percentile(on_next, 0.95):.1f} ms | "
            f"{percentile(again['changed_ms'], 0.5):.0f} ms | {again['at_rest_mb']} | "
            f"{first['workers_mb']:.0f} |"
        )
    own = alone["lines"] / alone["workers_seconds"]
    print(f"\nWorkers alone, {workers}: {alone['lines'] / alone['seconds']:,.0f} lines/s, "
          f"{own:,.0f} per second of a worker")  # fmt: skip
    print(f"A small request while the largest is read: {answered['p50_ms']:.1f} ms (median), "
          f"{answered['p99_ms']:.1f} ms (p99) of {answered['pings']}")  # fmt: skip
    if png:
        plot([(it[1]["lines"], it[2]["request_ms"]) for it in rows], png)


def of_a_worker(first: dict[str, Any]) -> str:
    """Lines per second of processor time, and how many workers there were."""
    if not first["workers"]:
        return "none"
    return f"{first['lines'] / first['workers_seconds']:,.0f} ({first['workers']})"


def plot(points: list[tuple[int, list[float]]], path: Path) -> None:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 3.6), dpi=130)
    for share, label in ((0.5, "median"), (0.95, "p95")):
        axes.plot(
            [it for it, _ in points], [percentile(times, share) for _, times in points], "o-", label=label
        )
    axes.set(
        xscale="log", yscale="log", xlabel="lines in the repository", ylabel="ms for 2,048 tokens of context"
    )
    axes.set_yticks([it for it in (1, 2, 5, 10, 20, 50, 100, 200) if it <= 2 * axes.get_ylim()[1]])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path)


if __name__ == "__main__":
    main()
