"""A model server on this or another machine: its address, the client that talks to it, errors in words."""

import http.client
import ipaddress
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from lsp_server.cancellation import Cancellation
from lsp_server.errors import ModelUnavailable, PromptRefused

P = TypeVar("P")

CONNECT_S = 2.0
RETRIES = 2
# What the client would say of this machine to a server that never asked.
_UNSAID = (
    "OpenAI-Organization", "OpenAI-Project", "X-Stainless-Arch", "X-Stainless-Async", "X-Stainless-Lang",
    "X-Stainless-OS", "X-Stainless-Package-Version", "X-Stainless-Runtime", "X-Stainless-Runtime-Version",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLimits:
    """No defaults: the caller knows better."""

    silence_s: float  # until the first word, and between two
    seconds: float  # for one answer


class ServerFailed(Exception):
    """It answered with an HTTP *status* that is no success."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class WebServer:
    url: str  # of the OpenAI-compatible API, with its /v1
    key: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def is_here(self) -> bool:
        """Whether what is sent there stays on this machine."""
        name = urlsplit(self.url).hostname or ""
        if name == "localhost":
            return True
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False

    def client(self, silence_s: float) -> Any:
        """Sends text to this address only: no redirection is followed, and no proxy asked on this machine."""
        import httpx2
        import openai

        timeout = httpx2.Timeout(silence_s, connect=CONNECT_S)
        return openai.OpenAI(
            base_url=self.url,
            api_key=self.key or "none",
            admin_api_key="",
            organization="",
            project="",
            timeout=timeout,
            max_retries=RETRIES,
            default_headers={name: openai.Omit() for name in _UNSAID},  # type: ignore[misc]
            http_client=httpx2.Client(follow_redirects=False, trust_env=not self.is_here, timeout=timeout),
        )


def web_server(url: str, key: str = "") -> WebServer:
    """Raises ModelUnavailable for an address that cannot be one."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise ModelUnavailable(
            f"{url[:100]!r} is no address of a model server",
            hint="Set `kibitz.endpoint.url` to one such as http://127.0.0.1:8080/v1.",
        )
    return WebServer(url=url.rstrip("/"), key=key)


def heard(parts: Iterable[P], host: str, limits: WebLimits, cancellation: Cancellation) -> Iterator[P]:
    """*parts* until the limits or *cancellation* end it. Raises ModelUnavailable.

    They are made in a thread of their own, which may be left behind: a socket that says nothing cannot be
    asked to stop.
    """
    arrived: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    is_left = threading.Event()
    threading.Thread(
        target=_pass_on, args=(parts, arrived, is_left), name="kibitz-endpoint", daemon=True
    ).start()
    cancellation.on_cancel(lambda: arrived.put(("over", None)))
    ends = time.monotonic() + limits.seconds
    try:
        while not cancellation.is_cancelled:
            left = ends - time.monotonic()
            try:
                what, part = arrived.get(timeout=max(0.0, min(left, limits.silence_s)))
            except queue.Empty:
                raise ModelUnavailable(
                    f"The server at {host} did not answer in time.",
                    hint="Try again, or choose a quicker model there.",
                ) from None
            if what == "failed":
                raise in_words(part, host) from part
            if what == "over":
                return
            yield part
    finally:
        is_left.set()


def _pass_on(
    parts: Iterable[Any], arrived: "queue.SimpleQueue[tuple[str, Any]]", is_left: threading.Event
) -> None:
    try:
        for part in parts:
            arrived.put(("part", part))
            if is_left.is_set():
                break
        arrived.put(("over", None))
    except Exception as error:  # noqa: BLE001 - a server may send anything; who waits is told
        arrived.put(("failed", error))


def in_words(error: Exception, host: str) -> ModelUnavailable:
    import openai

    if isinstance(error, ModelUnavailable):
        return error
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return ModelUnavailable(f"The server at {host} did not answer in time.", hint="Is it busy?")
    if isinstance(error, openai.APIConnectionError | OSError):
        return ModelUnavailable(
            f"The server at {host} cannot be reached.", hint="Start it, or clear `kibitz.endpoint.url`."
        )
    if isinstance(error, openai.APIStatusError):
        return _refused(error.status_code, host)
    if isinstance(error, ServerFailed):
        return _refused(error.status, host)
    return ModelUnavailable(
        f"The server at {host} sent what cannot be understood ({type(error).__name__}).",
        hint="Is it an OpenAI-compatible server?",
    )


def _refused(status: int, host: str) -> ModelUnavailable:
    if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
        return ModelUnavailable(
            f"The server at {host} does not accept the key.",
            hint="Put it into the environment variable KIBITZ_ENDPOINT_KEY.",
        )
    if status == http.client.NOT_FOUND:
        return ModelUnavailable(
            f"The server at {host} does not know the address or the model.",
            hint="Check `kibitz.endpoint.url`, which usually ends in /v1, and `kibitz.endpoint.model`.",
        )
    if status in (http.client.BAD_REQUEST, http.client.REQUEST_ENTITY_TOO_LARGE):
        return PromptRefused(
            f"The server at {host} does not take the request (HTTP {status}).",
            hint="Start it with a larger context; its own log says why.",
        )
    return ModelUnavailable(f"The server at {host} failed (HTTP {status}).", hint="Its own log says why.")
