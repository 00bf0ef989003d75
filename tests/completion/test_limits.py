"""What one completion may cost, and what a prompt of that size shows of its file."""

import pytest

from lsp_server.completion.anchoring import typed_tokens
from lsp_server.completion.limits import limits_for, visible_automatically
from lsp_server.prompting.window import visible_range
from tests.index.check import document_of


@pytest.mark.parametrize("line", [0, 40, 200, 399])
def test_what_is_foreseen_of_a_file_is_what_a_prompt_has_room_for(line: int):
    limits = limits_for(32_768, max_tokens=48, max_lines=1, deadline_ms=1_000, context_tokens=0)
    own = limits.prompt_tokens - typed_tokens(limits.prompt_tokens) - limits.context_tokens
    document = document_of("shop/cart.py", "".join(f"total_{it} = net({it})\n" for it in range(400)))
    offset = document.line_starts[line]
    expected = visible_range(document, offset, tokens=own, suffix_share=limits.suffix_share)
    assert visible_automatically(document, offset) == expected
    assert expected != (0, len(document.text))
