"""Plain-text reports for the desk."""

from datetime import date

from library.books import Shelf, load_shelf
from library.loans import LoanDesk
from library.members import Member


def shelf_report(shelf: Shelf) -> str:
    lines = [f"Shelf {shelf.name}: {len(shelf.books)} books"]
    for title in shelf.titles():
        lines.append(f"  {title}")
    return "\n".join(lines)


def late_report(desk: LoanDesk, today: date) -> str:
    lines = [f"Late on {today}:"]
    for loan in desk.late_loans(today):
        lines.append(f"  {loan.member.name}: {loan.book.title}, {loan.days_late(today)} days")
    return "\n".join(lines)


def member_report(desk: LoanDesk, member: Member, today: date) -> str:
    lines = [f"{member.name} <{member.email}>"]
    for loan in desk.open_loans(member):
        lines.append(f"  {loan.book.title}, due on {loan.due_on}")
    lines.append(f"  fines: {desk.total_fines(member, today)} cents")
    return "\n".join(lines)


def main(path: str) -> None:
    shelf = load_shelf("main", path)
    print(shelf_report(shelf))
