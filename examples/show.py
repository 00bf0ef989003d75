"""`make try`: complete real places of the sample library with the bundled model, and show what it saw.

Each place is found by its text: what stands behind the cursor is taken out, and the model has to write it.
"""

from pathlib import Path

from rich.rule import Rule

from lsp_server.app.session import open_session
from lsp_server.cancellation import Cancellation
from lsp_server.cli.complete import show
from lsp_server.cli.console import out, progress
from lsp_server.text.document import Document

LIBRARY = Path(__file__).parent / "library"
# (file, what stands before the cursor, what is taken out behind it, what it is a place for)
PLACES = (
    (
        "library/loans.py",
        "        total = 0\n        for loan in self.loans:\n            ",
        "if loan.member == member:\n                total += loan.fine(today)",
        "The body of a loop",
    ),
    (
        "library/report.py",
        '        lines.append(f"  {loan.book.title}, due on {loan.due_on}")\n    ',
        'lines.append(f"  fines: {desk.total_fines(member, today)} cents")',
        "A whole line",
    ),
    (
        "library/members.py",
        "        self.member_id = member_id\n        self.expired_on = ",
        "expired_on",
        "The rest of a line",
    ),
    (
        "library/report.py",
        "from library.books import ",
        "Shelf, load_shelf",
        "An import: what the file uses, and the repository has",
    ),
)  # fmt: skip


def main() -> None:
    with (
        progress("Loading the bundled model …") as say,
        open_session(LIBRARY, root=LIBRARY, model="bundled", say=say) as session,
    ):
        out.print("Four places of examples/library; ghost text is [bold cyan]this colour[/].\n")
        for path, before, target, what in PLACES:
            document = session.document(LIBRARY / path)
            start, found, rest = document.text.partition(before + target)
            assert found, f"{path} no longer holds the place {before!r}"
            cut = Document(path=path, text=start + before + rest, language=document.language)
            completion = session.complete(cut, len(start + before), Cancellation())
            place = f"{path}:{completion.line + 1}:{completion.column + 1}"
            out.print(Rule(f"[bold]{what}[/]  {place}", align="left", style="dim"))
            show(cut, completion)
            out.print()
    out.print("Next: [bold]make vscode[/] or [bold]make nvim[/] opens it. Or ask about its error:")
    place, error = "examples/library/library/loans.py:59", "'Loan' object has no attribute 'days_latte'"
    out.print(f'  .venv/bin/kibitz explain {place} --message "{error}"', highlight=False)


if __name__ == "__main__":
    main()
