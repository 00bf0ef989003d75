"""How good are a model's suggestions on projects it has not seen?"""
