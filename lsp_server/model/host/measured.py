"""How fast this machine is with a model: measured while computing, remembered for the next start.

Only a beginning: every step goes on measuring, since a machine changes from minute to minute.
"""

import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

MODELS_MAX = 32
PLAUSIBLE_S = (1e-7, 10.0)  # of a token


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Seconds of a token, by number of threads; and of a prompt's token, in steps as long as they were."""

    prompt_s: dict[int, float] = field(default_factory=dict)
    token_s: dict[int, float] = field(default_factory=dict)
    step_token_s: float | None = None


def read(path: Path, identity: str) -> Measured:
    """Nothing measured, if the file says nothing that can be believed."""
    try:
        values = json.loads(path.read_text("utf-8"))[identity]
        step = values["step_token_s"]
        return Measured(
            prompt_s=_seconds(values["prompt_s"]),
            token_s=_seconds(values["token_s"]),
            step_token_s=_plausible(step) if step is not None else None,
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Measured()


def write(path: Path, identity: str, measured: Measured) -> None:
    """A disk that takes nothing costs nothing else."""
    try:
        known = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    known = known if isinstance(known, dict) else {}
    known.pop(identity, None)
    kept = dict(list(known.items())[-(MODELS_MAX - 1) :])
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".new")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({**kept, identity: asdict(measured)}, file)
        Path(temporary).replace(path)
    except OSError:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _seconds(values: dict[str, object]) -> dict[int, float]:
    return {int(threads): _plausible(seconds) for threads, seconds in values.items()}


def _plausible(seconds: object) -> float:
    if not isinstance(seconds, float) or not PLAUSIBLE_S[0] < seconds < PLAUSIBLE_S[1]:
        raise ValueError
    return seconds
