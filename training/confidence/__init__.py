"""Fit how the bundled model's certainty becomes a probability of being right."""
