"""Somebody works for a while; what grows meanwhile? `python -m bench.soak --help`."""
