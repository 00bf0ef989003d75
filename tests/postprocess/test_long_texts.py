"""In a long text only what is near the cursor is parsed, and what is said of a suggestion stays the same."""

import pytest

from lsp_server.postprocess.pipeline import clean
from lsp_server.text.document import Document

METHOD = '''
    def method_{number}(self, amount):
        """Say what."""
        if amount > {number}:
            return [amount]
        return None
'''
CLASS = "class Shop:\n" + "".join(METHOD.format(number=number) for number in range(300))


def shown(generated: str, at: str) -> str:
    text = CLASS.replace(METHOD.format(number=150), METHOD.format(number=150) + at)
    offset = text.index(at) + len(at.rstrip("\n"))
    document = Document(path="shop.py", text=text, language="python")
    return clean(generated, document, offset, max_lines=8).text


@pytest.mark.parametrize(
    ("generated", "expected"),
    [("amount, 2)", "amount, 2)"), ("amount) 2 3", ""), ("amount for in)", "")],
)
def test_in_the_middle_of_a_long_class_what_breaks_the_code_is_not_shown(generated, expected):
    """The class is longer than what is parsed: a header stands for its beginning."""
    assert shown(generated, "\n    def total(self):\n        return sum(\n") == expected
