"""What is not proved is not offered."""

import pytest

from lsp_server.docstring.edit import CannotDocument, DocstringEdit
from lsp_server.docstring.proof import prove
from lsp_server.text.document import Document


def insertion(path: str, text: str, offset: int = 0) -> DocstringEdit:
    return DocstringEdit(path=path, offset=offset, end_offset=offset, text=text, name="f", style="google")


@pytest.mark.parametrize("language", ["plain", "javascript"])
def test_text_that_nobody_can_parse_proves_nothing(language):
    """Two texts without a tree are not two texts with the same tree."""
    too_long_a_line = "x = '" + "a" * 30_000 + "'\n"
    with pytest.raises(CannotDocument):
        prove(Document(path="a", text=too_long_a_line, language=language), insertion("a", "y = 2\n"))


@pytest.mark.parametrize("text", ["// but\ny = 2\n", "y\n", "/* ", "*/"])
def test_a_comment_that_is_more_than_a_comment_is_refused(text):
    document = Document(path="a.js", text="function f() { return 1; }\n", language="javascript")
    with pytest.raises(CannotDocument):
        prove(document, insertion("a.js", text))


def test_replacing_code_is_refused_even_where_it_parses_the_same():
    document = Document(path="a.py", text="def f():\n    return (1)\n", language="python")
    at = document.text.index("(1)")
    edit = DocstringEdit(path="a.py", offset=at, end_offset=at + 3, text="1", name="f", style="google")
    with pytest.raises(CannotDocument):
        prove(document, edit)
