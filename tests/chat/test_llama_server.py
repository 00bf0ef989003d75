"""Completion from a real llama-server: as from our own host where its model is known, else through `/infill`."""

import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.errors import ModelUnavailable
from lsp_server.model import catalog
from lsp_server.model.endpoint import EndpointModel
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.local import LocalModel
from lsp_server.model.port import GenerationRequest, Priority
from lsp_server.model.served.as_tokens import AsTokens, grammar_after
from lsp_server.model.served.infill import Infill
from lsp_server.model.served.raw_text import RawText
from lsp_server.model.web import WebLimits, web_server
from lsp_server.prompting.families import family_for
from lsp_server.prompting.fim import fim_pieces
from tests.chat.served_by import free_port, llama_server
from tests.model.tiny_gguf import vocabulary, write_tiny_model

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not catalog.BUNDLED_PATH.is_file(), reason="the bundled model is not installed"),
]
LIMITS = WebLimits(silence_s=30, seconds=60)
CONTEXT = 512  # said by the server, and so another one than what is assumed of others
CODE = "def net(gross, rate):\n    return gross / (1 + rate)\n\n\ndef gross(net, rate):\n    return "


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with llama_server("--ctx-size", str(CONTEXT)) as (served, _):
        yield served


@pytest.fixture(scope="module")
def here() -> Iterator[LocalModel]:
    model = LocalModel(
        catalog.BUNDLED_PATH, settings=HostSettings(threads=1, saved_mib=0), folder=Path(tempfile.mkdtemp())
    )
    yield model
    model.close()


def served_by(url: str, name: str = "") -> EndpointModel:
    return EndpointModel(web_server(url), LIMITS, model=name, context_tokens=4_096)


def request_for(model: EndpointModel, code: str, *, tokens: int = 12) -> GenerationRequest:
    family = family_for(model.info)
    pieces = fim_pieces(
        family, repository="shop", path="price.py", language="python", prefix=code, suffix="\n", snippets=()
    )
    return GenerationRequest(
        pieces=pieces, max_tokens=tokens, priority=Priority.COMPLETION, stop_tokens=family.end_tokens,
        is_healed=True,
    )  # fmt: skip


def asked(model: EndpointModel, code: str, *, tokens: int = 12) -> str:
    return model.generate(request_for(model, code, tokens=tokens), Cancellation()).text


@pytest.mark.parametrize(
    "code",
    [
        CODE,
        CODE + "gro",
        CODE.removesuffix("return ") + "retu",
        CODE + "net * (",
        "class Größe:\n    def größ",
    ],
)
def test_a_known_model_says_what_it_says_in_our_own_host(url: str, here: LocalModel, code: str):
    """The same tokens are read, and a word that was begun is healed in the same way."""
    there = served_by(url)
    assert isinstance(there.way, AsTokens)
    assert family_for(there.info).name == "kibitz"
    # Two builds of llama.cpp sum in another order: further on two tokens that are nearly alike may change places.
    request = request_for(there, code, tokens=4)
    own = here.generate(request, Cancellation())
    served = there.generate(request, Cancellation())
    length = min(len(own.text), len(served.text))
    assert length > 0
    assert served.text[:length] == own.text[:length]
    assert served.tokens.prompt == own.tokens.prompt
    there.close()


def test_its_own_words_say_how_much_it_reads_and_how_its_text_is_counted(url: str, here: LocalModel):
    there = served_by(url)
    texts = [CODE, "x", "", "wörtlich", "<|file_sep|> stands in a text", CODE]
    assert there.info.context_length == CONTEXT
    assert there.count_tokens(texts) == here.count_tokens(texts)
    there.close()


def test_a_special_token_in_a_text_is_no_special_token(url: str):
    there = served_by(url)
    plain, special = (
        there.generate(request_for(there, it), Cancellation()) for it in ("x = 1\n", "<|fim_pad|>\n")
    )
    assert special.tokens.prompt > plain.tokens.prompt + 2
    there.close()


def test_a_letter_more_is_a_token_more_to_read(url: str):
    there = served_by(url)
    there.generate(request_for(there, CODE), Cancellation())
    tokens = there.generate(request_for(there, CODE + "g"), Cancellation()).tokens
    assert tokens.evaluated <= 2
    assert tokens.reused >= tokens.prompt - 2
    there.close()


def test_a_model_that_nobody_knows_is_asked_through_infill(url: str, here: LocalModel):
    there = served_by(url, "some-model")
    assert isinstance(there.way, Infill)
    assert asked(there, CODE, tokens=8)
    healed = asked(there, CODE.removesuffix("return ") + "retu", tokens=8)
    assert healed.startswith("rn"), "a word that was begun is spelled to its end"
    assert there.count_tokens([CODE]) == here.count_tokens([CODE])
    there.close()


def test_one_that_cannot_fill_in_is_asked_as_any_server(tmp_path: Path):
    """The model's file has no tokens for it: `/infill` is refused there."""
    tokens = [f"<|none_{it[2:-2]}|>" if "fim" in it or "file" in it else it for it in vocabulary()[1]]
    path = write_tiny_model(tmp_path / "tiny.gguf", tokenizer__ggml__tokens=tokens)
    with llama_server("--ctx-size", "256", model=path) as (other, _):
        there = served_by(other, "some-model")
        assert isinstance(there.way, RawText)
        there.close()


def test_whoever_stops_or_cancels_leaves_the_server_free(url: str):
    there = served_by(url)
    request = request_for(there, CODE, tokens=400)
    stopped = there.generate(request, Cancellation(), lambda text: False)
    assert (stopped.stop, bool(stopped.text)) == ("stopped", True)
    with Cancellation() as cancellation:
        timer = threading.Timer(0.05, cancellation.cancel)
        timer.start()
        assert there.generate(request, cancellation).stop in ("cancelled", "end", "length")
    began = time.monotonic()
    assert asked(there, CODE, tokens=4)
    assert time.monotonic() - began < 5
    there.close()


def test_one_that_comes_back_with_its_model_is_asked_again_and_with_another_one_is_not():
    port = free_port()
    trouble: list[str] = []
    with llama_server("--alias", "kibitz-one", port=port) as (url, _):
        there = EndpointModel(web_server(url), LIMITS, context_tokens=4_096, on_trouble=trouble.append)
        request = request_for(there, CODE)
        assert there.generate(request, Cancellation()).text
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        there.generate(request, Cancellation())
    with llama_server("--alias", "kibitz-one", port=port):
        assert there.generate(request, Cancellation()).text
    assert trouble[0]
    assert trouble[-1] == ""
    with pytest.raises(ModelUnavailable):
        there.generate(request, Cancellation())
    with (
        llama_server("--alias", "kibitz-two", port=port),
        pytest.raises(ModelUnavailable, match="kibitz-two now"),
    ):
        there.generate(request, Cancellation())
    there.close()


def test_what_was_typed_is_no_grammar():
    assert grammar_after('a"\\') == 'root ::= "a\\U00000022\\U0000005C" [^\\x00]*'
