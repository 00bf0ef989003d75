"""Which lines belong together, told by indentation and by words that every reader knows."""

import re

from lsp_server.postprocess.lexing import BRACE_LANGUAGES

# Words that go on with the statement above instead of starting one.
_GOING_ON = {
    "python": ("elif", "else", "except", "finally"),
    "bash": ("then", "elif", "else", "fi", "do", "done", "esac", ";;"),
    "brace": ("else", "catch", "finally", "while"),
    "plain": (),
}
_ENDING = {"python": "", "bash": "}", "brace": "})].", "plain": ""}  # characters that do so too
_DEFINES = {
    "python": r"(?:async\s+def|def|class)\s+\w+",
    "bash": r"(?:function\s+\w+|\w+\s*\(\))",
    "brace": r"(?:(?:export|default|public|private|protected|static|async|abstract|final|pub(?:\([\w:]+\))?"
    r"|unsafe|const|extern)\s+)*(?:function|class|interface|enum|struct|impl|trait|fn|func|type|mod|namespace)"
    r"\b[\s(*]",
    "plain": r"(?!)",
}
_FIRST_WORD = re.compile(r"\w+|;;")
_PYTHON_HEADER = re.compile(r":\s*(?:#.*)?$")
_BRACE_HEADER = re.compile(r"\{\s*(?://.*)?$")
_BASH_HEADER = re.compile(r"(?:\b(?:then|do|else|in)|\{)\s*(?:#.*)?$")


def goes_on(line: str, language: str) -> bool:
    """Whether *line* continues the compound statement above it: `else`, `}`, `fi`."""
    kind, text = _kind(language), line.lstrip()
    word = _FIRST_WORD.match(text)
    return (word is not None and word[0] in _GOING_ON[kind]) or (text[:1] or " ") in _ENDING[kind]


def may_go_on(beginning: str, language: str) -> bool:
    """Whether a line with this *beginning* could turn out to go on with the statement above."""
    word = beginning.strip()
    return goes_on(beginning, language) or any(it.startswith(word) for it in _GOING_ON[_kind(language)])


def defines(line: str, language: str) -> bool:
    """Whether *line* starts a definition of its own."""
    return re.match(_DEFINES[_kind(language)], line.lstrip()) is not None


def opens_block(line: str, language: str) -> bool:
    """Whether *line* ends with what a block follows."""
    kind = _kind(language)
    if kind == "python":
        return _PYTHON_HEADER.search(line) is not None
    return (_BASH_HEADER if kind == "bash" else _BRACE_HEADER).search(line) is not None


def ends_block(line: str, language: str) -> bool:
    """Whether *line*, at the indentation of its header, ends a block for good."""
    if language == "bash":
        return re.match(r"(?:fi|done|esac)\b|\}", line.lstrip()) is not None
    return language != "python" and line.lstrip().startswith("}") and not line.rstrip().endswith("{")


def _kind(language: str) -> str:
    if language in ("python", "bash"):
        return language
    return "brace" if language in BRACE_LANGUAGES else "plain"
