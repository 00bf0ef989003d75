"""Messages of the protocol's own grammar, right and wrong, to a real server. Counted in messages.

Each request gets exactly one reply, nothing is written outside of frames, and the server goes on.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from random import Random
from typing import Any

from lsprotocol import types as lsp

from tests.fuzz.effort import Effort
from tests.fuzz.grammar import ODD, TO_SERVER, Grammar
from tests.lsp.editor import runtime_folder, scripted_server
from tests.lsp.raw_client import ServerProcess

MESSAGES_PER_TRY = 500
ANSWER_MAX_S = 60.0
TRIES_PER_SESSION = 20
URIS = ["file:///fuzz/a.py", "file:///fuzz/b.ts", "untitled:c", "vscode-notebook-cell:/n.ipynb#1", "nonsense"]
LEFT_OUT = {lsp.EXIT, lsp.SHUTDOWN}  # they end what is to go on; `test_process.py` has them
MORE = ["kibitz/lastRequest", "test/echo", "test/text", "$/unknown", "unknown/unknown", ""]


def fuzz(effort: Effort) -> None:
    tries = iter(effort)
    while (first := next(tries, None)) is not None:
        session(first, tries, effort)


def session(first: Random, tries: Iterator[Random], effort: Effort) -> None:
    """One server, which a client of any abilities greets, and which gets odd answers to what it asks."""
    home = Path(tempfile.mkdtemp(prefix="kibitz-fuzz-"))
    server = scripted_server(home)
    server.answer = lambda message: answer(first, message)
    try:
        told = server.request("initialize", greeting(first), 30)
        assert told["serverInfo"]["name"] == "kibitz", f"seed {effort.seed}, try {effort.number}"
        server.notify("initialized", {})
        ids = Ids()
        for random in chain([first], islice(tries, TRIES_PER_SESSION - 1)):
            batch(random, server, ids, effort)
        assert server.stray == b"", f"seed {effort.seed}, try {effort.number}"
    finally:
        server.kill()
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(runtime_folder(home), ignore_errors=True)


def greeting(random: Random) -> object:
    """Of a client that may be newer than we are, or mad; but that lives, and opens no folder of this machine."""
    kinds = TO_SERVER[lsp.INITIALIZE]
    params = Grammar(random, URIS).params(kinds, random.choice((0.0, 0.02, 0.2)))
    if not isinstance(params, dict):
        return params
    return params | {"processId": None, "rootUri": None, "rootPath": None, "workspaceFolders": None}


def answer(random: Random, message: dict[str, Any]) -> object:
    """Right, wrong, an error, or none at all; settings are often a list of one tree."""
    if random.random() < 0.1:
        return NotImplemented
    if random.random() < 0.2:
        raise KeyError(message["method"])
    odd = random.choice(ODD)
    return [odd] if message["method"] == lsp.WORKSPACE_CONFIGURATION and random.random() < 0.8 else odd


class Ids:
    def __init__(self) -> None:
        self.last = 1000

    def new(self, random: Random) -> int | str:
        self.last += 1
        return self.last if random.random() < 0.8 else f"s{self.last}"


def batch(random: Random, server: ServerProcess, ids: Ids, effort: Effort) -> None:
    grammar = Grammar(random, URIS)
    expected: Counter[object] = Counter()
    without_id = 0  # what is answered with an id of null
    data = []
    for _ in range(MESSAGES_PER_TRY):
        message = one(random, grammar, ids)
        if isinstance(message, dict):
            number = message.get("id")
            is_request = "id" in message and "method" in message
            if (
                is_request
                and isinstance(number, int | str)
                and not isinstance(number, bool)
                and isinstance(message["method"], str)
            ):
                expected[number] += 1
            elif is_request:
                without_id += 1
        else:
            without_id += 1
        body = json.dumps(message).encode()
        data.append(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    end = ids.new(random)
    expected[end] += 1
    data.append(framed({"jsonrpc": "2.0", "id": end, "method": "test/echo", "params": "end"}))
    server.received.clear()
    server.send_bytes(b"".join(data))
    settle(server, expected, without_id, effort)
    effort.done += MESSAGES_PER_TRY


def settle(server: ServerProcess, expected: Counter[object], without_id: int, effort: Effort) -> None:
    """Wait until everything is answered; then nothing may be answered twice."""
    deadline = time.monotonic() + ANSWER_MAX_S
    while True:
        got = Counter(it.get("id") for it in server.received if "method" not in it)
        nulls = got.pop(None, 0)
        if got == expected and nulls == without_id:
            return
        too_many = got - expected
        assert not too_many, f"seed {effort.seed}, try {effort.number}: answered twice: {too_many}"
        assert time.monotonic() < deadline, (
            f"seed {effort.seed}, try {effort.number}: {sorted(map(str, expected - got))[:5]} unanswered, "
            f"{nulls} of {without_id} without an id\n{server.log()[-2000:]}"
        )
        assert server.process.poll() is None, (
            f"seed {effort.seed}, try {effort.number}: it ended\n{server.log()}"
        )
        server.received_for(0.02)


def one(random: Random, grammar: Grammar, ids: Ids) -> Any:
    chance = random.random()
    if chance < 0.02:
        return random.choice([it for it in ODD if not isinstance(it, dict)])
    if chance < 0.05:  # replies to questions that were never asked
        return {
            "jsonrpc": "2.0",
            "id": random.choice(ODD),
            random.choice(("result", "error")): random.choice(ODD),
        }
    if chance < 0.07:
        return {"jsonrpc": "2.0", "id": random.choice(ODD[:8]), "method": random.choice(ODD), "params": []}
    if chance < 0.12:
        return {
            "jsonrpc": "2.0",
            "method": lsp.CANCEL_REQUEST,
            "params": {"id": ids.last - random.randrange(4)},
        }
    if chance < 0.17:
        return {
            "jsonrpc": "2.0",
            "id": ids.new(random),
            "method": random.choice(MORE),
            "params": random.choice(ODD),
        }
    method = random.choice([it for it in TO_SERVER if it not in LEFT_OUT])
    kinds = TO_SERVER[method]
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
    if kinds[1] is not None:
        message["id"] = ids.new(random)
    if random.random() > 0.02:
        message["params"] = grammar.params(kinds, random.choice((0.0, 0.0, 0.05, 0.3)))
    return message


def framed(message: object) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
