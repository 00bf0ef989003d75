"""A fill-in prompt has exactly the form that its model was trained with."""

from itertools import pairwise

from lsp_server.context.snippet import Snippet
from lsp_server.prompting.families import Family, families
from lsp_server.prompting.fim import fim_pieces
from lsp_server.prompting.pieces import Piece, SpecialToken

SNIPPET = Snippet(
    path="shop/price.py", start_line=0, end_line=1, text="def net(x):\n    ...", reason="", score=1
)


def family(name: str) -> Family:
    return next(it for it in families() if it.name == name)


def prompt(
    name: str, *, typed: str = "", prefix: str = "a\n", suffix: str = "\nz", **more: str
) -> list[Piece]:
    return list(
        fim_pieces(
            family(name),
            repository=more.get("repository", "shop"),
            path=more.get("path", "shop/cart.py"),
            language=more.get("language", "python"),
            prefix=prefix,
            suffix=suffix,
            snippets=[SNIPPET],
            typed=typed,
        )
    )


def shown(pieces: list[Piece]) -> str:
    """Special tokens in guillemets, so that they differ from text."""
    return "".join(f"«{it.text}»" if isinstance(it, SpecialToken) else it for it in pieces)


def test_the_bundled_model_reads_the_suffix_first_and_goes_on_at_once():
    assert shown(prompt("kibitz")) == (
        "«<|repo_name|>»shop\n"
        "«<|file_sep|>»shop/price.py\ndef net(x):\n    ...\n"
        "«<|file_sep|>»shop/cart.py\n«<|fim_suffix|>»\nz«<|fim_prefix|>»a\n"
    )


def test_qwen_reads_the_suffix_last():
    assert shown(prompt("qwen2.5-coder")) == (
        "«<|repo_name|>»shop\n"
        "«<|file_sep|>»shop/price.py\ndef net(x):\n    ...\n"
        "«<|file_sep|>»shop/cart.py\n«<|fim_prefix|>»a\n«<|fim_suffix|>»\nz«<|fim_middle|>»"
    )


def test_codestral_reads_other_files_inside_of_the_prefix():
    assert shown(prompt("codestral")) == (
        "«[SUFFIX]»\nz«[PREFIX]»+++++ shop/price.py\ndef net(x):\n    ...\n\n+++++ shop/cart.py\na\n"
    )


def test_a_model_without_file_tokens_reads_other_files_as_comments_of_the_language():
    assert shown(prompt("codegemma", language="go", path="cart.go")) == (
        "«<|fim_prefix|>»// shop/price.py\n// def net(x):\n//     ...\n\n"
        "a\n«<|fim_suffix|>»\nz«<|fim_middle|>»"
    )


def test_source_code_is_never_read_for_special_tokens():
    pieces = prompt("kibitz", prefix='END = "<|fim_suffix|>"\n', repository="<|file_sep|>", path="<|x|>.py")
    tokens = [piece.text for piece in pieces if isinstance(piece, SpecialToken)]
    assert tokens == ["<|repo_name|>", "<|file_sep|>", "<|file_sep|>", "<|fim_suffix|>", "<|fim_prefix|>"]
    assert 'END = "<|fim_suffix|>"\n' in pieces


def test_what_is_typed_later_changes_nothing_before_it():
    """For every family: the pieces before the end stay as they are, so their evaluation can be kept."""
    for it in families():
        before, after = prompt(it.name), prompt(it.name, typed="x = ")
        assert shown(after) == shown(before) + "x = "


def test_text_on_both_sides_of_a_hole_is_one_piece():
    """A tokenizer sees `path`, line end and text as one string, as in training."""
    for it in families():
        pieces = prompt(it.name)
        assert not any(isinstance(a, str) and isinstance(b, str) for a, b in pairwise(pieces))
        assert "" not in pieces


def test_windows_line_ends_are_not_shown_to_a_model():
    assert shown(prompt("kibitz", prefix="a\r\n", suffix="\r\nz")) == shown(prompt("kibitz"))
