"""What kind of problem a message is about, and which names it speaks of."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from lsp_server.explanation.near_names import near_names

MESSAGE_MAX = 4_000  # characters looked at; what follows repeats or decorates

# gcc and CPython print typographic quotes where the terminal has them; the tables know plain ones.
_PLAIN_QUOTES = str.maketrans("‘’“”", "''\"\"")
_SUGGESTED = re.compile(
    r"(?:did you mean(?: to write| the (?:instance|static) member)?:?|maybe) "
    r"[`'\"](?P<name>[A-Za-z_$][\w.$]*)[`'\"]"
    r"|but does have (?:field |method )?(?P<other>[A-Za-z_]\w*)",
    re.I,
)
_MORE_SUGGESTED = re.compile(r"(?:,| or|, or) [`'\"](?P<name>[A-Za-z_$][\w.$]*)[`'\"]")
_QUOTED = re.compile(r"[`'\"“‘]([A-Za-z_$][\w$.]*)(?:\(\))?[`'\"”’]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A message, understood as far as the tables go."""

    kind: str  # a name in kinds.toml, or "other"
    groups: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()  # every symbol that the message quotes, the one at fault first
    suggestions: tuple[str, ...] = ()  # what the tool itself thinks was meant, the most alike first

    @property
    def suggestion(self) -> str:
        """The likeliest; "" if there is none."""
        return next(iter(self.suggestions), "")


def read_message(message: str) -> Reading:
    message = message[:MESSAGE_MAX].translate(_PLAIN_QUOTES)
    suggested = _suggested(message)
    quoted = [name for name in _QUOTED.findall(message) if not name.isdigit()]
    for kind, patterns in _kinds():
        for pattern in patterns:
            match = pattern.search(message)
            if match is not None:
                groups = {key: value for key, value in match.groupdict().items() if value}
                first = [groups[key] for key in ("name", "function", "owner") if key in groups]
                names = tuple(dict.fromkeys([*first, *quoted]))
                suggestions = _most_alike_first(suggested, groups.get("name", ""))
                return Reading(kind=kind, groups=groups, names=names, suggestions=suggestions)
    return Reading(kind="other", names=tuple(dict.fromkeys(quoted)), suggestions=tuple(suggested))


def _suggested(message: str) -> list[str]:
    """mypy says `maybe "A", "B" or "C"?`, others name one."""
    first = _SUGGESTED.search(message)
    if first is None:
        return []
    found, end = [first["name"] or first["other"]], first.end()
    while (more := _MORE_SUGGESTED.match(message, end)) is not None:
        found.append(more["name"])
        end = more.end()
    return found


def _most_alike_first(names: Sequence[str], wrong: str) -> tuple[str, ...]:
    if len(names) == 1 or not wrong:
        return tuple(names)
    near = [it for it, _ in near_names(wrong, names)]
    return tuple(sorted(names, key=lambda it: near.index(it) if it in near else len(near)))


@cache
def _kinds() -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    text = resources.files("lsp_server.explanation").joinpath("kinds.toml").read_text("utf-8")
    return tuple(
        (kind["name"], tuple(re.compile(pattern) for pattern in kind["patterns"]))
        for kind in tomllib.loads(text)["kind"]
    )
