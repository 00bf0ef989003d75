"""How a model host runs. Two clients share a host only if these are the same."""

import json
from dataclasses import asdict, dataclass, fields

AUTOMATIC = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSettings:
    threads: int = AUTOMATIC  # as many as there are physical cores that we may use
    context_tokens: int = 8192  # of all kept prompts together; one has no more than the model was trained for
    sequences: int = 8  # prompts kept apart; the least recently used one is forgotten first
    step_tokens: int = 128  # prompt tokens evaluated at once, at most
    saved_mib: int = 512  # of disk, for prompts that are kept for the next start; 0 for none
    linger_s: float = 0.2  # how long the host waits for another client after the last has gone

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


def settings_from_json(text: str) -> HostSettings:
    known = {field.name for field in fields(HostSettings)}
    return HostSettings(**{name: value for name, value in json.loads(text).items() if name in known})
