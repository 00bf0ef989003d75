"""`kibitz serve` with a model that is played from a script; only tests start it.

    python -m tests.lsp.scripted_server STORE_FOLDER

Three requests exist here only: `test/say` sets what the model will answer, `test/hold` stops it in
the middle until `test/release`, and `test/prompts` tells what it was asked.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from lsp_server.editor.stdio import private_stdio

if __name__ == "__main__":
    descriptors = private_stdio()

from lsp_server.app.kibitz import Kibitz
from lsp_server.editor.server import KibitzServer
from lsp_server.editor.services import Status
from lsp_server.errors import ModelUnavailable
from lsp_server.model.port import Model
from lsp_server.model.scripted import ScriptedModel
from lsp_server.settings import Settings


def main() -> None:
    model = ScriptedModel()

    def make(settings: Settings, on_status: Callable[[Status], None]) -> Model:
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

    def busy(params: dict[str, Any]) -> Any:
        return server.running.action(lambda cancellation: time.sleep(params["seconds"]))

    def crash(params: object) -> None:
        raise RuntimeError("a bug in /secret/path")

    def leave(params: object) -> None:
        raise SystemExit(3)

    def strange(params: object) -> object:
        return {"value": object()}

    def echo(params: object) -> object:
        return params

    def text(params: dict[str, Any]) -> str | None:
        document = server.documents.current(params["uri"])
        return None if document is None else document.text

    server = KibitzServer(Kibitz(make, store_folder=Path(sys.argv[1])))
    features = server.protocol.fm.features
    features["test/say"] = say
    features["test/hold"] = lambda params: model.hold()
    features["test/release"] = lambda params: model.release()
    features["test/prompts"] = prompts
    features["test/print"] = print_noise
    features["test/busy"] = busy
    features["test/crash"] = crash
    features["test/exit"] = leave
    features["test/strange"] = strange
    features["test/echo"] = echo
    features["test/text"] = text
    server.serve(*descriptors)


if __name__ == "__main__":
    main()
