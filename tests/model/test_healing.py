"""Wherever inside a word the cursor is, the model goes on from what is there."""

import pytest

from lsp_server.model.host.healing import candidates
from lsp_server.model.host.vocabulary import Kind, Vocabulary
from lsp_server.model.local import LocalModel
from lsp_server.model.port import SpecialToken
from lsp_server.model.token_boundary import cut_back
from tests.model.asking import ask, request

LINES = [
    "    result += item.price * (1 + vat_rate)",
    '        with open(self.path, encoding="utf-8") as file:',
    "naïve = 'größer als çe café'  # 日本語 🎉",
    "x=[1,22,333];y={}\t# ",
]


def vocabulary(*pieces: str) -> Vocabulary:
    single = [chr(code) for code in range(32, 127)]
    all_pieces = [piece.encode() for piece in [*single, *pieces]]
    return Vocabulary([Kind.TEXT] * len(all_pieces), all_pieces.__getitem__)


def number_of(piece: bytes, words: Vocabulary) -> int:
    return next(number for number in range(200) if words.piece(number) == piece)


def test_only_tokens_that_spell_the_tail_are_candidates():
    words = vocabulary(" p", " pr", " price", " prices", " print", "price", " q")

    spelled = [words.piece(number) for number in candidates(b" pri", words)]

    assert sorted(spelled) == [b" ", b" p", b" pr", b" price", b" prices", b" print"]


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("return pri", " pri"),
        ("return ", " "),
        ("    ", "    "),
        ("print(", "("),
        ("self.", "."),
        ("self.pa", ".pa"),
        ("my_va", "_va"),
        ("x = 12", " 12"),
        ("a + b\n", ""),
        ("", ""),
    ],
)
def test_the_tail_is_what_may_still_grow_into_one_token(text: str, tail: str):
    words = vocabulary()
    tokens = [number_of(letter.encode(), words) for letter in text if letter != "\n"]
    if text.endswith("\n"):
        assert cut_back(text, tokens, words) == (tokens, b"")
        return

    kept, cut = cut_back(text, tokens, words)

    assert cut.decode() == tail
    assert len(kept) == len(text) - len(tail)


def test_a_tokenizer_that_changes_the_text_is_not_healed():
    """Some put a space in front of everything; then the tokens do not spell the text's end."""
    words = vocabulary(" a")

    tokens = [number_of(b" a", words)]

    assert cut_back("a", tokens, words) == (tokens, b"")


@pytest.mark.parametrize("line", LINES)
def test_healing_never_repeats_or_loses_what_was_typed(model: LocalModel, line: str):
    """For every place in a line: what comes out continues what is there, as text."""
    for cut in range(1, len(line) + 1):
        typed = line[:cut]

        asked = request(SpecialToken("<|fim_prefix|>"), typed, is_healed=True, max_tokens=3, min_tokens=3)
        answer = ask(model, asked)

        assert answer.tokens.generated == 3 == len(answer.logprobs), typed
        assert answer.tokens.prompt <= 1 + model.count_tokens([typed])[0], typed
        assert "<|" not in answer.text


def test_typing_on_in_a_word_evaluates_next_to_nothing(model: LocalModel):
    """The tail is not part of the prompt, so the kept prompt is the same for all of the word."""
    before = "def total_price(items, vat_rate):\n    return"
    ask(model, request(before + " v", is_healed=True, max_tokens=5))

    for typed in (" va", " vat"):
        assert ask(model, request(before + typed, is_healed=True, max_tokens=5)).tokens.evaluated <= 2


def test_a_prompt_that_is_all_tail_is_left_alone(model: LocalModel):
    assert ask(model, request("pri", is_healed=True, max_tokens=3, min_tokens=3)).tokens.prompt >= 1
