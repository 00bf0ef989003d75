"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# Other programs may use the machine: how long an example takes says nothing about what is tested, and the
# first one also waits for hypothesis's tables of Unicode, which a fresh checkout does not have yet.
settings.register_profile("kibitz", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kibitz")
