"""`make try`: complete real places of the sample library with the bundled model, and show what it saw.

Each place is found by its text: the line is cut at the mark, so the model has to write the rest.
"""

from pathlib import Path

from rich.console import Console

from lsp_server.app.session import open_session
from lsp_server.cancellation import Cancellation
from lsp_server.cli.complete import show
from lsp_server.cli.console import progress
from lsp_server.text.document import Document

LIBRARY = Path(__file__).parent / "library"
# (file, what stands before the cursor, what is taken out behind it, what to say)
PLACES = (
    (
        "library/books.py",
        "            if line.strip():\n                ",
        "shelf.add(parse_book(line))",
        "A whole line",
    ),
    (
        "library/report.py",
        'lines.append(f"  {loan.book.title}, due on {',
        'loan.due_on}")',
        "The rest of a line",
    ),
    (
        "library/members.py",
        "        if member.member_id == member_id:\n            ",
        "return member",
        "A block's body",
    ),
)


def main() -> None:
    console = Console()
    with (
        progress("Loading the bundled model …") as say,
        open_session(LIBRARY, root=LIBRARY, model="bundled", say=say) as session,
    ):
        for path, before, target, what in PLACES:
            document = session.document(LIBRARY / path)
            start, end, rest = document.text.partition(before + target)
            assert end, f"{path} no longer holds the place {before!r}"
            cut = Document(path=path, text=start + before + rest, language=document.language)
            completion = session.complete(cut, len(start + before), Cancellation())
            line, column = completion.line + 1, completion.column + 1
            console.rule(f"[bold]{what}[/]  {path}:{line}:{column}", align="left")
            show(cut, completion)
            console.print()
    console.print("Next: [bold]make vscode[/] or [bold]make nvim[/] opens the same library in an editor;")
    console.print("      [bold].venv/bin/kibitz explain examples/library/library/loans.py:59 "
                  "--message \"'Loan' object has no attribute 'days_latte'\"[/]", highlight=False)  # fmt: skip


if __name__ == "__main__":
    main()
