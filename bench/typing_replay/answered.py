"""What one request cost, whoever answered it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answered:
    evaluated: int  # prompt tokens that were not in memory
    prompt: int
    generated: int
    first_ms: float  # from asking to the first token
    total_ms: float  # from asking to the answer
    overhead_ms: float = 0.0  # of it, neither waiting for nor inside of the model: the sum of these three
    wire_ms: float = 0.0  # from the editor to the engine and back
    context_ms: float = 0.0  # until the prompt is there
    rest_ms: float = 0.0  # the way to the model and back, and what becomes of the text
