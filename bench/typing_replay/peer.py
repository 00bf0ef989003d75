"""llama-server asked as llama.vim asks it: 256 lines before the cursor, 64 after, `/infill`, one slot.

As published: the line's beginning is the prompt's end before the suffix; what was evaluated is reused as far
as the prompts agree, and from there in runs of 256. The plugin's chunks of other files are left out, which
makes its prompts shorter than they may become; its speculative second request is left out, too, and its
"infill" sampler, which ends nearly every answer of a model with random weights after a token.
"""

import http.client
import json
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.typing_replay.answered import Answered
from bench.typing_replay.keystrokes import Keystroke
from bench.typing_replay.llama_tools import built

LINES_BEFORE, LINES_AFTER = 256, 64
BATCH_MAX, ROOM = 1_024, 128  # tokens: as the plugin advises; and what is left for an answer
START_S_MAX, ANSWER_S_MAX = 120, 120


class LlamaServer:
    name = "llama-server, llama.vim's way"

    def __init__(self, model: Path, *, threads: int, tokens: int, context: int) -> None:
        self._model, self._threads, self._tokens, self._context = model, threads, tokens, context
        self._start()

    def ask(self, keystroke: Keystroke) -> Answered | None:
        if not keystroke.is_asked:
            return None
        lines = keystroke.text[: keystroke.offset].split("\n")
        after = keystroke.text[keystroke.offset :].split("\n")
        # As the plugin: lines before as the prefix, the cursor's line up to it as the prompt.
        body = {
            "input_prefix": "".join(f"{it}\n" for it in lines[:-1][-LINES_BEFORE:]),
            "input_suffix": "\n".join(after[: LINES_AFTER + 1]) + "\n",
            "input_extra": [],
            "prompt": lines[-1],
            "n_predict": self._tokens,
            "n_indent": len(lines[-1]) - len(lines[-1].lstrip()),
            "top_k": 40, "top_p": 0.90, "samplers": ["top_k", "top_p"],
            "stream": False, "cache_prompt": True, "id_slot": 0, "ignore_eos": True,
        }  # fmt: skip
        began = time.perf_counter()
        answer = self._post("/infill", body)
        total = 1000 * (time.perf_counter() - began)
        timings = answer["timings"]
        return Answered(
            evaluated=timings["prompt_n"], prompt=answer["tokens_evaluated"],
            generated=timings["predicted_n"],
            first_ms=total - timings["predicted_ms"], total_ms=total,
        )  # fmt: skip

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def _start(self) -> None:
        batch = str(min(BATCH_MAX, self._context - ROOM))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        log = tempfile.TemporaryFile()  # noqa: SIM115  # as long as the server
        self._process = subprocess.Popen(
            [
                built("llama-server"), "-m", self._model, "--host", "127.0.0.1", "--port", str(self._port),
                "-t", str(self._threads), "-b", batch, "-ub", batch, "-c", str(self._context),
                "--cache-reuse", "256", "-np", "1", "--no-webui",
            ],
            stdout=log, stderr=log,
        )  # fmt: skip
        deadline = time.monotonic() + START_S_MAX
        while time.monotonic() < deadline:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=2)
                connection.request("GET", "/health")
                if connection.getresponse().status == http.HTTPStatus.OK:
                    return
            except OSError:
                pass
            if self._process.poll() is not None:
                break
            time.sleep(0.2)
        log.seek(0)
        raise SystemExit(f"llama-server did not start:\n{log.read().decode(errors='replace')[-2000:]}")

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_S_MAX)
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status != http.HTTPStatus.OK:
            raise SystemExit(f"llama-server answered {response.status}: {answer}")
        return answer
