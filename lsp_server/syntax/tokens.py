"""The leaves of a syntax tree without comments: equal lists mean equal code."""

from lsp_server.syntax.tree import DEPTH_MAX, parse


def code_tokens(text: str, language: str) -> list[tuple[str, str]] | None:
    """(kind, text) of each token in order, comments left out; None if the text cannot be parsed."""
    tree = parse(text, language)
    if tree is None:
        return None
    tokens: list[tuple[str, str]] = []
    cursor = tree.root.walk()
    depth = 0
    while True:
        node = cursor.node
        assert node is not None
        if "comment" not in node.type:
            if depth < DEPTH_MAX and cursor.goto_first_child():
                depth += 1
                continue
            tokens.append((node.type, tree.text_of(node)))
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return tokens
            depth -= 1
