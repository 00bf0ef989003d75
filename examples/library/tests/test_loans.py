from datetime import date, timedelta

import pytest

from library.books import Book, Shelf
from library.loans import LOAN_DAYS, LoanDesk
from library.members import Member, MembershipExpired

TODAY = date(2026, 3, 2)


@pytest.fixture
def member() -> Member:
    return Member(member_id="m1", name="Ada", email="ada@example.org", expires_on=date(2027, 1, 1))


@pytest.fixture
def desk() -> LoanDesk:
    shelf = Shelf("main")
    shelf.add(Book(isbn="1", title="Dune", author="Frank Herbert", year=1965))
    shelf.add(Book(isbn="2", title="Emma", author="Jane Austen", year=1815))
    return LoanDesk(shelf)


def test_a_loan_is_due_after_three_weeks(desk: LoanDesk, member: Member) -> None:
    loan = desk.lend("1", member, TODAY)
    assert loan.due_on == TODAY + timedelta(days=LOAN_DAYS)


def test_an_expired_member_gets_no_book(desk: LoanDesk, member: Member) -> None:
    member.expires_on = TODAY - timedelta(days=1)
    with pytest.raises(MembershipExpired):
        desk.lend("1", member, TODAY)
