"""How good the exported model is on projects it has never seen."""
