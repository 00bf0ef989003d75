"""Which lines belong together, told by indentation and by words that every reader knows."""

import re

from lsp_server.postprocess.lexing import BRACE_LANGUAGES

# Words that go on with the statement above instead of starting one.
_GOES_ON = {
    "python": r"(?:elif|else|except|finally)\b",
    "bash": r"(?:then|elif|else|fi|do|done|esac)\b|;;|\}",
    "brace": r"(?:else|catch|finally|while)\b|[})\].]",
    "plain": r"(?!)",
}
_DEFINES = {
    "python": r"(?:async\s+def|def|class)\s+\w+",
    "bash": r"(?:function\s+\w+|\w+\s*\(\))",
    "brace": r"(?:(?:export|default|public|private|protected|static|async|abstract|final|pub(?:\([\w:]+\))?"
    r"|unsafe|const|extern)\s+)*(?:function|class|interface|enum|struct|impl|trait|fn|func|type|mod|namespace)"
    r"\b[\s(*]",
    "plain": r"(?!)",
}
_PYTHON_HEADER = re.compile(r":\s*(?:#.*)?$")
_BRACE_HEADER = re.compile(r"\{\s*(?://.*)?$")
_BASH_HEADER = re.compile(r"(?:\b(?:then|do|else|in)|\{)\s*(?:#.*)?$")


def goes_on(line: str, language: str) -> bool:
    """Whether *line* continues the compound statement above it: `else`, `}`, `fi`."""
    return re.match(_GOES_ON[_kind(language)], line.lstrip()) is not None


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
