"""Against a real model server: llama-cpp-python's own, with the bundled model behind it."""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.chat.endpoint import EndpointChat
from lsp_server.chat.port import ToolOffer, Turn
from lsp_server.errors import ModelUnavailable
from lsp_server.model import catalog
from lsp_server.model.endpoint import EndpointModel
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.local import LocalModel
from lsp_server.model.port import GenerationRequest, Priority, SpecialToken
from lsp_server.model.web import WebLimits, web_server
from lsp_server.prompting.families import family_for
from lsp_server.tools.all_tools import registry
from lsp_server.tools.tool import ToolLimits

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not catalog.BUNDLED_PATH.is_file(), reason="the bundled model is not installed"),
]
LIMITS = WebLimits(silence_s=30, seconds=60)
QUESTION = [Turn(role="system", content="You explain code."), Turn(role="user", content="def net(gross, rate):")]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(catalog.BUNDLED_PATH)]
    options = ["--port", str(port), "--chat_format", "chatml", "--n_ctx", "2048", "--n_threads", "1"]
    process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/v1"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/models", timeout=1)
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, "the server did not start"
                time.sleep(0.2)
        yield url, process
    finally:
        process.kill()
        process.wait()


def test_code_is_completed_as_by_the_same_model_in_our_own_host(served):
    url, _ = served
    there = EndpointModel(web_server(url), LIMITS, model="kibitz-base", context_tokens=2_048)
    here = LocalModel(
        catalog.BUNDLED_PATH, settings=HostSettings(threads=1, saved_mib=0), folder=Path(tempfile.mkdtemp())
    )
    family = family_for(there.info)
    assert family.name == "kibitz"
    window = "def net(gross, rate):\n    return gross / (1 + rate)\n\n\ndef gross(net, rate):\n    return "
    prefix, suffix = (SpecialToken(here.info.fim_tokens[role]) for role in ("prefix", "suffix"))
    request = GenerationRequest(
        pieces=(suffix, "\n", prefix, window), max_tokens=12, priority=Priority.COMPLETION,
        stop_tokens=family.end_tokens, may_draft=False,
    )  # fmt: skip
    shown: list[str] = []

    def on_text(text: str) -> bool:
        shown.append(text)
        return True

    served_text = there.generate(request, Cancellation(), on_text).text
    assert served_text == here.generate(request, Cancellation()).text
    assert served_text
    assert shown[-1] == served_text
    assert there.generate(request, Cancellation(), lambda text: False).stop == "stopped"
    there.close()
    here.close()


def test_it_streams_an_answer_takes_tools_and_its_end_is_told(served):
    url, process = served
    chat = EndpointChat(web_server(url), LIMITS)
    shown: list[str] = []
    said = chat.answer(QUESTION, max_tokens=24, cancellation=Cancellation(), on_text=shown.append)
    assert said
    assert len(shown) > 1
    assert shown[-1].strip() == said
    assert "kibitz-base.gguf" in chat.name

    offers = [
        ToolOffer(name=it.name, description=it.description, schema=it.schema())
        for it in registry(ToolLimits(seconds=1, characters_max=100)).tools.values()
    ]
    chat.calls(QUESTION, offers, max_tokens=24, cancellation=Cancellation())  # whatever it wants, it is read

    process.kill()
    process.wait()
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        chat.answer(QUESTION, max_tokens=24, cancellation=Cancellation(), on_text=shown.append)
