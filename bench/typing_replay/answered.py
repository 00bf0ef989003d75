"""What one request cost, whoever answered it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answered:
    evaluated: int  # prompt tokens that were not in memory
    prompt: int
    generated: int
    first_ms: float  # from asking to the first token
    total_ms: float  # from asking to the answer
    overhead_ms: float = 0.0  # of it, neither waiting for nor inside of the model
