"""Fit what candidates for the context are worth, on other projects than those reported."""
