"""The prompts that llama.cpp keeps in its memory, and how a new prompt builds on them.

Every change goes through here, so that what we believe to be in memory and what is there agree;
after any doubt everything is forgotten, which costs time and never an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

# Set by hand; not yet measured.
SHARED_TOKENS_MIN = 8  # a shorter common beginning is not worth looking at
CHECKPOINT_TOKENS, CHECKPOINTS_MAX = 16, 3  # at least so far apart, and no more of one prompt
LOST_TOKENS_MAX = 32  # a kept prompt may lose so much of its end to a new one; else the new one gets a copy


class Memory(Protocol):
    can_trim: bool

    def trim(self, sequence: int, start: int) -> bool: ...
    def copy(self, source: int, target: int, end: int) -> None: ...
    def length(self, sequence: int) -> int: ...
    def state(self, sequence: int) -> bytes: ...
    def restore(self, sequence: int, state: bytes) -> bool: ...
    def forget_everything(self) -> None: ...


class Archive(Protocol):
    """Where prompts go that have to leave the memory."""

    def save(self, tokens: Sequence[int], state: bytes) -> None: ...


@dataclass(slots=True, eq=False)
class Slot:
    """One sequence of llama.cpp's memory, and the tokens in it."""

    number: int
    tokens: list[int] = field(default_factory=list)
    prompt_tokens: int = 0  # of them: what was generated after those is not worth keeping
    is_busy: bool = False
    used: int = 0  # the higher the later
    is_worth_saving: bool = False
    # For a memory that cannot be cut: what it was after so many tokens, the latest last.
    checkpoints: list[tuple[int, bytes]] = field(default_factory=list)


class Sequences:
    def __init__(self, memory: Memory, count: int, archive: Archive | None = None) -> None:
        self._memory = memory
        self._archive = archive
        self._slots = [Slot(number) for number in range(count)]
        self._uses = 0

    def claim(self, tokens: Sequence[int]) -> Slot | None:
        """A slot that holds as much of the beginning of *tokens* as can be; None if all are busy.

        At least the last token is left to be evaluated: there are no scores without it.
        """
        idle = [slot for slot in self._slots if not slot.is_busy]
        if not idle:
            return None
        wanted = list(tokens[:-1])
        shared = {slot.number: self._usable(slot, shared_length(slot.tokens, wanted)) for slot in self._slots}
        best = max(self._slots, key=lambda slot: (shared[slot.number], not slot.is_busy))
        oldest = min(idle, key=lambda slot: (bool(slot.tokens), slot.used))
        length = shared[best.number]
        if length < SHARED_TOKENS_MIN:
            target, length = oldest, 0
        elif best.is_busy:
            target = oldest
        elif _loses_little(best, length) or len(idle) == 1 or not self._memory.can_trim:
            target = best
        else:
            target = oldest if oldest is not best else min((it for it in idle if it is not best), key=_use)
        if not _loses_little(target, shared[target.number]):
            self._save(target)
        target.is_worth_saving = False
        if target is not best and length:
            self._copy(best, target, length)
        self._trim(target, length)
        target.is_busy = True
        target.prompt_tokens = len(tokens)
        self._uses += 1
        target.used = self._uses
        return target

    def release(self, slot: Slot) -> None:
        slot.is_busy = False

    def extend(self, slot: Slot, tokens: Sequence[int]) -> None:
        """Note that *tokens* have been evaluated after those in *slot*."""
        slot.tokens.extend(tokens)

    def checkpoint(self, slot: Slot) -> None:
        """Remember the memory as it is: where it cannot be cut, it can go back to this."""
        latest = slot.checkpoints[-1][0] if slot.checkpoints else 0
        if len(slot.tokens) - latest >= CHECKPOINT_TOKENS and self.agrees(slot):
            slot.checkpoints.append((len(slot.tokens), self._memory.state(slot.number)))
            del slot.checkpoints[:-CHECKPOINTS_MAX]

    def cut(self, slot: Slot, length: int) -> None:
        """Forget what was evaluated after *length* tokens."""
        self._trim(slot, length)

    def agrees(self, slot: Slot) -> bool:
        return self._memory.length(slot.number) == len(slot.tokens)

    def forget_oldest(self) -> bool:
        """Make room by forgetting the least recently used idle slot; False if there is none."""
        idle = [slot for slot in self._slots if not slot.is_busy and slot.tokens]
        if not idle:
            return False
        oldest = min(idle, key=_use)
        self._save(oldest)
        self._trim(oldest, 0)
        return True

    def holds(self, tokens: Sequence[int]) -> int:
        """How many of the first *tokens* are in memory."""
        wanted = list(tokens)
        return max(shared_length(slot.tokens, wanted) for slot in self._slots)

    def restore(self, tokens: Sequence[int], state: bytes) -> bool:
        """Take *state*, which is what was in memory of *tokens*, into the least recently used slot."""
        idle = [slot for slot in self._slots if not slot.is_busy]
        if not idle:
            return False
        slot = min(idle, key=lambda slot: (bool(slot.tokens), slot.used))
        self._save(slot)
        self._trim(slot, 0)
        if self._memory.restore(slot.number, state) and self._memory.length(slot.number) == len(tokens):
            slot.tokens[:] = tokens
            slot.prompt_tokens = len(tokens)
            return True
        self._memory.trim(slot.number, 0)
        return False

    def save_all(self) -> None:
        for slot in sorted(self._slots, key=_use):
            self._save(slot)

    def _save(self, slot: Slot) -> None:
        if self._archive is not None and slot.is_worth_saving and self.agrees(slot):
            self._archive.save(slot.tokens, self._memory.state(slot.number))
            slot.is_worth_saving = False

    def forget(self, slot: Slot) -> None:
        self._trim(slot, 0)

    def forget_everything(self) -> None:
        self._memory.forget_everything()
        for slot in self._slots:
            slot.tokens.clear()
            slot.checkpoints.clear()

    def _trim(self, slot: Slot, length: int) -> None:
        if length == len(slot.tokens):
            return
        if length and self._memory.trim(slot.number, length):
            del slot.tokens[length:]
        else:
            self._memory.trim(slot.number, 0)
            self._go_back(slot, length)
        if not self.agrees(slot):
            self.forget_everything()

    def _go_back(self, slot: Slot, length: int) -> None:
        """To the last checkpoint within *length*, or to nothing."""
        slot.checkpoints = [it for it in slot.checkpoints if it[0] <= length]
        if slot.checkpoints:
            reached, state = slot.checkpoints[-1]
            if self._memory.restore(slot.number, state):
                del slot.tokens[reached:]
                return
        slot.checkpoints.clear()
        slot.tokens.clear()

    def _usable(self, slot: Slot, shared: int) -> int:
        """Of *shared* tokens at a slot's beginning, those that its memory can be cut to."""
        if self._memory.can_trim or shared == len(slot.tokens):
            return shared
        return max((length for length, _ in slot.checkpoints if length <= shared), default=0)

    def _copy(self, source: Slot, target: Slot, length: int) -> None:
        self._trim(target, 0)
        if self._memory.can_trim:
            self._memory.copy(source.number, target.number, length)
            target.tokens[:] = source.tokens[:length]
        if not self.agrees(target):
            self.forget_everything()


def shared_length(left: Sequence[int], right: Sequence[int]) -> int:
    """How many tokens two lists begin with in common."""
    low, high = 0, min(len(left), len(right))
    if left[:high] == right[:high]:
        return high
    while high - low > 1:  # equal up to low, different up to high
        middle = (low + high) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _loses_little(slot: Slot, length: int) -> bool:
    return min(len(slot.tokens), slot.prompt_tokens) - length <= LOST_TOKENS_MAX


def _use(slot: Slot) -> int:
    return slot.used
