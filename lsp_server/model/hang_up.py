"""End a connection that another thread may be reading from or writing to."""

import os
import socket
import sys
from multiprocessing.connection import Connection


def hang_up(connection: Connection) -> None:
    """Wake both its threads, which then find it ended. Its reader closes it: a number that is closed
    under a reader's hands may belong to another file a moment later."""
    if sys.platform == "win32":
        connection.close()
        return
    try:
        with socket.socket(fileno=os.dup(connection.fileno())) as same:
            same.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended already
