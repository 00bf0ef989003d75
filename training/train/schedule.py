"""Warm-up, stable, decay, measured in the share of the time budget that is used up."""

DECAY_SHARE = 0.45  # the last part of the budget; the shorter the whole, the larger the part that pays
WARM_UP_STEPS = 60
LONG_SHARE = 0.25  # long sequences cost more, but only they show as much of other files as the server does
RATE_LEFT = 0.02  # of the full rate, at the very end


def rate(step: int, spent: float) -> float:
    """Return the factor on the full learning rate; *spent* is the share of the budget used, 0..1."""
    decay = min(1.0, max(RATE_LEFT, (1.0 - spent) / DECAY_SHARE))
    return decay * min(1.0, (step + 1) / WARM_UP_STEPS)


def is_long(spent: float) -> bool:
    """Say whether sequences have their full length by now."""
    return spent >= 1.0 - LONG_SHARE
