"""Line comments, for models that are shown other files inside of comments."""

_HASH = {"python", "bash", "ruby", "toml", "yaml", "make", "dockerfile", "r", "perl", "elixir", "plain"}
_DASHES = {"lua", "sql", "haskell", "elm", "ada"}


def commented(text: str, language: str) -> str:
    """*text* with each line made a line comment of *language*."""
    mark = _mark(language)
    return "\n".join(f"{mark} {line}".rstrip() for line in text.split("\n"))


def _mark(language: str) -> str:
    if language in _HASH:
        return "#"
    return "--" if language in _DASHES else "//"
