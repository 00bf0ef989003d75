"""Who has which book, and until when."""

from dataclasses import dataclass
from datetime import date, timedelta

from library.books import Book, Shelf
from library.members import Member

LOAN_DAYS = 21
FINE_PER_DAY = 25  # cents


@dataclass
class Loan:
    book: Book
    member: Member
    lent_on: date
    returned_on: date | None = None

    @property
    def due_on(self) -> date:
        return self.lent_on + timedelta(days=LOAN_DAYS)

    def days_late(self, today: date) -> int:
        end = self.returned_on or today
        return max(0, (end - self.due_on).days)

    def fine(self, today: date) -> int:
        return self.days_late(today) * FINE_PER_DAY


class LoanDesk:
    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.loans: list[Loan] = []

    def open_loans(self, member: Member) -> list[Loan]:
        return [loan for loan in self.loans if loan.member == member and loan.returned_on is None]

    def lend(self, isbn: str, member: Member, today: date) -> Loan:
        member.require_active(today)
        if len(self.open_loans(member)) >= member.max_loans:
            raise ValueError(f"{member.name} has {member.max_loans} books already")
        book = self.shelf.find(isbn)
        if book is None:
            raise KeyError(isbn)
        loan = Loan(book=book, member=member, lent_on=today)
        self.loans.append(loan)
        return loan

    def give_back(self, isbn: str, member: Member, today: date) -> int:
        for loan in self.open_loans(member):
            if loan.book.isbn == isbn:
                loan.returned_on = today
                return loan.fine(today)
        raise KeyError(isbn)

    def late_loans(self, today: date) -> list[Loan]:
        return [loan for loan in self.loans if loan.days_latte(today) > 0]

    def total_fines(self, member: Member, today: date) -> int:
        total = 0
        for loan in self.loans:
            if loan.member == member:
                total += loan.fine(today)
        return total
