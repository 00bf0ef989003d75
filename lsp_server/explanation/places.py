"""The places that an explanation names: what an editor makes links of. Pure.

Only what the repository has counts, whoever wrote it: a model's `/etc/passwd:1` is no place.
"""

import re
from dataclasses import dataclass

from lsp_server.index.snapshot import Snapshot

PLACES_MAX = 200

_CODE = re.compile(r"(?<!`)`(?P<path>[^`\n]{1,300}?):(?P<line>\d{1,7})(?::\d{1,7})?`(?!`)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    text: str  # as it stands between backticks
    path: str
    line: int  # 0-based


def places_in(markdown: str, snapshot: Snapshot) -> tuple[Place, ...]:
    """Each `path:line` of *markdown* whose file is known, once, in reading order."""
    found: dict[str, Place] = {}
    for match in _CODE.finditer(markdown):
        text, path = match[0][1:-1], match["path"]
        if text not in found and (path in snapshot.paths or path in snapshot.documents):
            found[text] = Place(text=text, path=path, line=max(0, int(match["line"]) - 1))
        if len(found) >= PLACES_MAX:
            break
    return tuple(found.values())
