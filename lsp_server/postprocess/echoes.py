"""What a prompt is made of does not belong into its answer."""

import re

from lsp_server.postprocess.site import Site
from lsp_server.postprocess.suggestion import Suggestion

_SPECIAL = re.compile(
    r"<\|[\w ]{2,40}\|?>|<｜[^｜\n]{2,40}｜>"  # <|fim_middle|>, <｜fim▁end｜>
    r"|</?(?:fim_(?:prefix|suffix|middle|pad)|file_sep|repo_?name|filename|gh_stars)>"
    r"|<\[(?:fim-|end▁|begin▁)[^\]\n]{2,30}\]>|\[(?:SUFFIX|PREFIX|MIDDLE)\]"
    r"|[ ▁]?<(?:PRE|SUF|MID|EOT)>|</?think>"
)
_FENCE = re.compile(r"^\s*(?:```|~~~)[\w+-]*\s*$")
_FILE_HEADER = re.compile(r"^\+{5} \S+$|^(?:#|//|--) ?(?:Path: ?|File: ?)?[\w.-]+(?:/[\w.-]+)+\.\w{1,6}:?$")
# Languages in which a fence is a thing to write.
_FENCED = frozenset(("plain", "markdown"))


def without_echoes(suggestion: Suggestion, site: Site) -> Suggestion:
    """End at the first special token, fence or file header; a fence at the very start is taken off.

    A token that is typed in this file already is part of its subject, so it may come again.
    """
    text = suggestion.text
    for match in _SPECIAL.finditer(text):
        if match[0].strip() not in site.before and match[0].strip() not in site.after:
            text = text[: match.start()]
            break
    lines = text.split("\n")
    if site.language in _FENCED:
        return suggestion.with_text(text)
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if _FENCE.match(lines[first]) or (site.is_line_start and _FILE_HEADER.match(lines[first])):
        lines = lines[first + 1 :]
    for index, line in enumerate(lines):
        if _FENCE.match(line) or (index and _FILE_HEADER.match(line)):
            lines = lines[:index]
            break
    return suggestion.with_text("\n".join(lines))
