"""Every cut position of real lines, with the bundled model's own tokenizer: nothing typed is lost or doubled."""

import random
from pathlib import Path

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.model import catalog
from lsp_server.model.host.healing import candidates
from lsp_server.model.host.runtime import Runtime
from lsp_server.model.host.vocabulary import Vocabulary
from lsp_server.model.local import LocalModel
from lsp_server.model.port import GenerationRequest, Priority, SpecialToken
from lsp_server.model.token_boundary import TOKENS_TAKEN_OFF_MAX, cut_back
from tests.model.conftest import SETTINGS

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not catalog.BUNDLED_PATH.is_file(), reason="the bundled model is not installed"),
]

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted((ROOT / "lsp_server").rglob("*.py")),
    *sorted((ROOT / "vscode-client" / "src").glob("*.ts")),
    *sorted((ROOT / "prompts").rglob("*.toml")),
]


def real_lines(count: int, *, shortest: int = 12, longest: int = 110) -> list[str]:
    lines = sorted({line for file in FILES for line in file.read_text("utf-8").splitlines()})
    return random.Random(7).sample([it for it in lines if shortest <= len(it) <= longest], count)


@pytest.fixture(scope="module")
def runtime() -> Runtime:
    return Runtime(catalog.BUNDLED_PATH, SETTINGS, 1, lambda _share: None)


@pytest.fixture(scope="module")
def vocabulary(runtime: Runtime) -> Vocabulary:
    return runtime.vocabulary()


def spelled(tail: bytes, vocabulary: Vocabulary, dice: random.Random) -> bytes:
    """What comes out for *tail* if a model throws dice among the tokens that it may say."""
    said, left = b"", tail
    while left:
        allowed = candidates(left, vocabulary)
        assert len(allowed), "the rest can be said"
        piece = vocabulary.piece(int(dice.choice(allowed)))
        said, left = said + piece, left[len(piece) :]
    return said


def test_whatever_a_model_says_the_text_begins_with_what_was_typed(runtime: Runtime, vocabulary: Vocabulary):
    dice = random.Random(1)
    for line in real_lines(150):
        before = "import os\n\n"
        for cut in range(1, len(line) + 1):
            text = before + line[:cut]
            tokens = runtime.tokenize(text)

            kept, tail = cut_back(text, tokens, vocabulary)

            known = b"".join(map(vocabulary.piece, kept))
            assert known + tail == text.encode(), line[:cut]
            assert len(tokens) - len(kept) <= TOKENS_TAKEN_OFF_MAX
            assert (known + spelled(tail, vocabulary, dice)).startswith(text.encode()), line[:cut]


def test_a_line_that_stands_there_already_is_completed_alike_wherever_it_is_cut(meeting_folder: Path):
    """Cut inside a word, an unhealed prompt ends in a token that the model never saw there."""
    model = LocalModel(catalog.resolve(catalog.BUNDLED), settings=SETTINGS, folder=meeting_folder)
    suffix, prefix = (SpecialToken(model.info.fim_tokens[role]) for role in ("suffix", "prefix"))
    right = {True: 0, False: 0}
    places = 0
    for line in real_lines(8, shortest=24, longest=60):
        for cut in range(2, len(line) - 1):
            places += 1
            for is_healed in right:
                asked = GenerationRequest(
                    pieces=(suffix, "\n", prefix, f"{line}\n{line}\n{line[:cut]}"),
                    max_tokens=24,
                    priority=Priority.COMPLETION,
                    is_healed=is_healed,
                )
                said = model.generate(asked, Cancellation()).text.partition("\n")[0]
                right[is_healed] += said == line[cut:]
    model.close()
    assert right[True] > right[False]
    assert right[True] > 0.3 * places
