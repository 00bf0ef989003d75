"""`kibitz serve` with a model that is played from a script; only tests start it.

    python -m tests.lsp.scripted_server STORE_FOLDER

Requests that exist here only: `test/say` sets what the model will answer, `test/hold` stops it in the
middle until `test/release`, `test/prompts` tells what it was asked; the others misbehave on purpose.
"""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lsp_server.editor.connection import Connection
from lsp_server.editor.stdio import private_stdio

if __name__ == "__main__":
    connection = Connection(*private_stdio())

from lsp_server.app.kibitz import Kibitz
from lsp_server.cancellation import Cancellation
from lsp_server.editor.server import KibitzServer
from lsp_server.editor.services import Answer, OnText, Problem, Progress, Replacement, Status
from lsp_server.errors import KibitzError, ModelUnavailable
from lsp_server.model.port import Model
from lsp_server.model.scripted import ScriptedModel
from lsp_server.settings import Settings
from lsp_server.text.document import Document


class PlainAnswers(Kibitz):
    """Explanations and docstrings that a test knows beforehand."""

    def explain(
        self, document: Document, problem: Problem, *, cancellation: Cancellation, on_text: OnText
    ) -> Answer:
        if problem.message == "slow":
            cancelled = threading.Event()
            cancellation.on_cancel(cancelled.set)
            cancelled.wait(10)
            cancellation.check()
        if problem.message == "unknown":
            raise KibitzError("nothing is known about it", hint="Ask somebody.")
        place = document.text[problem.start : problem.end]
        related = "".join(f", see {it.path}:{it.line + 1}: {it.message}" for it in problem.related)
        return Answer(
            title="Explain this error",
            markdown=f"`{place}`: {problem.message} ({problem.severity}){related}",
        )

    def explain_code(
        self, document: Document, start: int, end: int, *, cancellation: Cancellation, on_text: OnText
    ) -> Answer:
        """Written in three parts, slower than they may be sent."""
        place = document.text[start:end]
        for written in ("It", "It is", "It is one"):
            on_text(written)
            time.sleep(0.1)
        return Answer(title="Explain this code", markdown=f"It is `{place}`")

    def docstring_offer(self, document: Document, line: int) -> str:
        return "Write docstring" if document.line_text(line).lstrip().startswith("def ") else ""

    def docstring(
        self, document: Document, line: int, *, cancellation: Cancellation
    ) -> Sequence[Replacement]:
        if not self.docstring_offer(document, line):
            raise KibitzError("there is no definition here", hint="Put the cursor into one.")
        start = document.line_starts[line + 1]
        return [Replacement(start=start, end=start, text='    """Say it."""\n')]


def main() -> None:
    model = ScriptedModel()

    def make(settings: Settings, on_status: Callable[[Status], None]) -> Model:
        if settings.model == "slow":
            time.sleep(1)
        if settings.model == "missing":
            raise ModelUnavailable("there is no model called missing", hint="Choose another.")
        return model

    def say(params: dict[str, Any]) -> None:
        model.will_say(*params["answers"])

    def prompts(params: object) -> list[str]:
        return ["".join(map(str, request.pieces)) for request in model.requests]

    def print_noise(params: object) -> None:
        print("noise on standard output", flush=True)
        sys.stdout.write("more noise\n")
        os.write(1, b"noise from below\n")
        subprocess.run([sys.executable, "-c", "print('noise of a child')"], check=True)

    def busy(params: dict[str, Any]) -> Any:
        return server.running.action(lambda cancellation: time.sleep(params["seconds"]))

    def crash(params: object) -> None:
        raise RuntimeError("a bug in /secret/path")

    def leave(params: object) -> None:
        raise SystemExit(3)

    async def leave_later(params: object) -> None:
        await asyncio.sleep(0)
        raise SystemExit(3)

    def give_up(params: object) -> None:
        raise asyncio.CancelledError

    async def give_up_later(params: object) -> None:
        await asyncio.sleep(0)
        raise asyncio.CancelledError

    def block(params: dict[str, Any]) -> str:
        time.sleep(params["seconds"])  # on the event loop, which no handler of ours does
        return "done"

    async def sleep(params: dict[str, Any]) -> str:
        await asyncio.sleep(params["seconds"])
        return "done"

    async def ask(params: dict[str, Any]) -> object:
        """Ask the editor, and wait for so many seconds."""
        try:
            return await asyncio.wait_for(server.ask("test/question", {}), params["seconds"])
        except TimeoutError:
            return "nothing"

    def work(params: dict[str, Any]) -> None:
        """Something that takes its time, until a person ends it; `test/cancelled` tells whether."""
        step = Progress(token="work", title="Working", percentage=0, cancel=cancelled.set)
        server.bars.show(step)

        def go_on() -> None:
            for percentage in range(1, 100):
                if cancelled.wait(0.05):
                    break
                loop.call_soon_threadsafe(server.bars.show, replace(step, percentage=percentage))
            loop.call_soon_threadsafe(server.bars.show, replace(step, is_done=True))

        loop = asyncio.get_running_loop()
        threading.Thread(target=go_on, daemon=True).start()

    def strange(params: object) -> object:
        return {"value": object()}

    def echo(params: object) -> object:
        return params

    def text(params: dict[str, Any]) -> str | None:
        document = server.documents.current(params["uri"])
        return None if document is None else document.text

    cancelled = threading.Event()
    server = KibitzServer(PlainAnswers(make, store_folder=Path(sys.argv[1])))
    features = server.protocol.fm.features
    features["test/say"] = say
    features["test/hold"] = lambda params: model.hold()
    features["test/release"] = lambda params: model.release()
    features["test/prompts"] = prompts
    features["test/print"] = print_noise
    features["test/busy"] = busy
    features["test/crash"] = crash
    features["test/exit"] = leave
    features["test/exitLater"] = leave_later
    features["test/giveUp"] = give_up
    features["test/giveUpLater"] = give_up_later
    features["test/block"] = block
    features["test/sleep"] = sleep
    features["test/ask"] = ask
    features["test/work"] = work
    features["test/cancelled"] = lambda params: cancelled.is_set()
    features["test/strange"] = strange
    features["test/echo"] = echo
    features["test/text"] = text
    server.serve(connection)


if __name__ == "__main__":
    main()
