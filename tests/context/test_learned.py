"""The small networks that say what a candidate is worth."""

import numpy as np

from lsp_server.context.expected import FEATURES
from lsp_server.context.learned import fitted


def test_what_a_candidate_is_worth_does_not_depend_on_how_many_there_are():
    """They are worked out in portions, of which the last is rarely full."""
    network = fitted("names", FEATURES)
    features = np.random.default_rng(0).normal(size=(700, len(FEATURES))).astype(np.float32)
    one_by_one = np.concatenate([network.values(features[it : it + 1]) for it in range(len(features))])
    for count in (0, 1, 127, 128, 129, 256, 700):
        assert np.allclose(network.values(features[:count]), one_by_one[:count], rtol=1e-4, atol=1e-5)
