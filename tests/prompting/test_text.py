"""Prompts in plain words, with values in their holes."""

import pytest

from lsp_server.prompting.folder import PromptInvalid, PromptMissing
from lsp_server.prompting.text import render


def test_a_value_is_put_in_as_it_is():
    """Source code is full of braces and angle brackets; none of it is a template or HTML."""
    text = render("explain_code", language="python", path="a.py", code="x = '{{ y }}' < {% z %}")
    assert "x = '{{ y }}' < {% z %}" in text


def test_what_is_not_known_is_not_mentioned():
    known = {"language": "go", "path": "a.go", "line": 3, "message": "undefined: x", "code": "> 3 | x"}
    assert "else is known" not in render("explain_error", **known)
    assert "x is defined in b.go" in render("explain_error", **known, evidence="x is defined in b.go")


def test_a_missing_value_is_named():
    with pytest.raises(PromptInvalid, match=r"prompts/docstring.md: hole: 'code' is undefined"):
        render("docstring", language="python", signature="f()")


def test_a_missing_prompt_is_named():
    with pytest.raises(PromptMissing, match="nowhere"):
        render("nowhere")
