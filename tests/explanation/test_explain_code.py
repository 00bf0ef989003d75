"""A piece of code is told by what the repository says of it; what does not fit is named, not dropped in silence."""

from lsp_server.cancellation import Cancellation
from lsp_server.chat.local import LocalChat
from lsp_server.explanation.explain_code import explain_code
from lsp_server.explanation.problem import Explanation
from lsp_server.explanation.shortened import shortened
from lsp_server.explanation.story import Storyteller
from lsp_server.model.scripted import ScriptedModel
from lsp_server.prompting.chat import chat_families
from lsp_server.text.document import Document
from tests.explanation.test_explain import DOCUMENTS, SNAPSHOT


def explained(
    path: str, marked: str, *, select: bool = False, says: str = "", language: str = "en"
) -> Explanation:
    document = DOCUMENTS[path]
    start = document.text.index(marked)
    family = next(it for it in chat_families() if it.name == "chatml")
    return explain_code(
        document,
        start,
        start + len(marked) * select,
        snapshot=SNAPSHOT,
        storyteller=Storyteller(chat=LocalChat(ScriptedModel([says]), family)) if says else None,
        language=language,
        cancellation=Cancellation(),
        on_text=lambda text: None,
    )


def test_a_function_is_told_with_its_uses_and_a_method_with_what_it_builds_on():
    net = explained("shop/price.py", "def net").markdown
    assert "`net` is a function." in net
    assert "In 2 lines." in net
    assert "- `shop/cart.py:9` `return net(self.gros, 0.19)`" in net
    price = explained("shop/cart.py", "return net")
    assert "`price` is a method of `Item`." in price.markdown
    assert (price.evidence[0].name, price.evidence[0].place) == ("net", "shop/price.py:1")


def test_a_selection_is_what_is_explained_and_it_need_not_be_a_definition():
    markdown = explained("shop/cart.py", "return net(self.gros, 0.19)", select=True).markdown
    assert "What is shop/cart.py:9–9?" in markdown
    assert "class Item" not in markdown
    head = explained("shop/cart.py", "class Item:", select=True).markdown
    assert head == explained("shop/cart.py", "class Item:").markdown
    whole = explained("shop/cart.py", DOCUMENTS["shop/cart.py"].text, select=True).markdown
    assert "It holds `Item`." in whole


def test_the_reader_s_language_is_spoken():
    assert "是一个函数" in explained("shop/price.py", "def net", language="zh").markdown


def test_the_model_s_words_come_last_and_invented_names_are_marked():
    markdown = explained("shop/price.py", "def net", says="It calls `compute_vat_rate` on `gross`.").markdown
    assert markdown.index("What it is") < markdown.index("It calls")
    assert "Unsure: `compute_vat_rate`" in markdown


def long_file(methods: int) -> Document:
    body = "\n".join(f"        step_{number} = number * {number}" for number in range(12))
    text = "class Cart:\n" + "".join(
        f"    def method_{number}(self, number):\n{body}\n        return number\n\n"
        for number in range(methods)
    )
    return Document(path="shop/long.py", text=text, language="python")


def test_what_is_too_long_is_cut_along_its_definitions_and_named_where_it_was():
    document = long_file(20)
    whole = shortened(document, 0, document.line_count - 1, characters_max=1_000_000)
    assert (whole.text, whole.unread) == (document.text, ())
    short = shortened(document, 0, document.line_count - 1, characters_max=6_000)
    assert len(short.text) <= 6_000
    assert all(f"def method_{number}(" in short.text for number in range(20)), "heads stay"
    assert short.unread
    assert all(it in short.text for it in short.unread)
    assert short.unread[0].startswith("shop/long.py › Cart › method_0, lines 3–")
    tiny = shortened(document, 0, document.line_count - 1, characters_max=300)
    assert len(tiny.text) <= 300
    assert tiny.unread


def test_text_without_definitions_keeps_its_beginning():
    document = Document(path="notes.txt", text="word word word\n" * 400, language="plain")
    short = shortened(document, 0, document.line_count - 1, characters_max=1_000)
    assert len(short.text) <= 1_000
    assert short.unread == (short.text.rpartition("… ")[2],)
