"""What every command shares: failing clearly, spinning politely, colours only where they are seen."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console

from lsp_server.errors import KibitzError

P = ParamSpec("P")
R = TypeVar("R")

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, highlight=False)

BAD_INPUT = 2  # exit code of every expected failure; 1 is left to bugs


class Failure(click.ClickException):
    """One sentence and a way out, on standard error; exit code 2."""

    exit_code = BAD_INPUT

    def __init__(self, error: KibitzError) -> None:
        super().__init__(str(error))
        self.hint = error.hint

    def show(self, file: Any = None) -> None:
        err.print(f"[bold red]kibitz:[/] {_escaped(self.message)}", soft_wrap=True)
        err.print(f"  [dim]→[/] {_escaped(self.hint)}", soft_wrap=True)


def fails_clearly(command: Callable[P, R]) -> Callable[P, R]:
    """Decorate a command: a KibitzError becomes one sentence, its hint, and exit code 2."""

    @wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except KibitzError as error:
            raise Failure(error) from error

    return wrapper


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


@contextmanager
def progress(title: str) -> Iterator[Callable[[str], None]]:
    """A spinner on standard error while the block runs, on a terminal only; call it to change the words."""
    if not err.is_terminal:
        yield lambda words: None
        return
    with err.status(title) as status:
        yield lambda words: status.update(_escaped(words))


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
