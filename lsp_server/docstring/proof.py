"""Proof that an insertion changes nothing but documentation.

Two independent looks: the text outside of the edit is the same, character for character, and so is
what a parser makes of it. CPython's parser decides for Python where it can; tree-sitter otherwise.
"""

import ast

from lsp_server.docstring.edit import CannotDocument, DocstringEdit
from lsp_server.syntax.tokens import code_tokens
from lsp_server.text.document import Document

DOCUMENTED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def prove(document: Document, edit: DocstringEdit) -> None:
    """Raises CannotDocument unless *edit* provably adds documentation and changes nothing else."""
    before = document.text
    after = edit.applied_to(before)
    removed = before[edit.offset : edit.end_offset]
    rest_is_same = (
        after.startswith(before[: edit.offset])
        and after.endswith(before[edit.end_offset :])
        and len(after) == len(before) - len(removed) + len(edit.text)
    )
    if not rest_is_same or removed.strip():
        raise _unproved(edit, "text outside of it would change")
    if document.language == "python":
        is_same = _same_python(before, after)
    else:
        tokens = code_tokens(before, document.language)
        # What cannot be parsed proves nothing.
        is_same = tokens is not None and tokens == code_tokens(after, document.language)
    if not is_same:
        raise _unproved(edit, "the code would parse differently")


def prove_replaced(document: Document, edit: DocstringEdit) -> None:
    """Raises CannotDocument unless *edit* provably puts one docstring in the place of another."""
    before = document.text
    after = edit.applied_to(before)
    rest_is_same = after.startswith(before[: edit.offset]) and after.endswith(before[edit.end_offset :])
    try:
        removed, added = (ast.literal_eval(it) for it in (before[edit.offset : edit.end_offset], edit.text))
        is_text = isinstance(removed, str) and isinstance(added, str)
        is_same = is_text and _without_docstrings(before) == _without_docstrings(after)
        counts = {len(_docstrings(it)) for it in (before, after)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        is_same, counts = False, set()
    if not rest_is_same or not is_same or len(counts) != 1:
        raise _unproved(edit, "the code would parse differently")


def prove_comment_replaced(document: Document, edit: DocstringEdit) -> None:
    """Raises CannotDocument unless *edit* provably puts one comment in the place of another."""
    before = document.text
    after = edit.applied_to(before)
    without = before[: edit.offset] + before[edit.end_offset :]
    tokens = code_tokens(before, document.language)
    is_same = tokens is not None and tokens == code_tokens(after, document.language)
    if not is_same or tokens != code_tokens(without, document.language):
        raise _unproved(edit, "the code would parse differently")


def _docstrings(text: str) -> list[str]:
    nodes = (it for it in ast.walk(ast.parse(text)) if isinstance(it, DOCUMENTED))
    return [found for it in nodes if (found := ast.get_docstring(it, clean=False)) is not None]


def _same_python(before: str, after: str) -> bool:
    try:
        return _without_docstrings(before) == _without_docstrings(after)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    tokens_before, tokens_after = code_tokens(before, "python"), code_tokens(after, "python")
    if tokens_before is None or tokens_after is None:
        return False
    # Somewhere else the file is broken: then the new tokens are one string, and nothing else moved.
    added = len(tokens_after) - len(tokens_before)
    at = next(
        (i for i, (old, new) in enumerate(zip(tokens_before, tokens_after, strict=False)) if old != new),
        len(tokens_before),
    )
    new = tokens_after[at : at + added]
    return (
        added > 0
        and tokens_after[:at] + tokens_after[at + added :] == tokens_before
        and all(kind.startswith("string") for kind, _ in new)
    )


def _without_docstrings(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if not isinstance(node, DOCUMENTED):
            continue
        first = node.body[0]
        if (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            node.body = node.body[1:]
    return ast.dump(tree)


def _unproved(edit: DocstringEdit, why: str) -> CannotDocument:
    return CannotDocument(
        f"a docstring for {edit.name} cannot be offered: {why}",
        hint="Nothing was changed. Write it by hand, or simplify the definition's first lines.",
    )
