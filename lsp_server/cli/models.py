"""`kibitz models`: which there are, what one is, and which to use."""

from pathlib import Path
from typing import Any

import click
from rich.table import Table

from lsp_server.cli.console import fails_clearly, out, print_json
from lsp_server.errors import KibitzError
from lsp_server.model import catalog
from lsp_server.model.advice import advice, sizes_that_suit, this_machine, written_here
from lsp_server.model.choice import CHOSEN, choose, chosen
from lsp_server.model.facts import read_model_info
from lsp_server.model.port import ModelInfo
from lsp_server.prompting.chat import chat_family_of
from lsp_server.prompting.families import family_for, family_of


@click.group("models")
def models_command() -> None:
    """List, inspect and choose models.

    A model is a GGUF file. `bundled` is the small one that comes with Kibitz. Put others into the folder
    that `kibitz models list` names, or give a path.
    """


@models_command.command("list")
@click.option("--json", "wants_json", is_flag=True, help="One JSON object, for programs.")
@fails_clearly
def list_command(*, wants_json: bool) -> None:
    """What can be chosen by name, and what each can do."""
    using = chosen()
    rows: list[dict[str, Any]] = []
    for name in catalog.names():
        try:
            rows.append(
                _described(read_model_info(catalog.resolve(name)))
                | {"model": name, "is_chosen": name == using}
            )
        except KibitzError as error:
            rows.append(
                {"model": name, "is_chosen": name == using, "problem": str(error), "hint": error.hint}
            )
    if wants_json:
        print_json({"folder": str(catalog.user_folder()), "chosen": using, "models": rows})
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "Model", "Is", "Size", "Quantization", "Can"):
        table.add_column(column)
    for row in rows:
        mark = "[green]●[/]" if row["is_chosen"] else ""
        if "problem" in row:
            table.add_row(mark, row["model"], "[red]unusable[/]", "", "", row["problem"])
        else:
            size = f"{row['size_bytes'] / 1e6:,.0f} MB"
            table.add_row(mark, row["model"], row["name"], size, row["quantization"], ", ".join(row["can"]))
    out.print(table)
    out.print(sizes_that_suit(this_machine()), highlight=False)
    out.print(f"[dim]Your own: put .gguf files into {catalog.user_folder()}[/]")


@models_command.command("info")
@click.argument("model", default=CHOSEN, metavar="[NAME|FILE.gguf]")
@click.option("--json", "wants_json", is_flag=True, help="One JSON object, for programs.")
@fails_clearly
def info_command(*, model: str, wants_json: bool) -> None:
    """What a model's file says of itself, and what Kibitz would use it for. Nothing is loaded."""
    info = read_model_info(catalog.resolve(model or chosen()))
    if wants_json:
        print_json(
            _described(info) | {"path": info.path, "sha256": info.sha256, "fim_tokens": dict(info.fim_tokens)}
        )
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for key, value in _rows(info):
        table.add_row(key, value)
    out.print(table)
    said = advice(
        info.parameters, info.quantization, info.size_bytes, this_machine(), written_here(info.sha256)
    )
    if said:
        out.print(f"\n{said}", highlight=False)
    try:
        family_for(info)
    except KibitzError as error:
        out.print(f"\n[yellow]No completions:[/] {error}. {error.hint}")


@models_command.command("use")
@click.argument("model", metavar="NAME|FILE.gguf")
@fails_clearly
def use_command(*, model: str) -> None:
    """Use MODEL from now on, in the terminal and in every editor that does not name another."""
    path = catalog.resolve(model)
    info = read_model_info(path)
    choose(model if model in catalog.names() else str(path))
    out.print(f"Using [bold]{info.name}[/] ({info.quantization}). Restart the model in open editors.")
    try:
        family_for(info)
    except KibitzError as error:
        out.print(f"[yellow]But:[/] {error}. {error.hint}")


def _described(info: ModelInfo) -> dict[str, Any]:
    family = family_of(info)
    return {
        "name": info.name,
        "architecture": info.architecture,
        "parameters": info.parameters,
        "quantization": info.quantization,
        "size_bytes": info.size_bytes,
        "context_length": info.context_length,
        "licence": info.licence,
        "family": None if family is None else family.title,
        "can": _abilities(info),
    }


def _abilities(info: ModelInfo) -> list[str]:
    abilities = ["complete", "docstring"] if family_of(info) is not None else []
    return [*abilities, "explain"] if chat_family_of(info) is not None else abilities


def _rows(info: ModelInfo) -> list[tuple[str, str]]:
    family = family_of(info)
    parameters = "unknown" if info.parameters is None else f"{info.parameters / 1e6:,.1f} million"
    tokens = ", ".join(f"{role} {text}" for role, text in info.fim_tokens.items())
    return [
        ("Name", info.name),
        ("File", str(Path(info.path))),
        ("SHA-256", info.sha256),
        ("Size", f"{info.size_bytes / 1e6:,.1f} MB, {info.quantization}"),
        ("Architecture", f"{info.architecture}, {parameters} parameters"),
        ("Context", f"{info.context_length:,} tokens"),
        ("Vocabulary", f"{info.vocabulary_size:,} tokens"),
        ("Fill-in tokens", tokens or "none"),
        ("Family", "unknown" if family is None else family.title),
        ("Can", ", ".join(_abilities(info)) or "nothing that Kibitz does"),
        ("Licence", info.licence or "not stated in the file"),
    ]
