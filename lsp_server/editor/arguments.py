"""Read what an editor sent as plain data, where its types may be newer than ours."""

from collections.abc import Mapping
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

_NUMBER_MAX = 2**31 - 1


Spot = tuple[int, int]  # line and character, as an editor counts


def at(tree: object, name: str) -> Any:
    return tree.get(name) if isinstance(tree, dict) else None


def text_at(tree: object, name: str) -> str:
    """Raises invalid params, as all of these."""
    value = at(tree, name)
    if not isinstance(value, str):
        raise JsonRpcInvalidParams(f"there is no text `{name}`")
    return value


def spot_at(tree: object, name: str) -> Spot:
    place = at(tree, name)
    line, character = _number(at(place, "line")), _number(at(place, "character"))
    if line is None or character is None:
        raise JsonRpcInvalidParams(f"there is no `{name}` with a line and a character")
    return line, character


def position_at(tree: object, name: str) -> lsp.Position:
    line, character = spot_at(tree, name)
    return lsp.Position(line=line, character=character)


def range_at(tree: object, name: str) -> lsp.Range:
    where = at(tree, name)
    return lsp.Range(start=position_at(where, "start"), end=position_at(where, "end"))


def mappings(value: object) -> list[dict[str, Any]]:
    """Those of a list; nothing if it is none."""
    return [it for it in value if isinstance(it, dict)] if isinstance(value, list) else []


def words_of(problem: Mapping[str, Any]) -> str:
    """The message of a diagnostic, which may be marked up."""
    message = problem.get("message")
    if isinstance(message, dict):
        message = message.get("value")
    return message if isinstance(message, str) else ""


def _number(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return min(value, _NUMBER_MAX)
