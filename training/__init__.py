"""How the bundled model is made: corpus, tokenizer, training, export, evaluation.

Each step is one command (`python -m training.<step>`) and reads only what the step before wrote.
Nothing here is imported by the language server.
"""
