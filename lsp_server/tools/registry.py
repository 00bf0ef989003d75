"""The one place where a call of a tool is looked up, validated, run within its time and cut to its size.

Whoever calls gets a result, whatever happens: an error is a result that says what to do.
"""

import json
import logging
import threading
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from rapidfuzz import process

from lsp_server.cancellation import Cancellation, Cancelled
from lsp_server.errors import KibitzError
from lsp_server.index.snapshot import Snapshot
from lsp_server.tools.tool import Arguments, Tool, ToolLimits, ToolResult

_log = logging.getLogger(__name__)

NEAR_NAME_MIN = 60  # of 100
_ABANDONED_MAX = 4  # calls over their time that may still be running; with more, no new one starts


class Registry:
    """Safe to use from any thread. Raises ValueError if two tools have one name."""

    def __init__(self, tools: Sequence[Tool], limits: ToolLimits) -> None:
        self.tools: Mapping[str, Tool] = MappingProxyType({it.name: it for it in tools})
        if len(self.tools) != len(tools):
            raise ValueError("two tools have the same name")
        self.limits = limits
        self._running = threading.Semaphore(_ABANDONED_MAX)

    def call(
        self, name: str, arguments: object, snapshot: Snapshot, cancellation: Cancellation
    ) -> ToolResult:
        """*arguments*: an object, or its JSON text. Raises Cancelled, and nothing else."""
        cancellation.check()
        tool = self.tools.get(name)
        if tool is None:
            return _malformed(f"There is no tool {name[:80]!r}. {self._names_like(name)}")
        checked = _checked(tool, arguments)
        if isinstance(checked, str):
            return _malformed(checked)
        return self._run(tool, checked, snapshot, cancellation)

    def _run(
        self, tool: Tool, arguments: Arguments, snapshot: Snapshot, cancellation: Cancellation
    ) -> ToolResult:
        if not self._running.acquire(timeout=self.limits.seconds):
            return ToolResult(text="Earlier calls still run over their time. Try later.", is_error=True)
        inner = Cancellation()
        cancellation.on_cancel(inner.cancel)
        outcome: list[ToolResult] = []
        is_done = threading.Event()
        inner.on_cancel(is_done.set)

        def work() -> None:
            try:
                outcome.append(self._answered(tool, arguments, snapshot, inner))
            finally:
                self._running.release()
                is_done.set()

        threading.Thread(target=work, name=f"kibitz-tool-{tool.name}", daemon=True).start()
        is_done.wait(self.limits.seconds)
        cancellation.check()
        found = list(outcome)
        inner.cancel()
        if found:
            return found[0]
        seconds = f"{self.limits.seconds:g}"
        return ToolResult(text=f"{tool.name} was stopped after {seconds} s. Ask for less.", is_error=True)

    def _answered(
        self, tool: Tool, arguments: Arguments, snapshot: Snapshot, cancellation: Cancellation
    ) -> ToolResult:
        try:
            text = tool.work(snapshot, arguments, cancellation)
        except KibitzError as error:
            return ToolResult(text=f"{error}. {error.hint}", is_error=True)
        except Cancelled:
            return ToolResult(text="Cancelled.", is_error=True)
        except Exception:  # noqa: BLE001 - a bug costs one result, never the session
            _log.exception("%s failed", tool.name)
            return ToolResult(text=f"{tool.name} failed; the log says how. Go on without it.", is_error=True)
        return _cut(text, self.limits.characters_max)

    def _names_like(self, name: str) -> str:
        near = process.extractOne(name[:80], list(self.tools), score_cutoff=NEAR_NAME_MIN)
        if near is not None:
            return f"Did you mean {near[0]}?"
        return f"There are: {', '.join(self.tools)}."


def _checked(tool: Tool, arguments: object) -> Arguments | str:
    """The arguments, or what is wrong with them."""
    if isinstance(arguments, str | bytes):
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError):
            return f"The arguments of {tool.name} are not JSON. {_shape(tool)}"
    try:
        return tool.arguments.model_validate(arguments)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, it['loc'])) or 'arguments'}: {it['msg']}" for it in error.errors()[:5]
        )
        return f"The arguments of {tool.name} are wrong: {wrong}. {_shape(tool)}"


def _shape(tool: Tool) -> str:
    schema: Any = tool.schema()
    shown = {name: it.get("type", "any") for name, it in schema.get("properties", {}).items()}
    return f"It takes {json.dumps(shown)}, of which {json.dumps(schema.get('required', []))} must be given."


def _malformed(text: str) -> ToolResult:
    return ToolResult(text=text, is_error=True, is_malformed=True)


def _cut(text: str, characters_max: int) -> ToolResult:
    if len(text) <= characters_max:
        return ToolResult(text=text)
    note = f"\n… cut: {len(text):,} characters, of which {characters_max:,} are shown. Ask for less."
    kept = text[: max(0, characters_max - len(note))]
    return ToolResult(text=(kept + note)[:characters_max], is_cut=True)
