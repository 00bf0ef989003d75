"""Who tells the story: a server that the user named, the model of this machine, or both in this order."""

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.answers.kept import KeptAnswers
from lsp_server.answers.remembering import RememberingChat
from lsp_server.app.endpoint_key import key_for
from lsp_server.app.loaded_model import LoadedModel
from lsp_server.cancellation import Cancellation
from lsp_server.chat.endpoint import EndpointChat
from lsp_server.chat.fallback import FallbackChat
from lsp_server.chat.local import LocalChat
from lsp_server.chat.port import Chat, Turn
from lsp_server.explanation.story import Storyteller
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.web import WebLimits, web_server
from lsp_server.settings import Settings

CHAT = WebLimits(silence_s=30.0, seconds=120.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What was configured; without a url there is none."""

    url: str = ""
    model: str = ""
    may_look_around: bool = False


def endpoint_of(settings: Settings) -> Endpoint:
    return Endpoint(
        url=settings.endpoint_url,
        model=settings.endpoint_model,
        may_look_around=settings.endpoint_look_around,
    )


def chat_of(loaded: LoadedModel | None, endpoint: Endpoint, kept: KeptAnswers | None = None) -> Chat | None:
    """None if nobody is there who talks. Raises ModelUnavailable for an address that cannot be one."""
    chats: list[Chat] = []
    if endpoint.url:
        there = EndpointChat(
            web_server(endpoint.url, key_for(endpoint.url)), CHAT,
            model=endpoint.model, may_look_around=endpoint.may_look_around,
        )  # fmt: skip
        chats.append(there if kept is None else RememberingChat(there, endpoint.url, kept))
    if loaded is not None and loaded.chat is not None:
        chats.append(LocalChat(loaded.model, loaded.chat))
    return FallbackChat(chats) if len(chats) > 1 else chats[0] if chats else None


def storyteller(chat: Chat | None, snapshot: Snapshot) -> Storyteller | None:
    """*chat* with the tools over *snapshot*."""
    if chat is None:
        return None

    def look(turns: Sequence[Turn], cancellation: Cancellation) -> Sequence[Turn]:
        # Not before: pydantic takes longer to load than all the rest.
        from lsp_server.tools.all_tools import registry
        from lsp_server.tools.looking_around import LookingLimits, look_around
        from lsp_server.tools.tool import ToolLimits

        # Set by hand. What eight calls find has some 5,000 tokens and fits beside the question.
        tools = registry(ToolLimits(seconds=2.0, characters_max=2_000))
        limits = LookingLimits(calls=8, repairs=1, seconds=30.0, call_tokens=1_000)
        return look_around(
            chat, turns, registry=tools, snapshot=snapshot, limits=limits, cancellation=cancellation
        ).turns

    return Storyteller(chat=chat, look_around=look)
