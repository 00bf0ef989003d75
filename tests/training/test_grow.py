"""A larger network starts with what a smaller one has learned. Needs training/requirements.txt."""

# ruff: noqa: E402 - what follows needs the packages that are looked for first
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from training.train.grow import grown
from training.train.model import Network, Shape

SMALL = Shape(
    vocabulary=96, window=32, width=64, layers=2, heads=2, key_value_heads=1, head_width=32,
    hidden=96, rope_base=10_000.0, norm_epsilon=1e-6,
)  # fmt: skip
IDS = torch.arange(24).view(2, 12) * 3 % 96


@pytest.fixture
def small():
    torch.manual_seed(3)
    network = Network(SMALL)
    for weight in network.parameters():  # also the ones and near-zeros that a fresh network has
        torch.nn.init.normal_(weight, std=0.2)
    return network


@pytest.mark.parametrize(
    "change", [{"layers": 4}, {"layers": 6}, {"hidden": 160}, {"layers": 4, "hidden": 128}]
)
def test_a_grown_network_computes_the_same(small, change):
    large = grown(small, replace(SMALL, **change))
    with torch.no_grad():
        assert torch.allclose(large(IDS), small(IDS), atol=1e-4)


def test_what_was_added_learns_from_the_first_step(small):
    large = grown(small, replace(SMALL, layers=4, hidden=128))
    torch.nn.functional.cross_entropy(large(IDS).flatten(0, 1), IDS.flatten()).backward()
    assert large.blocks[1].attention.out.weight.grad.abs().sum() > 0
    assert large.blocks[1].feed_forward.down.weight.grad.abs().sum() > 0
    assert large.blocks[0].feed_forward.down.weight.grad[:, SMALL.hidden :].abs().sum() > 0


@pytest.mark.parametrize("change", [{"layers": 3}, {"hidden": 64}, {"width": 128}, {"vocabulary": 128}])
def test_what_cannot_grow_is_refused(small, change):
    with pytest.raises(ValueError, match="grow"):
        grown(small, replace(SMALL, **change))
