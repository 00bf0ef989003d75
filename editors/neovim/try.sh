#!/bin/sh
# Open the examples in Neovim 0.12 or newer, with the configuration and the server of this tree.
cd "$(dirname "$0")/../.." && exec "${KIBITZ_PYTHON:-.venv/bin/python}" -m tests.editors.open neovim "$@"
