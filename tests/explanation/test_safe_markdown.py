"""Links that a renderer makes of what stands on several lines."""

import pytest
from markdown_it import MarkdownIt

from lsp_server.explanation.safe_markdown import safe


@pytest.mark.parametrize(
    "text",
    [
        "[a\nb]:\n evil\n\nsee [a b]",
        "[a]:\nevil\n\nsee [a]",
        "> [a]:\n> evil\n>\n> see [a]",
        "- [a\\]b]:\n  evil\n\n  see [a\\]b]",
    ],
)
def test_a_definition_on_several_lines_defines_nothing(text: str) -> None:
    renderer = MarkdownIt("commonmark")
    assert "<a " in renderer.render(text)
    assert "<a " not in renderer.render(safe(text))


def test_code_that_looks_a_little_like_one_stays() -> None:
    text = "```python\nif prices[0]:\n    total[a]: int = 3\n```"
    assert safe(text) == text
