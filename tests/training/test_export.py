"""llama.cpp computes from the exported file what PyTorch computes. Needs training/requirements.txt."""

# ruff: noqa: E402 - what follows needs the packages that are looked for first
import random
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("tokenizers")
pytest.importorskip("gguf")

from tokenizers import pre_tokenizers, trainers

from training.export.__main__ import write
from training.export.check import agreement
from training.tokenizer import SPECIALS, untrained
from training.tokenizer.check import compared
from training.train.model import Network, Shape

SHAPE = Shape(
    vocabulary=300, window=64, width=64, layers=2, heads=2, key_value_heads=1, head_width=32, hidden=96,
    rope_base=10_000.0, norm_epsilon=1e-6,
)  # fmt: skip


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    tokenizer = untrained()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(["def total(items):\n    return sum(it for it in items)\n"] * 5, trainer)
    torch.manual_seed(0)
    network = Network(replace(SHAPE, vocabulary=tokenizer.get_vocab_size())).eval()
    for weight in network.parameters():  # away from the values that hide a wrong norm or rotation
        weight.data = weight.data * 4 if weight.ndim == 2 else weight.data + 0.2 * torch.randn_like(weight)
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write(network, tokenizer, path)
    return network, tokenizer, path


def test_both_give_the_same_probabilities(exported):
    network, tokenizer, path = exported
    divergence, _ = agreement(network, path, tokenizer, ["def total(items):\n    return items\n"])
    assert divergence < 0.01


def test_both_split_text_alike(exported):
    _, tokenizer, path = exported
    random_ = random.Random(0)
    texts = ["".join(random_.choice("ab 12._\n\t(é漢'😀") for _ in range(40)) for _ in range(200)]
    count, wrong = compared(path, tokenizer, iter(texts))
    assert (count, wrong) == (200, [])


def test_samples_packed_into_one_window_do_not_see_each_other(exported):
    network, _, _ = exported
    ids = torch.randint(0, 200, (1, 20))
    samples = torch.tensor([[0] * 8 + [1] * 12])
    other = ids.clone()
    other[0, :8] = 5
    assert torch.allclose(network(ids, samples)[0, 8:], network(other, samples)[0, 8:], atol=1e-5)
    assert not torch.allclose(network(ids)[0, 8:], network(other)[0, 8:], atol=1e-5)
