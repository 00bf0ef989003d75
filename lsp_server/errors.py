"""Expected failures. Anything else that is raised is a bug and keeps its traceback."""


class KibitzError(Exception):
    """An expected failure; `hint` tells the user, in one sentence, what to do about it."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class ModelUnavailable(KibitzError):
    """No model can answer now: none is configured, its file is unusable, or its host is down."""


class PromptRefused(ModelUnavailable):
    """The model is there and does not take this request; a shorter one may pass."""


class BadPosition(KibitzError):
    """A line or column that the text does not have."""


class UnreadableFile(KibitzError):
    """A file that cannot be used as source text: missing, binary, too large, or outside the rules."""
