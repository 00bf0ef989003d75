"""How programs of other languages print where they crashed: the innermost frame first, all of them."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    path: str  # as printed
    line: int  # from 1
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    frame: re.Pattern[str]
    message: re.Pattern[str]


STACKS = (
    Stack(  # node and browsers; frames inside of node itself are left out
        frame=re.compile(
            r"^ {4}at (?:(?P<function>[^()\n]{1,200}) \()?(?:file://)?"
            r"(?P<path>(?!node:)[^()\n:]{1,400}):(?P<line>\d+):\d+\)?$",
            re.M,
        ),
        message=re.compile(
            r"^(?:Uncaught )?(?P<message>[A-Z]\w*(?:Error|Exception)?(?: \[\w+\])?: .*)$", re.M
        ),
    ),
    Stack(  # Java: the file has no folder, the package says it
        frame=re.compile(
            r"^\s+at (?P<function>[\w.$<>/@]{1,300})\((?P<path>\w{1,99}\.(?:java|kt|scala)):(?P<line>\d+)\)$",
            re.M,
        ),
        message=re.compile(
            r'^(?:Exception in thread "[^"\n]*" |Caused by: )?(?P<message>(?:\w+\.)+[A-Z]\w*(?:: .*)?)$', re.M
        ),
    ),
    Stack(  # Go
        frame=re.compile(
            r"^(?P<function>[\w./*()-]{1,300})\(.*\)\n\t(?P<path>[^\n:]{1,400}\.go):(?P<line>\d+)", re.M
        ),
        message=re.compile(r"^(?:panic|fatal error): (?P<message>.*)$", re.M),
    ),
    Stack(  # Rust
        frame=re.compile(r"panicked at (?P<path>[^\n:]{1,400}\.rs):(?P<line>\d+):\d+:?$", re.M),
        message=re.compile(r"panicked at [^\n]*\n(?P<message>.*)$", re.M),
    ),
)
