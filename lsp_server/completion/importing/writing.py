"""Write an import statement on: what the file lacks and the repository knows the place of.

Nothing here is guessed by a model: a name is written because the file uses it, nobody binds it, and other
files import it from there or it is defined there. The layout follows what the file does already.
"""

from lsp_server.completion.importing.python.line import rest_in_python
from lsp_server.completion.importing.rest import IsHidden, Rest
from lsp_server.completion.importing.scripts.line import rest_in_script
from lsp_server.completion.importing.scripts.sources import SCRIPTS
from lsp_server.index.snapshot import Snapshot
from lsp_server.postprocess.site import site_of
from lsp_server.text.document import Document


def import_rest(snapshot: Snapshot, document: Document, offset: int, is_hidden: IsHidden) -> Rest | None:
    """How the statement at *offset* goes on; None where none is, or nothing is known to be missing."""
    if document.language != "python" and document.language not in SCRIPTS:
        return None
    if not site_of(document, offset, max_lines=1).line_lexical.is_code:
        return None
    if document.language == "python":
        return rest_in_python(snapshot, document, offset, is_hidden)
    return rest_in_script(snapshot, document, offset, is_hidden)
