"""`kibitz doctor`: look at the whole set-up from Python to a real answer; name each fault and its cure."""

import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from itertools import chain
from pathlib import Path
from typing import Literal

import click

from lsp_server import __version__
from lsp_server.cancellation import Cancellation
from lsp_server.cli.console import BAD_INPUT, out, print_json, progress
from lsp_server.editor.adoption import is_too_wide
from lsp_server.errors import KibitzError
from lsp_server.model import catalog, machine
from lsp_server.model.choice import CHOSEN, chosen
from lsp_server.model.facts import read_model_info
from lsp_server.model.port import GenerationRequest, ModelInfo, Priority
from lsp_server.prompting.families import family_for
from lsp_server.prompting.fim import fim_pieces
from lsp_server.workspace.repository import Workspace
from lsp_server.workspace.roots import find_root
from lsp_server.workspace.workers import DEADLY

State = Literal["ok", "warning", "fault"]
PACKAGES = ("llama-cpp-python", "pygls", "lsprotocol", "tree-sitter", "numpy")
ASIDE_SHOWN = 5
SLOW_TOKENS_PER_SECOND = 8.0  # below it, sixteen tokens of ghost text take longer than two seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    topic: str
    state: State
    what: str
    cure: str = ""


@click.command("doctor")
@click.option(
    "--model", default=CHOSEN, metavar="NAME|FILE.gguf", help="Default: the one `kibitz models use` chose."
)
@click.option(
    "--root", type=click.Path(path_type=Path), help="The repository. Default: the one around this folder."
)
@click.option("--json", "wants_json", is_flag=True, help="One JSON object, for programs.")
def doctor_command(*, model: str, root: Path | None, wants_json: bool) -> None:
    """Check the set-up, from Python to a real answer of the model; name each fault and its cure.

    The repository is read, too: files that could not be are named.

    Exit code 0: everything works, perhaps with warnings. 2: something has to be mended first.
    """
    findings: list[Finding] = []
    with progress("Looking …") as say:
        top = find_root(Path.cwd()) if root is None else root
        repository = iter(()) if root is None and is_too_wide(top) else examine_repository(top)
        for finding in chain(examine(model or chosen()), repository):
            findings.append(finding)
            say(f"Looking … {finding.topic}")
            if not wants_json:
                _show(finding)
    faults = [finding for finding in findings if finding.state == "fault"]
    if wants_json:
        print_json({"version": __version__, "ok": not faults, "findings": [asdict(it) for it in findings]})
    elif faults:
        out.print(f"\n[bold red]{len(faults)} to mend.[/] The line with → says how.")
    else:
        out.print("\n[bold green]Kibitz works here.[/]")
    if faults:
        sys.exit(BAD_INPUT)


def examine(model: str) -> Iterator[Finding]:
    """Every finding, in the order in which they depend on each other; a fault may end it."""
    yield _python()
    yield from _packages()
    try:
        info = read_model_info(catalog.resolve(model))
    except KibitzError as error:
        yield Finding(topic="Model file", state="fault", what=str(error), cure=error.hint)
        return
    size = f"{info.size_bytes / 1e6:,.0f} MB, {info.quantization}"
    yield Finding(
        topic="Model file", state="ok", what=f"{info.name}, {size}, context {info.context_length} tokens"
    )
    yield _fim_tokens(info)
    free = machine.free_bytes()
    yield Finding(
        topic="Memory",
        state="ok" if info.size_bytes * 1.3 + 3e8 < free else "warning",
        what=f"{free / 1e9:.1f} GB free, the model takes about {(info.size_bytes * 1.1 + 2e8) / 1e9:.1f} GB",
        cure=""
        if info.size_bytes * 1.3 + 3e8 < free
        else "Close other programs, or use a smaller quantization.",
    )
    yield Finding(topic="Threads", state="ok", what=f"{machine.threads()} for the model")
    yield _round_trip(info)


def examine_repository(root: Path) -> Iterator[Finding]:
    """Reads it, as the server would. Files that end whoever reads them are set aside, and named here."""
    if not root.is_dir():
        yield Finding(
            topic="Repository",
            state="fault",
            what=f"there is no folder {root}",
            cure="--root names the repository's folder.",
        )
        return
    with closing(Workspace(root)) as workspace:
        workspace.start()
        workspace.wait_until_indexed(None)
        found = workspace.progress
    what = f"{root}: {found.done:,} files, {found.lines:,} lines"
    if found.trouble:
        yield Finding(topic="Repository", state="warning", what=what, cure=found.trouble)
        return
    aside = [f"{path} ({why})" for path, why in found.skipped_paths if why.startswith(DEADLY)]
    yield Finding(
        topic="Repository",
        state="warning" if aside else "ok",
        what=f"{what}; set aside: {', '.join(aside[:ASIDE_SHOWN])}" if aside else what,
        cure="Nothing else suffers. Leave them out with `kibitz.context.exclude`, or make them smaller."
        if aside
        else "",
    )


def _python() -> Finding:
    free_threaded = not getattr(sys, "_is_gil_enabled", lambda: True)()
    what = f"{sys.version.split()[0]} at {sys.executable}"
    if free_threaded:
        cure = "Use the ordinary build: tree-sitter and pygls are not made for free-threaded Python."
        return Finding(topic="Python", state="fault", what=f"{what}, free-threaded", cure=cure)
    return Finding(topic="Python", state="ok", what=what)


def _packages() -> Iterator[Finding]:
    stated = (requires("kibitz") or []) if _is_installed("kibitz") else []
    pinned = dict(it.split("==", 1) for it in stated if "==" in it and ";" not in it)
    for package in PACKAGES:
        try:
            found = version(package)
        except PackageNotFoundError:
            yield Finding(
                topic=package, state="fault", what="not installed",
                cure="Install Kibitz again: pip install --force-reinstall kibitz (a C++ compiler is needed).",
            )  # fmt: skip
            continue
        wanted = pinned.get(package, found)
        yield Finding(
            topic=package,
            state="ok" if found == wanted else "warning",
            what=found if found == wanted else f"{found}, tested with {wanted}",
            cure="" if found == wanted else f"pip install {package}=={wanted}",
        )


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _fim_tokens(info: ModelInfo) -> Finding:
    try:
        family = family_for(info)
    except KibitzError as error:
        return Finding(topic="Fill-in tokens", state="fault", what=str(error), cure=error.hint)
    known = ", ".join(f"{role} {text}" for role, text in info.fim_tokens.items()) or "those of its family"
    return Finding(topic="Fill-in tokens", state="ok", what=f"{family.title}: {known}")


def _round_trip(info: ModelInfo) -> Finding:
    """Load the model in a host of its own kind and let it write a few tokens."""
    from lsp_server.model.local import LocalModel

    started = time.perf_counter()
    try:
        family = family_for(info)
        model = LocalModel(Path(info.path))
        try:
            generation = model.generate(
                GenerationRequest(
                    pieces=fim_pieces(
                        family, repository="example", path="add.py", language="python",
                        prefix="def add(a, b):\n    return", suffix="\n", snippets=(),
                    ),
                    max_tokens=16, min_tokens=16, priority=Priority.COMPLETION, stop_tokens=family.end_tokens,
                ),
                Cancellation(),
            )  # fmt: skip
        finally:
            model.close()
    except KibitzError as error:
        return Finding(topic="Round trip", state="fault", what=str(error), cure=error.hint)
    seconds = time.perf_counter() - started
    speed = generation.tokens.generated / max(1e-6, generation.generation_ms / 1000)
    what = f"answered {seconds:.1f} s after the start, then writes {speed:.0f} tokens/s"
    if speed < SLOW_TOKENS_PER_SECOND:
        return Finding(
            topic="Round trip", state="warning", what=what,
            cure="Choose a smaller model or quantization: ghost text will come late with this one.",
        )  # fmt: skip
    return Finding(topic="Round trip", state="ok", what=what)


def _show(finding: Finding) -> None:
    mark = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "fault": "[red]✗[/]"}[finding.state]
    out.print(f"{mark} [bold]{finding.topic:17}[/] {finding.what}", highlight=False)
    if finding.cure:
        out.print(f"  {'':17} [dim]→[/] {finding.cure}", highlight=False)
