"""`kibitz context`: exactly what a model would be shown at one place, and why."""

import json
import re
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click
from rich.panel import Panel
from rich.syntax import Syntax
from rich.text import Text

from lsp_server.cli.console import err, fails_clearly, out, print_json, progress
from lsp_server.cli.counting import Counter, make_counter
from lsp_server.cli.place import Place, PlaceType
from lsp_server.completion.limits import visible_automatically
from lsp_server.context.gather import gather
from lsp_server.context.recent import NOTHING_RECENT, Recent, Region
from lsp_server.context.snippet import Snippet
from lsp_server.errors import BadPosition, KibitzError
from lsp_server.text.document import Document
from lsp_server.workspace.documents import document_of_text, path_within, read_document
from lsp_server.workspace.repository import Workspace
from lsp_server.workspace.roots import find_root

DEFAULT_BUDGET_TOKENS = 1_024
_LINES = re.compile(r":(?P<first>\d+)(?:-(?P<last>\d+))?$")


@click.command("context")
@click.argument("place", type=PlaceType(columns="required"), required=False)
@click.option(
    "--root", type=click.Path(path_type=Path), help="The repository. Default: found upwards from PATH."
)
@click.option(
    "--budget-tokens", type=click.IntRange(0, 1_000_000), default=DEFAULT_BUDGET_TOKENS, show_default=True
)
@click.option("--model", metavar="NAME|FILE.gguf", help="Count with its tokenizer. Default: the chosen one.")
@click.option(
    "--exclude", multiple=True, metavar="PATTERN", help="Show nothing of these files; as in a .gitignore."
)
@click.option(
    "--recent",
    multiple=True,
    metavar="PATH[:FIRST[-LAST]]",
    help="As if this file were open in the editor, and these lines edited lately; the newest first.",
)
@click.option("--json", "wants_json", is_flag=True, help="One JSON object, for programs.")
@click.option("--batch", "is_batch", is_flag=True, help="Answer JSON lines on standard input until it ends.")
@fails_clearly
def context_command(
    *,
    place: Place | None,
    root: Path | None,
    budget_tokens: int,
    model: str | None,
    exclude: tuple[str, ...],
    recent: tuple[str, ...],
    wants_json: bool,
    is_batch: bool,
) -> None:
    """Show what of the repository a model would see at PATH:LINE:COLUMN (from 1), and why.

    \b
    kibitz context src/shop/cart.py:12:5
    kibitz context --json --budget-tokens 512 src/shop/cart.py:12:5

    With --batch, each line asks {"root", "file", "line", "character", "budget_tokens", "text"?, "visible"?}:
    line and character count from 0, characters are code points (the same as UTF-16 units outside of emoji
    and other rare characters), "file" is relative to "root", and "text" replaces what is on disk. "visible"
    is [first line, last line] that your prompt shows of the file itself; beyond them it is searched like
    any other. Each answer is one line: {"chunks": [{"path", "start_line", "end_line", "text", "reason"}],
    "milliseconds"}, its lines from 0, or {"error", "hint"}.
    """
    with make_counter(model) as counter:
        if is_batch:
            _answer_lines(counter, exclude, budget_tokens)
            return
        if place is None:
            raise click.UsageError("Name a place, PATH:LINE:COLUMN, or say --batch.")
        top = (root or find_root(place.path)).resolve()
        document = read_document(top, place.path)
        offset = place.offset_in(document)
        with closing(_indexed(top, exclude)) as workspace:
            used = _recent(top, recent, workspace.snapshot.paths)
            visible = visible_automatically(document, offset)
            gathered = _gathered(workspace, document, offset, budget_tokens, counter, exclude, visible, used)
        if wants_json:
            print_json(_as_json(document, place, budget_tokens, counter, gathered))
        else:
            _show(gathered, counter, budget_tokens)


@dataclass(frozen=True, slots=True)
class _Gathered:
    snippets: Sequence[Snippet]
    milliseconds: float
    tokens: Sequence[int]


def _gathered(
    workspace: Workspace,
    document: Document,
    offset: int,
    budget_tokens: int,
    counter: Counter,
    exclude: Sequence[str],
    visible: tuple[int, int] | None,
    recent: Recent = NOTHING_RECENT,
) -> _Gathered:
    started = time.perf_counter()
    snippets = gather(
        workspace.snapshot, document, offset,
        budget_tokens=budget_tokens, count_tokens=counter.count_tokens, exclude=exclude, recent=recent,
        visible=visible,
    )  # fmt: skip
    milliseconds = (time.perf_counter() - started) * 1_000
    return _Gathered(
        snippets, milliseconds, counter.count_tokens([f"{it.path}\n{it.text}\n" for it in snippets])
    )


def _recent(root: Path, asked: Sequence[str], known: Collection[str]) -> Recent:
    """Raises UsageError for what is none of the *known* files."""
    paths: list[str] = []
    regions: list[Region] = []
    for it in asked:
        lines = _LINES.search(it)
        paths.append(path_within(root, Path(it if lines is None else it[: lines.start()])))
        if paths[-1] not in known:
            raise click.UsageError(
                f"--recent {it}: there is no such file in {root}, or it is left out. "
                "Name one that `kibitz context` may show, as src/shop/cart.py:10-15."
            )
        if lines is not None:
            first, last = int(lines["first"]), int(lines["last"] or lines["first"])
            if not 1 <= first <= last:
                raise click.UsageError(f"--recent {it}: lines count from 1, the first before the last.")
            regions.append(Region(paths[-1], first - 1, last - 1))
    return Recent(tuple(paths), tuple(regions))


def _indexed(root: Path, exclude: Sequence[str]) -> Workspace:
    workspace = Workspace(root, exclude=exclude)
    with progress("Reading the repository …") as say:
        workspace.start(lambda it: say(f"Reading the repository … {it.done} of {it.files} files"))
        workspace.wait_until_indexed(None)
    return workspace


def _as_json(
    document: Document, place: Place, budget_tokens: int, counter: Counter, gathered: _Gathered
) -> Mapping[str, object]:
    return {
        "path": document.path,
        "line": place.line,
        "column": place.column,
        "budget_tokens": budget_tokens,
        "tokens": sum(gathered.tokens),
        "counted_by": counter.name,
        "milliseconds": round(gathered.milliseconds, 2),
        "snippets": [
            {
                "path": it.path,
                "start_line": it.start_line + 1,
                "end_line": it.end_line + 1,
                "reason": it.reason,
                "score": round(it.score, 3),
                "tokens": tokens,
                "text": it.text,
            }
            for it, tokens in zip(gathered.snippets, gathered.tokens, strict=True)
        ],
    }


def _show(gathered: _Gathered, counter: Counter, budget_tokens: int) -> None:
    for snippet, tokens in zip(gathered.snippets, gathered.tokens, strict=True):
        title = Text(f"{snippet.path}:{snippet.start_line + 1}-{snippet.end_line + 1}", style="bold")
        about = Text(f"{snippet.reason} · score {snippet.score:.2f} · {tokens} tokens", style="dim")
        code = Syntax(
            snippet.text, Syntax.guess_lexer(snippet.path), background_color="default", word_wrap=True
        )
        out.print(
            Panel(
                code,
                title=title,
                title_align="left",
                subtitle=about,
                subtitle_align="left",
                border_style="dim",
            )
        )
    if not gathered.snippets:
        out.print("Nothing else of the repository is worth showing here.", style="yellow")
    out.print(
        f"[dim]{sum(gathered.tokens)} of {budget_tokens} tokens ({counter.name}), "
        f"{len(gathered.snippets)} snippets, {gathered.milliseconds:.1f} ms[/]"
    )
    if counter.note:
        err.print(f"[yellow]{counter.note}[/]")


def _answer_lines(counter: Counter, exclude: Sequence[str], budget_tokens: int) -> None:
    workspaces: dict[Path, Workspace] = {}
    try:
        for line in sys.stdin:
            if not line.strip():
                continue
            try:
                answer = _answer(json.loads(line), workspaces, counter, exclude, budget_tokens)
            except KibitzError as error:
                answer = {"error": str(error), "hint": error.hint}
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                answer = {
                    "error": f"not a request: {error!r}",
                    "hint": 'A request is one line: {"root", "file", "line", "character", "budget_tokens"}.',
                }
            print_json(answer)
    finally:
        for workspace in workspaces.values():
            workspace.close()


def _answer(
    request: Mapping[str, object],
    workspaces: dict[Path, Workspace],
    counter: Counter,
    exclude: Sequence[str],
    budget_tokens: int,
) -> Mapping[str, object]:
    root = Path(str(request["root"])).resolve()
    if not root.is_dir():
        raise BadPosition(f"there is no folder {root}", hint='"root" is the repository\'s folder.')
    line, character = _number(request, "line"), _number(request, "character")
    budget = _number(request, "budget_tokens") if "budget_tokens" in request else budget_tokens
    path = root / str(request["file"])
    text = request.get("text")
    document = document_of_text(root, path, text) if isinstance(text, str) else read_document(root, path)
    if line >= document.line_count or character > len(document.line_text(line)):
        raise BadPosition(
            f"{path_within(root, path)} has no place {line}:{character}",
            hint="Lines and characters count from 0.",
        )
    if root not in workspaces:
        workspaces[root] = _indexed(root, exclude)
    offset = document.offset_at(line, character)
    visible = _visible(document, request["visible"]) if "visible" in request else None
    gathered = _gathered(workspaces[root], document, offset, budget, counter, exclude, visible)
    return {
        "chunks": [
            {
                "path": it.path,
                "start_line": it.start_line,
                "end_line": it.end_line,
                "text": it.text,
                "reason": it.reason,
            }
            for it in gathered.snippets
        ],
        "milliseconds": round(gathered.milliseconds, 2),
    }


def _visible(document: Document, lines: object) -> tuple[int, int]:
    """As offsets. Raises ValueError for what are no two lines, the first before the last."""
    found = [_number({"visible": it}, "visible") for it in lines] if isinstance(lines, list) else []
    if len(found) != 2 or found[0] > found[1]:
        raise ValueError('"visible" is the first and the last line that the prompt shows, from 0')
    first, last = found
    return document.offset_at(first, 0), document.offset_at(last + 1, 0)


def _number(request: Mapping[str, object], name: str) -> int:
    value = request[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} must be a number from 0")
    return value
