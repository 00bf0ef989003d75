"""Notice when another process ends, whatever becomes of the pipes between us."""

import threading
import time
from collections.abc import Callable

POLL_S = 0.2


def when_ended(process_id: int, call: Callable[[], None]) -> None:
    """Call *call* from a thread of its own soon after that process ended; at once if it is gone already."""
    threading.Thread(target=_wait, args=(process_id, call), name="kibitz-parent", daemon=True).start()


def _wait(process_id: int, call: Callable[[], None]) -> None:
    import psutil  # here, since the greeting does not wait for it

    try:
        parent = psutil.Process(process_id)
        while parent.is_running() and parent.status() != psutil.STATUS_ZOMBIE:
            time.sleep(POLL_S)
    except psutil.AccessDenied:
        return
    except psutil.NoSuchProcess:
        pass
    call()
