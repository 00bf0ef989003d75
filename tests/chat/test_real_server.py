"""Against a real model server: llama-cpp-python's own, with the bundled model behind it."""

import subprocess
import sys
import tempfile
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
from lsp_server.prompting.fim import fim_pieces
from lsp_server.tools.all_tools import registry
from lsp_server.tools.tool import ToolLimits
from tests.chat.served_by import free_port, serving

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not catalog.BUNDLED_PATH.is_file(), reason="the bundled model is not installed"),
]
LIMITS = WebLimits(silence_s=30, seconds=60)
QUESTION = [
    Turn(role="system", content="You explain code."),
    Turn(role="user", content="def net(gross, rate):"),
]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    port = free_port()
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(catalog.BUNDLED_PATH)]
    options = ["--port", str(port), "--chat_format", "chatml", "--n_ctx", "2048", "--n_threads", "1"]
    with serving([*command, *options], port) as running:
        yield running


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


def test_a_word_that_was_begun_is_healed_where_the_model_agrees_and_kept_where_it_does_not(served):
    """Without the server's tokens: what does not spell the typed part is given up, and asked as it stands."""
    url, _ = served
    there = EndpointModel(web_server(url), LIMITS, model="kibitz-base", context_tokens=2_048)
    family = family_for(there.info)

    def continued(code: str, *, is_healed: bool) -> str:
        pieces = fim_pieces(
            family, repository="r", path="a.py", language="python", prefix=code, suffix="\n", snippets=()
        )
        request = GenerationRequest(
            pieces=pieces, max_tokens=8, priority=Priority.COMPLETION, stop_tokens=family.end_tokens,
            is_healed=is_healed,
        )  # fmt: skip
        return there.generate(request, Cancellation()).text

    code = "def net(gross, rate):\n    return gross / (1 + rate)\n\n\ndef gross(net, rate):\n    retu"
    assert continued(code, is_healed=True).startswith("rn ")
    odd = "def net(gross, rate):\n    zqx"
    assert continued(odd, is_healed=True) == continued(odd, is_healed=False)
    there.close()


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
