"""Work off the event loop: in threads, each with a cancellation that is raised when nobody waits any more."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from lsp_server.cancellation import Cancellation
from lsp_server.editor.uris import key_of

R = TypeVar("R")
Work = Callable[[Cancellation], R]

_COMPLETION_THREADS = 4  # one works; the others are on their way out
_ACTION_THREADS = 4


class Running:
    """Waits with everything until `may_begin` is set: first the services must know what they serve."""

    def __init__(self) -> None:
        self.may_begin = asyncio.Event()
        self._completion_threads = ThreadPoolExecutor(_COMPLETION_THREADS, "kibitz-completion")
        self._action_threads = ThreadPoolExecutor(_ACTION_THREADS, "kibitz-action")
        self._completions: dict[str, Cancellation] = {}

    async def action(self, work: Work[R]) -> R:
        """What *work* returns. Cancelling the awaiting task raises the cancellation."""
        with Cancellation() as cancellation:
            await self.may_begin.wait()
            return await asyncio.get_running_loop().run_in_executor(self._action_threads, work, cancellation)

    async def completion(self, uri: str, work: Work[R]) -> R:
        """As `action`; a newer completion of the same document, or a change of it, cancels this one."""
        key = key_of(uri)
        self.supersede(uri)
        with Cancellation() as cancellation:
            self._completions[key] = cancellation
            try:
                await self.may_begin.wait()
                return await asyncio.get_running_loop().run_in_executor(
                    self._completion_threads, work, cancellation
                )
            finally:
                if self._completions.get(key) is cancellation:
                    del self._completions[key]

    def supersede(self, uri: str) -> None:
        """Nobody needs the completion of *uri* that is being made."""
        running = self._completions.pop(key_of(uri), None)
        if running is not None:
            running.cancel()
