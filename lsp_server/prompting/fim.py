"""Fill-in-the-middle prompts: what is before and after the cursor, and snippets of other files.

Pure. No text that goes in is searched for special tokens. Lines end with `\\n` whatever the document
has, since that is what models were trained with.
"""

from collections.abc import Iterable
from functools import lru_cache

from lsp_server.context.snippet import Snippet
from lsp_server.prompting.comments import comment_mark, commented
from lsp_server.prompting.families import Family
from lsp_server.prompting.pieces import Piece
from lsp_server.prompting.template import fill, joined


def fim_pieces(
    family: Family,
    *,
    repository: str,
    path: str,
    language: str,
    prefix: str,
    suffix: str,
    snippets: Iterable[Snippet],
    typed: str = "",
) -> tuple[Piece, ...]:
    """The whole prompt; the answer follows it at once.

    *typed* is what was typed after a prompt with this *prefix* had been evaluated. It goes to the
    very end, whatever the family's order, so that nothing before it changes.
    """
    mark = comment_mark(language, path)
    shown = [piece for snippet in snippets for piece in snippet_pieces(family, snippet, mark)]
    values: dict[str, str | list[Piece]] = {
        "repository": _one_line(repository),
        "path": _one_line(path),
        "snippets": shown,
        "prefix": _plain_lines(prefix),
        "suffix": _plain_lines(suffix),
    }
    return joined([*fill(family.prompt, values), _plain_lines(typed)])


@lru_cache(maxsize=256)  # a frame's snippets are asked for at every keystroke
def snippet_pieces(family: Family, snippet: Snippet, mark: str) -> tuple[Piece, ...]:
    """One snippet as *family* wants it; *mark* starts a comment where the cursor is."""
    path, text = _one_line(snippet.path), _plain_lines(snippet.text)
    return fill(
        family.snippet,
        {
            "path": path,
            "text": text,
            "comment_path": commented(path, mark),
            "comment_text": commented(text, mark),
        },
    )


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n")
