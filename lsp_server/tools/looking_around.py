"""A model that talks looks things up by itself before it answers: few calls, each once, within a time."""

import json
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.cancellation import Cancellation
from lsp_server.chat.port import Chat, ToolCall, ToolOffer, Turn
from lsp_server.errors import ModelUnavailable
from lsp_server.index.snapshot import Snapshot
from lsp_server.tools.registry import Registry

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingLimits:
    """No defaults: the caller knows better."""

    calls: int  # of one question, repairs and repetitions included
    repairs: int  # calls that were malformed; after one more the looking ends
    seconds: float  # for all of it
    call_tokens: int  # of one call


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    turns: tuple[Turn, ...]  # calls and what they found, to be put before the question for an answer
    calls: int
    ended_by: str  # "itself", "calls", "time", "repetition", "malformed", "failure", "cancelled"


def look_around(
    chat: Chat,
    turns: Sequence[Turn],
    *,
    registry: Registry,
    snapshot: Snapshot,
    limits: LookingLimits,
    cancellation: Cancellation,
) -> Looked:
    """Let *chat* call tools until it would rather answer. Never raises: what it found so far is returned."""
    offers = [
        ToolOffer(name=it.name, description=it.description, schema=it.schema())
        for it in registry.tools.values()
    ]
    gathered: list[Turn] = []
    seen: set[tuple[str, str]] = set()
    done = malformed = 0
    ends = time.monotonic() + limits.seconds
    with Cancellation() as in_time:
        cancellation.on_cancel(in_time.cancel)
        alarm = threading.Timer(limits.seconds, in_time.cancel)
        alarm.daemon = True
        alarm.start()
        try:
            while True:
                if cancellation.is_cancelled:
                    return _looked(gathered, done, "cancelled")
                if time.monotonic() >= ends:
                    return _looked(gathered, done, "time")
                wanted = chat.calls(
                    [*turns, *gathered], offers, max_tokens=limits.call_tokens, cancellation=in_time
                )
                if not wanted:
                    why = "cancelled" if cancellation.is_cancelled else "time"
                    return _looked(gathered, done, why if in_time.is_cancelled else "itself")
                wanted = _numbered(wanted, done)[: limits.calls - done]
                gathered.append(Turn(role="assistant", content="", calls=tuple(wanted)))
                is_over = ""
                for call in wanted:
                    done += 1
                    key = call.name, _canonical(call.arguments)
                    if key in seen:
                        found, is_over = "This was asked before; its result stands above.", "repetition"
                    else:
                        seen.add(key)
                        result = registry.call(call.name, call.arguments, snapshot, in_time)
                        found = result.text
                        malformed += result.is_malformed
                    gathered.append(Turn(role="tool", content=found, call=call))
                if malformed > limits.repairs:
                    is_over = "malformed"
                if not is_over and done >= limits.calls:
                    is_over = "calls"
                if is_over:
                    return _looked(gathered, done, is_over)
        except ModelUnavailable as problem:
            _log.warning("looking around ended: %s", problem)
            return _looked(gathered, done, "failure")
        except Exception:  # noqa: BLE001 - Cancelled among them; what was found is still worth an answer
            if not in_time.is_cancelled:
                _log.exception("looking around failed")
            why = "cancelled" if cancellation.is_cancelled else "time" if in_time.is_cancelled else "failure"
            return _looked(gathered, done, why)
        finally:
            alarm.cancel()


def _looked(gathered: list[Turn], calls: int, ended_by: str) -> Looked:
    """A call without its result would be no conversation: such a tail is left out."""
    while gathered and gathered[-1].calls:
        gathered.pop()
    answered = {id(it.call) for it in gathered if it.call is not None}
    whole = [
        it if not it.calls else Turn(role=it.role, content=it.content, calls=_answered(it.calls, answered))
        for it in gathered
    ]
    return Looked(turns=tuple(whole), calls=calls, ended_by=ended_by)


def _answered(calls: Sequence[ToolCall], answered: set[int]) -> tuple[ToolCall, ...]:
    return tuple(it for it in calls if id(it) in answered)


def _numbered(calls: Sequence[ToolCall], done: int) -> list[ToolCall]:
    """With an id where the model gave none, since some servers ask for one."""
    return [
        it if it.id else ToolCall(id=f"call_{done + number}", name=it.name, arguments=it.arguments)
        for number, it in enumerate(calls)
    ]


def _canonical(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), sort_keys=True)
    except (ValueError, RecursionError):
        return arguments
