"""Line comments, for models that are shown other files inside of comments."""

from lsp_server.syntax.languages import LANGUAGES, line_comment


def comment_mark(language: str, path: str) -> str:
    """What starts a line comment in the file at *path*; `#` where nobody knows."""
    known = LANGUAGES.get(language)
    return (known.line_comment if known else "") or line_comment(path) or "#"


def commented(text: str, mark: str) -> str:
    return "\n".join(f"{mark} {line}".rstrip() for line in text.split("\n"))
