"""When to keep a frame, when to make a new one, and when that can wait until nobody types. Pure."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from lsp_server.completion.frames import Fit
from lsp_server.index.snapshot import Snapshot

# A new frame that takes no longer than this is made while somebody types; it is hardly noticed.
UNNOTICED_MS = 80.0
# A first suggestion at a new place may wait this long for a whole prompt; a slower model gets a shorter one.
# Less than what a person sees as a pause: at 4,000 tokens a second a whole prompt takes twice as long.
WAITED_FOR_MS = 120.0
QUICK_TOKENS_MIN = 256
# Of a prompt's tokens: left free for what is typed before a frame has to be made anew.
TYPED_SHARE = 1 / 8
TYPED_TOKENS_MAX = 256

_NAME = re.compile(r"[A-Za-z_$][\w$]*")
# A name with more definitions than this, such as `get`, tells nothing about what is meant.
DEFINITIONS_MAX = 5


class Decision(Enum):
    KEEP = auto()
    KEEP_FOR_NOW = auto()  # and make a better one when nobody types
    REPLACE = auto()


def typed_tokens(prompt_tokens: int) -> int:
    """How many tokens may be typed behind a frame of a prompt that holds *prompt_tokens* in all."""
    return min(TYPED_TOKENS_MAX, int(prompt_tokens * TYPED_SHARE))


def decide(
    fit: Fit, snapshot: Snapshot, *, appended_tokens: int, room_tokens: int, full_ms: float, can_wait: bool
) -> Decision:
    """What to do with a frame that fits. *can_wait*: somebody will make a better one when it is quiet."""
    if appended_tokens > room_tokens:
        return Decision.REPLACE
    frame = fit.frame
    is_worse = (
        frame.is_quick
        or (snapshot.is_complete and not frame.is_whole)
        or names_something_new(fit, snapshot)
        or (can_wait and appended_tokens > room_tokens // 2)
    )
    if not is_worse:
        return Decision.KEEP
    return Decision.KEEP_FOR_NOW if can_wait and full_ms > UNNOTICED_MS else Decision.REPLACE


def names_something_new(fit: Fit, snapshot: Snapshot) -> bool:
    """Whether what was typed names what the repository defines and the frame does not show.

    A half-typed word at the end does not name anything yet.
    """
    typed = fit.appended
    known = set(_NAME.findall(fit.frame.line))
    names = {match.group() for match in _NAME.finditer(typed) if match.end() < len(typed)} - known
    if not names:
        return False
    shown = "\n".join([*(snippet.text for snippet in fit.frame.window.snippets), fit.frame.before])
    return any(0 < len(snapshot.definitions(name)) <= DEFINITIONS_MAX and name not in shown for name in names)


def quick_tokens(prompt_tokens: int, full_ms: float) -> int | None:
    """How many tokens a first prompt at a new place may have; None for all of them."""
    if full_ms <= WAITED_FOR_MS:
        return None
    return max(QUICK_TOKENS_MIN, int(prompt_tokens * WAITED_FOR_MS / full_ms))


# Multiplications per second of a processor that nobody has measured yet: two cores of the machine this was
# written on evaluate 342 prompt tokens of a model with 0.5 B parameters in a second.
PARAMETERS_PER_MS = 1.7e8
LEARNING = 0.3
MEASURED_TOKENS_MIN = 48  # shorter prompts say little: a single token costs as much as several


@dataclass(slots=True)
class PromptSpeed:
    """How long a prompt takes: guessed from the model's size, then as measured."""

    ms_per_token: float

    @classmethod
    def guessed(cls, parameters: int | None) -> "PromptSpeed":
        return cls((parameters or 0) / PARAMETERS_PER_MS)

    def expected_ms(self, tokens: int) -> float:
        return tokens * self.ms_per_token

    def saw(self, tokens: int, ms: float) -> None:
        if tokens >= MEASURED_TOKENS_MIN:
            self.ms_per_token += (ms / tokens - self.ms_per_token) * LEARNING
