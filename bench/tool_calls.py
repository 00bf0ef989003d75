"""Calls that a model of dice writes, and servers that misbehave: `python -m bench.tool_calls`

The first asks a random-weight model (the tiny one of the tests) for one call of the registry's tools each
time, under the grammar made from their schemas, and validates what comes. The second asks a server that
stalls, never ends, drops the line, sends garbage or refuses, for answers and for calls, and looks whether
each came to an answer or a clear sentence within the time that was set.
"""

import argparse
import json
import logging
import sys
import tempfile
import time
from pathlib import Path

from lsp_server.cancellation import Cancellation
from lsp_server.chat.endpoint import EndpointChat
from lsp_server.chat.local import ANSWER, call_schema
from lsp_server.chat.port import ToolOffer, Turn
from lsp_server.errors import ModelUnavailable
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.local import LocalModel
from lsp_server.model.port import GenerationRequest, Priority
from lsp_server.model.web import WebLimits, web_server
from lsp_server.tools.all_tools import registry
from lsp_server.tools.looking_around import LookingLimits, look_around
from lsp_server.tools.tool import ToolLimits
from tests.chat.bad_server import WAYS, BadServer
from tests.model.tiny_gguf import write_tiny_model

TOOLS = registry(ToolLimits(seconds=1.0, characters_max=2_000))
OFFERS = [
    ToolOffer(name=it.name, description=it.description, schema=it.schema()) for it in TOOLS.tools.values()
]
LIMITS = WebLimits(silence_s=0.5, seconds=1.0)
# The client tries three times, with pauses of about a second in all.
WITHIN_S = LIMITS.seconds + 3 * LIMITS.silence_s + 2.0
DICE = 8.0  # at 1 the tiny model likes a few tokens best, and so a few tools
QUESTION = [Turn(role="user", content="What is net?")]


def main() -> None:
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(prog="python -m bench.tool_calls", description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000)
    parser.add_argument("--troubles", type=int, default=200)
    arguments = parser.parse_args()
    print(f"Model of dice, {len(OFFERS)} tools: {_valid_calls(arguments.calls)}")
    print(f"Servers that misbehave, {len(WAYS)} ways: {_troubles(arguments.troubles)}")


def _valid_calls(count: int) -> str:
    schema = json.dumps(call_schema(OFFERS))
    valid, tokens, tools = 0, 0, set[str]()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.gguf"
        write_tiny_model(path)
        model = LocalModel(path, settings=HostSettings(threads=1, saved_mib=0), folder=Path(folder))
        for seed in range(count):
            request = GenerationRequest(
                pieces=(f"call {seed}: ",), max_tokens=1_000, priority=Priority.ACTION, schema=schema,
                temperature=DICE, seed=seed,
            )  # fmt: skip
            answer = model.generate(request, Cancellation())
            tokens += answer.tokens.generated
            valid += _is_valid(answer.text, tools)
            _tell(seed + 1, count)
        model.close()
    drawn = f"{len(tools)} of {len(OFFERS) + 1} choices drawn"
    return f"{valid:,} of {count:,} valid; {drawn}, {tokens / count:.0f} tokens a call"


def _is_valid(text: str, tools: set[str]) -> bool:
    try:
        call = json.loads(text)
        tools.add(call["tool"])
        if call["tool"] == ANSWER:
            return set(call) == {"tool"}
        TOOLS.tools[call["tool"]].arguments.model_validate(call["arguments"])
    except (ValueError, KeyError, TypeError):
        return False
    return set(call) == {"tool", "arguments"}


def _troubles(count: int) -> str:
    snapshot = Snapshot.of(Path("/repository"), [])
    limits = LookingLimits(calls=8, repairs=1, seconds=2.0, call_tokens=100)
    held = answers = sentences = 0
    longest = 0.0
    for number in range(count):
        way = WAYS[number % len(WAYS)]
        with BadServer(way) as server:
            chat = EndpointChat(web_server(server.url), LIMITS)
            began = time.monotonic()
            try:
                if number // len(WAYS) % 2:
                    look_around(
                        chat, QUESTION, registry=TOOLS, snapshot=snapshot, limits=limits,
                        cancellation=Cancellation(),
                    )  # fmt: skip
                    within = limits.seconds + WITHIN_S
                else:
                    within = WITHIN_S
                    chat.answer(
                        QUESTION, max_tokens=20, cancellation=Cancellation(), on_text=lambda text: None
                    )
                answers += 1
                is_clear = True
            except ModelUnavailable as problem:
                sentences += 1
                is_clear = bool(str(problem) and problem.hint)
            took = time.monotonic() - began
        longest = max(longest, took)
        held += is_clear and took <= within
        _tell(number + 1, count)
    return (
        f"{held} of {count} came to an end ({answers}) or a clear sentence ({sentences}) in time; "
        f"longest {longest:.1f} s, one answer's time being {LIMITS.seconds:g} s and three tries"
    )


def _tell(done: int, count: int) -> None:
    if sys.stderr.isatty() or done == count:
        print(f"\r{done:,} of {count:,}", end="\n" if done == count else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
