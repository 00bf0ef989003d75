"""`$/progress`: what takes a while is seen, and can be cancelled where that makes sense."""

import asyncio
import logging
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from lsp_server.editor.services import Progress

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

_log = logging.getLogger(__name__)

PAUSE_S = 0.1  # between two reports of the same thing
_CREATE_MAX_S = 5.0


class ProgressBars:
    """One bar for each token: created by the editor, begun, reported, ended, in this order."""

    def __init__(self, ls: "KibitzServer") -> None:
        self._ls = ls
        self._latest: dict[str, Progress] = {}
        self._count = 0
        self._bars: dict[str, asyncio.Task[None]] = {}
        self._sent_tokens: dict[str, str] = {}  # as sent → ours

    def show(self, progress: Progress) -> None:
        """Take one step; call it on the event loop."""
        if not self._ls.client.has_progress:
            return
        self._latest[progress.token] = progress
        if progress.token not in self._bars and not progress.is_done:
            task = asyncio.get_running_loop().create_task(self._run(progress))
            self._bars[progress.token] = task
            task.add_done_callback(lambda done: self._forget(progress.token, done))

    def cancel(self, sent_token: object) -> None:
        token = self._sent_tokens.get(str(sent_token))
        latest = None if token is None else self._latest.get(token)
        if latest is not None and latest.cancel is not None:
            latest.cancel()

    async def _run(self, first: Progress) -> None:
        self._count += 1
        sent_token = f"kibitz-{first.token}-{self._count}"
        try:
            create = lsp.WorkDoneProgressCreateParams(token=sent_token)
            await asyncio.wait_for(self._ls.ask(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE, create), _CREATE_MAX_S)
        except (JsonRpcException, TimeoutError):
            return
        self._sent_tokens[sent_token] = first.token
        shown = self._latest[first.token]
        if not shown.is_done:
            self._send(
                sent_token,
                lsp.WorkDoneProgressBegin(
                    title=shown.title,
                    message=shown.message or None,
                    percentage=shown.percentage,
                    cancellable=shown.cancel is not None,
                ),
            )
            while True:
                await asyncio.sleep(PAUSE_S)
                latest = self._latest[first.token]
                if latest.is_done:
                    break
                if latest is not shown:
                    shown = latest
                    report = lsp.WorkDoneProgressReport(
                        message=shown.message or None, percentage=shown.percentage
                    )
                    self._send(sent_token, report)
            self._send(sent_token, lsp.WorkDoneProgressEnd(message=latest.message or None))
        del self._sent_tokens[sent_token]

    def _send(self, token: str, value: object) -> None:
        self._ls.protocol.notify(lsp.PROGRESS, lsp.ProgressParams(token=token, value=value))

    def _forget(self, token: str, done: "asyncio.Task[None]") -> None:
        self._bars.pop(token, None)
        if not done.cancelled() and (error := done.exception()) is not None:
            _log.error("progress could not be shown", exc_info=error)
