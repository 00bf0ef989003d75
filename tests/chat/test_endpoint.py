"""A model server answers, or somebody is told why not, in time; and it is sent no secret."""

import threading
import time
from collections.abc import Callable

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.chat.endpoint import EndpointChat
from lsp_server.chat.fallback import FallbackChat
from lsp_server.chat.local import LocalChat
from lsp_server.chat.port import ToolCall, ToolOffer, Turn
from lsp_server.errors import ModelUnavailable
from lsp_server.model.scripted import ScriptedModel
from lsp_server.model.web import WebLimits, web_server
from lsp_server.prompting.chat import chat_families
from tests.chat.bad_server import WAYS, BadServer

LIMITS = WebLimits(silence_s=0.6, seconds=1.5)
ENDS_S = 6.0  # with the client's own retries and their pauses
QUESTION = [Turn(role="user", content="What is net?")]
LOOK = ToolOffer(name="look", description="Look.", schema={"type": "object", "properties": {}})
SECRET = "ghp_" + "a1B2" * 9


def asked(chat: EndpointChat) -> str:
    return chat.answer(QUESTION, max_tokens=20, cancellation=Cancellation(), on_text=lambda text: None)


def problem_of(ask: Callable[[], object]) -> ModelUnavailable | None:
    """What was said, in time, of a server that failed; None if it did not."""
    began = time.monotonic()
    try:
        ask()
    except ModelUnavailable as problem:
        return problem
    finally:
        assert time.monotonic() - began < ENDS_S
    return None


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_misbehaves_is_an_answer_or_a_clear_sentence_in_time(way: str):
    heard: list[str] = []

    def call() -> None:
        calls = chat.calls(QUESTION, [LOOK], max_tokens=20, cancellation=Cancellation())
        assert all(isinstance(it, ToolCall) and isinstance(it.arguments, str) for it in calls)

    with BadServer(way) as server:
        chat = EndpointChat(web_server(server.url), LIMITS)
        problems = [problem_of(lambda: heard.append(asked(chat))), problem_of(call)]
    assert len("".join(heard)) <= 20 * 24 + 20
    assert all(it is None or (str(it).endswith(".") and it.hint) for it in problems)
    if way not in ("endless", "drops_in_the_middle"):
        assert problems[0] is not None, "what is no answer is not taken for one"


def test_a_redirection_is_not_followed():
    with BadServer("redirects") as server, pytest.raises(ModelUnavailable, match="HTTP 307"):
        asked(EndpointChat(web_server(server.url), LIMITS))


def test_nobody_there_is_said_with_a_way_out():
    with pytest.raises(ModelUnavailable, match="cannot be reached") as caught:
        asked(EndpointChat(web_server("http://127.0.0.1:9/v1"), WebLimits(silence_s=10, seconds=20)))
    assert "kibitz.endpoint.url" in caught.value.hint


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "127.0.0.1:8080", "http://", "http://a:0/v1", "http://[::1"]
)
def test_what_is_no_address_is_refused(url: str):
    with pytest.raises(ModelUnavailable, match="no address"):
        web_server(url)


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost:8080/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://127.0.0.1.example.com/v1", False),
        ("http://localhost.example.com/v1", False),
        ("http://192.168.1.5/v1", False),
        ("https://127.0.0.1@example.com/v1", False),
    ],
)
def test_only_a_server_on_this_machine_looks_around_without_being_allowed(url: str, is_here: bool):
    assert EndpointChat(web_server(url), LIMITS).may_use_tools is is_here
    assert EndpointChat(web_server(url), LIMITS, may_look_around=True).may_use_tools


def test_a_secret_is_blanked_in_whatever_is_sent_and_the_key_goes_along():
    with BadServer("empty") as server:
        chat = EndpointChat(web_server(server.url, "the-key"), LIMITS)
        call = ToolCall(id="a", name="look", arguments="[not an object")
        turns = [
            *(Turn(role=role, content=f"token = {SECRET}") for role in ("system", "user", "assistant")),
            Turn(role="assistant", content="", calls=(call,)),
            Turn(role="tool", content=f"token = {SECRET}", call=call),
        ]
        with pytest.raises(ModelUnavailable, match="said nothing"):
            chat.answer(turns, max_tokens=5, cancellation=Cancellation(), on_text=lambda text: None)
        assert server.bodies
        assert not any(SECRET.encode() in body for body in server.bodies)
        assert b"not an object" not in server.bodies[0]
        assert server.keys == ["Bearer the-key"]


def test_cancelling_ends_the_wait_at_once_with_what_there_was():
    with BadServer("stalls_in_the_middle") as server:
        chat = EndpointChat(web_server(server.url), WebLimits(silence_s=10, seconds=20))
        cancellation, heard = Cancellation(), threading.Event()

        def on_text(text: str) -> None:
            heard.set()

        threading.Thread(target=lambda: (heard.wait(5), cancellation.cancel()), daemon=True).start()
        began = time.monotonic()
        said = chat.answer(QUESTION, max_tokens=20, cancellation=cancellation, on_text=on_text)
        assert said == "It begins well,"
        assert time.monotonic() - began < 3


def test_one_that_is_gone_in_the_middle_is_followed_by_the_model_of_this_machine():
    family = next(it for it in chat_families() if it.name == "chatml")
    with BadServer("stalls_in_the_middle") as server:
        local = LocalChat(ScriptedModel(["All is well."]), family)
        chat = FallbackChat([EndpointChat(web_server(server.url), LIMITS), local])
        shown: list[str] = []
        said = chat.answer(QUESTION, max_tokens=20, cancellation=Cancellation(), on_text=shown.append)
        assert said == shown[-1] == "All is well."
        assert chat.name == "scripted"
