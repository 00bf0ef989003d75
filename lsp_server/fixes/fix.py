"""What may repair a problem: replacements in one document, and how sure it is that they do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """*text* in place of what stands from *start* to *end*; code points."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A fix nobody has checked yet."""

    title: str  # what it does, to follow "Fix: "
    changes: tuple[Change, ...]
    weight: float  # compares candidates of one problem
    # The repository or the standard library proves that the message goes: the one class of that name has the
    # member, the call fits its signature. It counts only where no checker in this process sees the problem.
    is_proven: bool = False
    is_doubtful: bool = False  # it may bring what nobody here can see, such as a circle of imports

    def applied_to(self, text: str) -> str:
        for change in sorted(self.changes, reverse=True):
            text = text[: change.start] + change.text + text[change.end :]
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A candidate that was applied to a copy and looked at again."""

    title: str
    changes: tuple[Change, ...]
    is_verified: bool  # the problem is gone and no new one came
    after: str  # the whole text with it
    is_by_model: bool = False
    checked_by: str = ""  # the checker of the person's own that said so
