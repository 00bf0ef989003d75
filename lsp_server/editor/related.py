"""The places that come with a diagnostic, as far as an editor sent them well."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lsp_server.editor.arguments import at, mappings
from lsp_server.editor.services import Related
from lsp_server.editor.uris import document_path

RELATED_MAX = 8


def related_of(problem: Mapping[str, Any], root: Path | None) -> tuple[Related, ...]:
    """What is not well formed is left out: the problem itself is still worth an answer."""
    found = []
    for it in mappings(problem.get("relatedInformation"))[:RELATED_MAX]:
        uri = at(at(it, "location"), "uri")
        line = at(at(at(at(it, "location"), "range"), "start"), "line")
        message = at(it, "message")
        if isinstance(uri, str) and isinstance(line, int) and line >= 0 and isinstance(message, str):
            found.append(Related(path=document_path(uri, root), line=line, message=message))
    return tuple(found)
