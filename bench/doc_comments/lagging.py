"""Comments that a person wrote, made to lag behind their code in one thing."""

import random
import re
from dataclasses import dataclass

from bench.doc_comments.functions import Case
from bench.doc_comments.styles import TAG, documented

KINDS = ("left out", "renamed", "gone")


@dataclass(frozen=True)
class Lagging:
    case: Case
    kind: str
    text: str
    comment: tuple[str, ...]  # as the person wrote it
    kept: tuple[str, ...]  # of it, what has to be there again
    first: int  # line of the comment


def lagging(case: Case, style: str, rng: random.Random) -> Lagging | None:
    if case.comment is None:
        return None
    lines = case.document.text.split("\n")
    first, last = case.comment
    comment = lines[first : last + 1]
    changed, kept = list(comment), list(comment)
    if style == "godoc":
        if not comment[0].lstrip().startswith(f"// {case.name} ") or not case.name[0].isupper():
            return None
        kind, changed[0] = "renamed", comment[0].replace(case.name, f"{case.name}Of", 1)
    else:
        names = documented(comment)
        tags = [number for number, line in enumerate(comment) if TAG.match(line)]
        if not names or tuple(names) != case.parameters or len(tags) != len(names):
            return None
        kind, number = rng.choice(KINDS), rng.choice(tags)
        match = TAG.match(comment[number])
        assert match is not None
        if kind == "left out":
            end = number + 1
            while end < len(comment) and re.match(r"\s*\*?\s*[^\s@\\*/]", comment[end]):
                end += 1  # what goes on in the next line
            if len(tags) == 1:
                return None  # then nobody says that parameters are described here
            changed[number:end] = []
            kept = list(changed)
        elif kind == "renamed":
            changed[number] = match[1] + match[2] + "Old" + comment[number][match.end() :]
        else:
            changed.insert(number, match[1].replace("[", "") + "formerly What is not there any more.")
    text = "\n".join([*lines[:first], *changed, *lines[last + 1 :]])
    return Lagging(case=case, kind=kind, text=text, comment=tuple(comment), kept=tuple(kept), first=first)
