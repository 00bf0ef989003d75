"""How good is the context that a model is shown? Measured without any model.

Places are drawn where a file uses what other files define; the text there is taken out, each provider is
asked for context, and the text is coded with a cache n-gram model that reads the context. See `README.md`
of the repository for the figures.
"""
