"""Models as their files describe themselves, as far as prompting asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

QWEN_TOKENS = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>",
    "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Facts:
    name: str
    architecture: str = "llama"
    special_tokens: Mapping[str, int] = field(default_factory=dict)
    fim_tokens: Mapping[str, str] = field(default_factory=dict)
    has_chat_template: bool = False


def facts(
    name: str,
    *,
    tokens: Sequence[str] = (),
    fim: Sequence[str] = (),
    chat_template: str = "",
    architecture: str = "llama",
) -> Facts:
    """A model of that *name*; *fim* are its prefix, suffix and middle tokens."""
    return Facts(
        name=name,
        architecture=architecture,
        special_tokens={text: number for number, text in enumerate([*tokens, *fim])},
        fim_tokens=dict(zip(("prefix", "suffix", "middle"), fim, strict=False)),
        has_chat_template=bool(chat_template),
    )
