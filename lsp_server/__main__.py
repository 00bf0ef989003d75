"""`kibitz` and `python -m lsp_server`."""

from lsp_server.cli.main import main

if __name__ == "__main__":
    main()
