"""What is kept in memory, and what a new prompt finds there."""

from dataclasses import dataclass, field

from lsp_server.model.host.sequences import Sequences, shared_length


@dataclass
class FakeMemory:
    """What llama.cpp would hold: a length for each sequence."""

    can_trim: bool = True
    lengths: dict[int, int] = field(default_factory=dict)

    def trim(self, sequence: int, start: int) -> bool:
        if start and not self.can_trim:
            return False
        self.lengths[sequence] = min(start, self.lengths.get(sequence, 0))
        return True

    def copy(self, source: int, target: int, end: int) -> None:
        self.lengths[target] = min(end, self.lengths[source])

    def length(self, sequence: int) -> int:
        return self.lengths.get(sequence, 0)

    def state(self, sequence: int) -> bytes:
        return str(self.lengths[sequence]).encode()

    def restore(self, sequence: int, state: bytes) -> bool:
        self.lengths[sequence] = int(state)
        return True

    def forget_everything(self) -> None:
        self.lengths.clear()


@dataclass
class Kept:
    memory: FakeMemory = field(default_factory=FakeMemory)
    count: int = 2

    def __post_init__(self) -> None:
        self.sequences = Sequences(self.memory, self.count)

    def ask(self, tokens: list[int]) -> tuple[int, int]:
        """Evaluate a prompt; the slot it was given, and how much was there."""
        slot = self.sequences.claim(tokens)
        assert slot is not None
        reused = len(slot.tokens)
        self.memory.lengths[slot.number] = len(tokens)
        self.sequences.extend(slot, tokens[reused:])
        assert self.sequences.agrees(slot)
        self.sequences.release(slot)
        return slot.number, reused


A, B, C = list(range(100)), list(range(1000, 1100)), list(range(2000, 2100))


def test_a_longer_prompt_builds_on_the_shorter():
    kept = Kept()
    kept.ask(A)

    assert kept.ask([*A, 1, 2]) == (0, 100)
    assert kept.ask([*A, 1, 3]) == (0, 101)


def test_the_same_prompt_evaluates_its_last_token_again():
    kept = Kept()
    kept.ask(A)

    assert kept.ask(A) == (0, 99)


def test_another_prompt_gets_a_place_of_its_own_and_then_the_oldest():
    kept = Kept()

    assert [kept.ask(A)[0], kept.ask(B)[0], kept.ask(A)[0]] == [0, 1, 0]
    assert kept.ask(C) == (1, 0)
    assert kept.ask(A) == (0, 99)


def test_a_shared_beginning_is_copied_and_the_kept_prompt_stays():
    kept = Kept()
    kept.ask(A + B)

    assert kept.ask(A + C) == (1, 100)
    assert kept.ask(A + B) == (0, 199)


def test_a_small_loss_at_the_end_needs_no_copy():
    kept = Kept()
    kept.ask(A + B)

    assert kept.ask(A + B[:80]) == (0, 179)


def test_a_busy_prompt_is_copied_from_and_never_taken():
    kept = Kept()
    busy = kept.sequences.claim(A + B)
    assert busy is not None
    kept.memory.lengths[busy.number] = 200
    kept.sequences.extend(busy, A + B)

    assert kept.ask([*A, *B, 5]) == (1, 200)
    other = kept.sequences.claim(C)
    assert other is not None
    assert kept.sequences.claim(A) is None


def test_a_model_whose_memory_cannot_be_cut_starts_again_or_goes_on():
    """Recurrent models keep a state, not a list."""
    kept = Kept(FakeMemory(can_trim=False))
    kept.ask(A)

    assert kept.ask([*A, 1]) == (0, 100)
    assert kept.ask(A[:50])[1] == 0


def test_a_memory_that_cannot_be_cut_goes_back_to_where_it_was_remembered():
    kept = Kept(FakeMemory(can_trim=False))
    slot = kept.sequences.claim(A)
    assert slot is not None
    kept.memory.lengths[slot.number] = 90
    kept.sequences.extend(slot, A[:90])
    kept.sequences.checkpoint(slot)
    kept.memory.lengths[slot.number] = 120
    kept.sequences.extend(slot, [*A[90:], *range(500, 520)])
    kept.sequences.release(slot)

    assert kept.ask([*A, 7, 8]) == (0, 90)
    assert kept.ask(A[:80])[1] == 0, "before it there is only the beginning"


def test_a_disagreement_with_llama_cpp_makes_everything_forgotten():
    kept = Kept()
    kept.ask(A)
    kept.ask(B)
    kept.memory.lengths[0] = 7

    assert kept.ask(A[:50])[1] == 0
    assert kept.ask(B)[1] == 0


def test_room_is_made_by_forgetting_the_oldest():
    kept = Kept()
    kept.ask(A)
    kept.ask(B)

    assert kept.sequences.forget_oldest()
    assert kept.ask(B)[1] == 99
    assert kept.ask(A)[1] == 0


def test_what_two_lists_share():
    assert shared_length([], [1]) == 0
    assert shared_length([1, 2], [1, 2]) == 2
    for different in range(50):
        other = [*A[:different], -1, *A[different + 1 :]]
        assert shared_length(A, other) == different
