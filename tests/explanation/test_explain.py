"""An explanation names the cause from the repository, and never more than it knows."""

from pathlib import Path

import pytest

from lsp_server.cancellation import Cancellation, Cancelled
from lsp_server.chat.local import LocalChat
from lsp_server.explanation.explain import explain_problem, explain_traceback
from lsp_server.explanation.problem import Explanation, Problem
from lsp_server.explanation.safe_markdown import safe
from lsp_server.explanation.story import Storyteller
from lsp_server.explanation.traceback import NoTraceback
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.scripted import ScriptedModel
from lsp_server.prompting.chat import chat_families
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document

FILES = {
    "shop/price.py": "def net(gross, vat_rate):\n    return gross / (1 + vat_rate)\n",
    "shop/cart.py": (
        "from shop.price import net\n\n\nclass Item:\n    def __init__(self, gross):\n        self.gross = gross\n\n"
        "    def price(self):\n        return net(self.gros, 0.19)\n"
    ),
}
DOCUMENTS = {path: Document(path=path, text=text, language=language_of(path)) for path, text in FILES.items()}
SNAPSHOT = Snapshot.of(Path("/repository"), [index_file(it) for it in DOCUMENTS.values()], name="shop")
GROS = "'Item' object has no attribute 'gros'"


def explained(message: str, marked: str = "self.gros", says: str = "", language: str = "en") -> Explanation:
    document = DOCUMENTS["shop/cart.py"]
    start = document.text.index(marked)
    family = next(it for it in chat_families() if it.name == "chatml")
    return explain_problem(
        Problem(message=message, start=start, end=start + len(marked)),
        document,
        snapshot=SNAPSHOT,
        storyteller=Storyteller(chat=LocalChat(ScriptedModel([says]), family)) if says else None,
        language=language,
        cancellation=Cancellation(),
        on_text=lambda text: None,
    )


def test_a_misspelt_attribute_is_answered_with_the_right_one_and_its_place():
    explanation = explained(GROS)
    assert "Did you mean `gross`? It stands at `shop/cart.py:6`." in explanation.markdown
    assert explanation.evidence[0].name == "gross"


def test_a_name_of_another_file_is_answered_with_its_import():
    explanation = explained("name 'net' is not defined", marked="net(")
    assert "Import it: `net` is defined at `shop/price.py:1`." in explanation.markdown


def test_a_wrong_call_shows_the_signature():
    explanation = explained("net() missing 1 required positional argument: 'vat_rate'", marked="net(")
    assert "def net(gross, vat_rate):" in explanation.markdown


def test_an_unknown_message_is_never_answered_with_nothing():
    explanation = explained("the flux is not aligned", marked="net(")
    assert "The tool says: the flux is not aligned" in explanation.markdown
    assert "shop/price.py:1" in explanation.markdown


def test_it_speaks_chinese():
    assert "是否想写 `gross`" in explained(GROS, language="zh").markdown


def test_a_traceback_is_explained_at_the_innermost_frame_of_the_repository():
    text = (
        "noise\nTraceback (most recent call last):\n"
        '  File "/home/me/work/shop/cart.py", line 9, in price\n    return net(self.gros, 0.19)\n'
        '  File "/usr/lib/python3.11/other.py", line 3, in f\n    g()\n'
        f"AttributeError: {GROS}\n"
    )
    explanation = explain_traceback(
        text, snapshot=SNAPSHOT, read=DOCUMENTS.get, storyteller=None, language="en",
        cancellation=Cancellation(), on_text=lambda text: None,
    )  # fmt: skip
    assert "`shop/cart.py:9`" in explanation.markdown
    assert "Did you mean `gross`?" in explanation.markdown
    assert (
        "1. `/usr/lib/python3.11/other.py:3` in `f`\n2. `shop/cart.py:9` in `price`" in explanation.markdown
    )


def traced(*frames: tuple[str, int, str], message: str = "ValueError: no", says: str = "") -> Explanation:
    rows = [f'  File "{path}", line {line}, in {function}\n    …\n' for path, line, function in frames]
    family = next(it for it in chat_families() if it.name == "chatml")
    return explain_traceback(
        f"Traceback (most recent call last):\n{''.join(rows)}{message}\n", snapshot=SNAPSHOT, read=DOCUMENTS.get,
        storyteller=Storyteller(chat=LocalChat(ScriptedModel([says]), family)) if says else None,
        language="en", cancellation=Cancellation(), on_text=lambda text: None,
    )  # fmt: skip


def test_each_frame_of_the_repository_is_a_piece_with_its_source_the_innermost_first():
    explanation = traced(
        ("/a/shop/cart.py", 9, "price"), ("/usr/lib/other.py", 3, "f"), ("/a/shop/price.py", 2, "net")
    )
    frames = [(it.path, it.line, it.text) for it in explanation.evidence if it.role == "frame"]
    assert frames == [
        ("shop/price.py", 1, "return gross / (1 + vat_rate)"), ("shop/cart.py", 8, "return net(self.gros, 0.19)"),
    ]  # fmt: skip
    assert "   >    9         return net(self.gros, 0.19)\n" in explanation.markdown


def test_a_deep_recursion_is_cut():
    explanation = traced(*[("/a/shop/price.py", 2, "net")] * 900)
    assert "And 888 frames further out." in explanation.markdown
    assert len(explanation.markdown) < 6_000


def test_a_traceback_from_elsewhere_is_told_too():
    frames, message = [("/usr/lib/other.py", 3, "f")], "KeyError: 'rate'"
    assert "The key 'rate' is not in the mapping." in traced(*frames, message=message).markdown
    told = traced(*frames, message=message, says="The mapping lacks it.").markdown
    assert "The mapping lacks it." in told


def test_text_without_a_traceback_is_refused_with_a_hint():
    with pytest.raises(NoTraceback):
        explain_traceback(
            "all is well", snapshot=SNAPSHOT, read=DOCUMENTS.get, storyteller=None, language="en",
            cancellation=Cancellation(), on_text=lambda text: None,
        )  # fmt: skip


def test_a_chat_models_story_follows_the_evidence_and_says_who_told_it():
    markdown = explained(GROS, says="Use `gross`, the attribute that `Item` has.").markdown
    assert markdown.index("## Evidence") < markdown.index("Use `gross`")
    assert "Unsure" not in markdown
    assert "scripted" in markdown


def test_a_story_about_symbols_that_exist_nowhere_is_marked():
    assert "Unsure: `frobnicate`" in explained(GROS, says="Call `frobnicate()` first.").markdown


def test_the_languages_own_names_are_not_marked():
    assert "Unsure" not in explained(GROS, says="`len` of `None` is no `int`; `import json`.").markdown


def test_a_cancelled_explanation_ends():
    document = DOCUMENTS["shop/cart.py"]
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(Cancelled):
        explain_problem(
            Problem(message=GROS, start=0, end=1), document, snapshot=SNAPSHOT, storyteller=None,
            language="en", cancellation=cancellation, on_text=lambda text: None,
        )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "![x](https://evil.example/a.png)",
        "[click](command:kibitz.run)",
        "[a][b]\n\n[b]: https://evil.example",
        "<img src=x onerror=alert(1)>",
        "see https://evil.example/?q=secret",
        "[![x](http://a.b/c)](http://d.e)",
        "a\u202eb\u200b\x1b[31m",
    ],
)
def test_what_a_model_writes_can_load_and_run_nothing(text):
    shown = safe(text)
    assert not [bad for bad in ("](", "://", "<img", "command:", "\u202e", "\u200b", "\x1b") if bad in shown]
    assert safe(shown) == shown
