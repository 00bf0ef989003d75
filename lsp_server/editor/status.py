"""`kibitz/status`: how Kibitz is, whenever that changes. `kibitz/lastRequest`: what the last one cost."""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from lsp_server.editor.services import Status

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

STATUS = "kibitz/status"
LAST_REQUEST = "kibitz/lastRequest"

_log = logging.getLogger(__name__)


def tell(ls: "KibitzServer", status: Status) -> None:
    """Send *status* if it says something new; from any thread."""
    if status == ls.status:
        return
    if status.state == "error" and (ls.status is None or ls.status.message != status.message):
        _log.warning("%s %s", status.message, status.hint)
    ls.status = status
    ls.protocol.notify(STATUS, {name: value for name, value in asdict(status).items() if value})


def last_request(ls: "KibitzServer", params: object) -> Mapping[str, object] | None:
    return ls.services.last_request()
