"""An editor that is a process of its own, so that it can die: it starts a server, works, and waits.

    python -m tests.survival.editor_process HOME ROOT MODE

It says `ready` on standard output once its server is busy as MODE says: `idle`, `loading`, `generating`
or `indexing`.
"""

import os
import sys
import time
from pathlib import Path

from tests.lsp.editor import VS_CODE, Editor, real_server

CODE = (
    "def total(prices):\n    result = 0\n    for price in prices:\n        result += │\n    return result\n"
)


def main(home: Path, root: Path, mode: str) -> None:

    server = real_server(home)
    editor = Editor(
        server,
        root,
        VS_CODE,
        {"completion": {"maxTokens": 1024}},
        shows_explanations=True,
        process_id=os.getpid(),
    )
    if mode == "indexing":
        editor.server.wait_for(lambda it: it.get("method") == "$/progress", "the index", 30)
    elif mode == "loading":
        editor.wait_for_status("loading", 30)
    else:
        editor.wait_for_status("ready", 60)
        editor.open("cart.py", CODE)
        if mode == "generating":
            editor.ask_for_ghost_text(trigger=1)
            time.sleep(0.05)
        else:
            editor.suggestions(trigger=1, seconds=60)
    print("ready", flush=True)
    time.sleep(600)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
