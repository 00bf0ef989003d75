"""Token healing in the host: what a prompt was cut back by (`model.token_boundary`) is spelled again.

The model may choose only tokens that spell it, until all of it is there.
"""

import numpy as np

from lsp_server.model.host.vocabulary import Ids, Vocabulary


def candidates(tail: bytes, vocabulary: Vocabulary) -> Ids:
    """Tokens that spell a part of *tail*, or all of it and more."""
    shorter = np.fromiter(vocabulary.beginnings_of(tail), np.intp)
    return np.concatenate((vocabulary.beginning_with(tail), shorter))
