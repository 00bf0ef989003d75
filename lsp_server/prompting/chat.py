"""Chat prompts: messages in the form that a chat model was trained with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from lsp_server.prompting.folder import prompts_folder
from lsp_server.prompting.pieces import Piece
from lsp_server.prompting.recognition import RECOGNITION_KEYS, ModelFacts, Recognition, recognition_of
from lsp_server.prompting.template import Part, fill, joined
from lsp_server.prompting.toml_file import TomlFile, read_toml

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFamily:
    """One way to write a conversation, as prompts/chat/<name>.toml tells."""

    name: str
    title: str
    system: tuple[Part, ...]  # empty: the system text opens the first user message
    user: tuple[Part, ...]
    assistant: tuple[Part, ...]
    answer: tuple[Part, ...]  # after which the model writes
    end_tokens: tuple[str, ...]
    recognition: Recognition


def chat_pieces(family: ChatFamily, messages: Sequence[Message]) -> tuple[Piece, ...]:
    """The whole conversation, ready for the model's answer. No message is read for special tokens."""
    pieces: list[Piece] = []
    for message in messages if family.system else _system_in_user(messages):
        pieces += fill(_template(family, message.role), {"content": message.content.strip()})
    pieces += fill(family.answer, {})
    return joined(pieces)


def chat_family_of(facts: ModelFacts) -> ChatFamily | None:
    """The family of the model behind *facts*, or None if it does not seem to be made for chat.

    A chat template alone does not prove it (base models of Qwen carry one), a name alone neither
    (Qwen2.5-Coder base has `<|im_start|>`): both are asked for, unless the vocabulary is unknown.
    """
    if facts.special_tokens and not facts.has_chat_template:
        return None
    best = max(chat_families(), key=lambda it: it.recognition.fit(facts), default=None)
    return best if best is not None and best.recognition.fit(facts) else None


@cache
def chat_families() -> tuple[ChatFamily, ...]:
    """All of prompts/chat, in order of name. Raises PromptMissing or PromptInvalid."""
    names = sorted(path.name for path in (prompts_folder() / "chat").glob("*.toml"))
    return tuple(chat_family(read_toml(f"chat/{name}")) for name in names)


def chat_family(file: TomlFile) -> ChatFamily:
    """Raises PromptInvalid."""
    roles = ("system", "user", "assistant")
    templates = (f"template.{role}" for role in (*roles, "answer"))
    file.has_only(("title", "special_tokens", "end_tokens", *templates, *RECOGNITION_KEYS))
    tokens = file.texts("special_tokens")

    def template(role: str) -> tuple[Part, ...]:
        return file.template(f"template.{role}", tokens, ("content",), ("content",))

    has_system = "system" in file.values.get("template", {})
    return ChatFamily(
        name=file.name.removeprefix("chat/").removesuffix(".toml"),
        title=file.text("title"),
        system=template("system") if has_system else (),
        user=template("user"),
        assistant=template("assistant"),
        answer=file.template("template.answer", tokens, (), ()),
        end_tokens=file.texts("end_tokens"),
        recognition=recognition_of(file),
    )


def _template(family: ChatFamily, role: Role) -> tuple[Part, ...]:
    return {"system": family.system, "user": family.user, "assistant": family.assistant}[role]


def _system_in_user(messages: Iterable[Message]) -> list[Message]:
    """*messages* with each system text moved to the start of the next user message."""
    result: list[Message] = []
    waiting = ""
    for message in messages:
        if message.role == "system":
            waiting += message.content.strip() + "\n\n"
        elif message.role == "user":
            result.append(Message("user", waiting + message.content))
            waiting = ""
        else:
            result.append(message)
    return [*result, Message("user", waiting)] if waiting else result
