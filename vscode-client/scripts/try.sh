#!/bin/sh
# Open the examples in a real VS Code in your browser, with the extension and the server of this tree.
cd "$(dirname "$0")/../.." && exec "${KIBITZ_PYTHON:-.venv/bin/python}" -m tests.editors.open vscode "$@"
