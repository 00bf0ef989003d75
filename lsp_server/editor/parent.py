"""Notice when another process ends, whatever becomes of the pipes between us."""

import os
import select
import sys
import threading
import time
from collections.abc import Callable

POLL_S = 0.2


def when_ended(process_id: int, call: Callable[[], None]) -> None:
    """Call *call* from a thread of its own soon after that process ended; at once if it is gone already."""
    threading.Thread(target=_wait, args=(process_id, call), name="kibitz-parent", daemon=True).start()


def _wait(process_id: int, call: Callable[[], None]) -> None:
    try:
        _told_by_the_system(process_id)
    except ProcessLookupError:
        pass
    except OSError:  # not Linux, or an old one, or not ours to ask for
        if not _found_by_looking(process_id):
            return
    call()


def _told_by_the_system(process_id: int) -> None:
    """Return when that process has ended.

    Raises ProcessLookupError if it is gone already, another OSError where the system does not tell.
    """
    if sys.platform != "linux":
        raise OSError
    handle = os.pidfd_open(process_id)
    ended = select.poll()
    ended.register(handle, select.POLLIN)
    ended.poll()
    os.close(handle)


def _found_by_looking(process_id: int) -> bool:
    """Return True when that process has ended; False if we may not look."""
    import psutil  # here, since the greeting does not wait for it

    try:
        parent = psutil.Process(process_id)
        while parent.is_running() and parent.status() != psutil.STATUS_ZOMBIE:
            time.sleep(POLL_S)
    except psutil.AccessDenied:
        return False
    except psutil.NoSuchProcess:
        pass
    return True
