"""A training sample shows what the server would show at that place. Needs training/requirements.txt."""

import json
import random

import pytest

pytest.importorskip("tokenizers")
pytest.importorskip("numpy")

from tokenizers import pre_tokenizers, trainers

from training.samples import stream
from training.samples.repository import Repository, indexed
from training.samples.stream import Corpus, batches
from training.tokenizer import SPECIALS, untrained

TAX = '"""Taxes."""\n\n\ndef rate_of(country):\n    """Return the rate of a country."""\n    return 0.19\n'
CART = "from shop.tax import rate_of\n\n\ndef total(items):\n    net = sum(items)\n    return net * rate_of('de')\n"
FILES = [("shop/tax.py", TAX), ("shop/cart.py", CART)]


@pytest.fixture(scope="module")
def tokenizer():
    tokenizer = untrained()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([TAX, CART], trainer)
    return tokenizer


@pytest.fixture
def corpus(tmp_path, monkeypatch, tokenizer):
    monkeypatch.setattr(stream, "INDEXES", tmp_path / "indexes")
    records = [
        {"project": "shop", "path": path, "language": "python", "text": text * 6} for path, text in FILES
    ]
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "shop.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    return Corpus(folder, tokenizer)


def test_names_from_elsewhere_are_those_that_only_another_file_defines(tmp_path, tokenizer):
    shop = Repository("shop", indexed(FILES, tmp_path / "shop.pickle"), tokenizer)
    assert shop.names_from_elsewhere(CART, "shop/cart.py") == {"rate_of"}
    assert shop.names_from_elsewhere(TAX, "shop/tax.py") == set()


def test_the_context_of_a_place_shows_the_signature_of_another_file_and_never_its_own(tmp_path, tokenizer):
    shop = Repository("shop", indexed(FILES, tmp_path / "shop.pickle"), tokenizer)
    at = CART.index("rate_of('de')") + len("rate_of(")
    found = shop.context("shop/cart.py", CART, at, prompt_tokens=600)
    assert any("def rate_of(country)" in it.text for it in found)
    assert all(it.path == "shop/tax.py" for it in found)
    assert shop.context("shop/cart.py", CART, at, prompt_tokens=100) == [], "no room for a signature"


def test_an_index_is_kept_until_the_text_changes(tmp_path):
    kept_at = tmp_path / "shop.pickle"
    first = indexed(FILES, kept_at)
    assert [it.path for it in indexed(FILES, kept_at)] == [it.path for it in first]
    changed = [("shop/tax.py", TAX.replace("rate_of", "share_of")), FILES[1]]
    assert indexed(changed, kept_at) != first


def test_windows_hold_whole_samples_and_a_seed_gives_the_same_ones_again(corpus, tokenizer):
    made = [next(batches(corpus, tokenizer, window=512, windows=4, seed=3)) for _ in range(2)]
    assert (made[0].ids == made[1].ids).all()
    texts = [tokenizer.decode(row.tolist(), skip_special_tokens=False) for row in made[0].ids]
    assert any("<|file_sep|>shop/tax.py\n" in it and "<|file_sep|>shop/cart.py\n" in it for it in texts)
    for row, samples in zip(made[0].ids, made[0].samples, strict=True):
        for number in range(samples.max() + 1):
            text = tokenizer.decode(row[samples == number].tolist(), skip_special_tokens=False)
            assert text.startswith("<|repo_name|>shop\n")
            assert text.count("<|fim_prefix|>") == text.count("<|fim_suffix|>") == 1


def test_what_is_drawn_uses_another_files_names_more_often_than_chance_would(corpus):
    shop = corpus.repository("shop")
    cart = stream.SourceFile("shop", "shop/cart.py", "python", CART * 6)
    spans = [stream.telling_middle(shop, cart, random.Random(seed)) for seed in range(40)]
    assert sum("rate_of" in cart.text[it.start : it.end] for it in spans if it) > 20
