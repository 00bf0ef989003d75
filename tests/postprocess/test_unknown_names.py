"""What refers to nothing is not shown; what a person could have meant always is."""

import csv
import inspect
import random
import textwrap

import pytest

from lsp_server.postprocess.pipeline import clean
from lsp_server.postprocess.unknown_names import without_unknown_names
from tests.postprocess.check import MAX_LINES, document_at_cursor

LOANS = """\
from datetime import date

FINE = 25


class Desk:
    open_at = 9

    def give_back(self, isbn, today):
        for loan in self.loans:
            if loan.isbn == isbn:
                return loan.fine(today)
        raise KeyError(isbn)

    def total(self, member, today: date):
        def due(loan):
            return loan.due_on

        amount = 0
        │
        return amount
"""


def shown(before: str, generated: str, language: str = "python") -> str:
    document, offset = document_at_cursor(before, language)
    cleaned = clean(generated, document, offset, max_lines=MAX_LINES)
    return without_unknown_names(cleaned, document, offset, max_lines=MAX_LINES).text


@pytest.mark.parametrize(
    "line",
    [
        "raise KeyError(isbn)",
        "amount += loan_fine(member)",
        "total = [it.fine(day) for it in self.loans]",
        'amount += fines["open"]',
        "return open_at",
        'amount += f"{isbn} is late"',
        "self.isbn = isbn",
        "isbn = isbn.strip()",
        "def inner(it: Callable) -> None:\n            return it",
        "class Inner(Desks):\n            pass",
        "amount = datetime.today()",
        "print(f'due {loans.due_on:%d.%m.}')",
    ],
)
def test_a_name_of_another_function_or_of_nothing_is_not_shown(line: str) -> None:
    """The classic mistake of a small model: the next function's line with that function's variables."""
    assert shown(LOANS, line) == ""


@pytest.mark.parametrize(
    "line",
    [
        "amount += FINE * len(self.loans)",
        "for loan in sorted(self.loans, key=due):\n            amount += loan.fine(today)",
        "amount = sum(it.fine(today) for it in self.loans if it.member == member)",
        "late = [loan for loan, day in self.days(after=today)]",
        "with open(member.name) as file:\n            amount = int(file.read())",
        "when: date = today",
        "import json\n        amount = json.loads(member)",
        "pick = lambda one, other: one or other",
        'print("{whatever}", "isbn")  # isbn',
        "print(f\"{{whatever}} {member.name!r:>{FINE}} {today:%d} {self.days['isbn']}\")",
        "if (found := self.find(member)) is not None:\n            amount = found",
        "try:\n            amount = 1\n        except ValueError as error:\n            raise KeyError from error",
        "def inner(isbn, *rest, **more):\n            return isbn, rest, more",
        "Desk(open_at=8, loans=amount)",
        "isbn = 1\n        amount += isbn",
        "amount = 0x1F + 1e5 + due.__code__.co_argcount",
    ],
)
def test_what_is_bound_somewhere_in_reach_is_shown(line: str) -> None:
    assert shown(LOANS, line) == line


def test_the_lines_before_an_unknown_name_stay() -> None:
    assert shown(LOANS, "amount += FINE\n        raise KeyError(isbn)") == "amount += FINE"


def test_a_word_that_is_half_typed_is_judged_whole() -> None:
    assert shown("def f(price):\n    return pr│\n", "ice * 2") == "ice * 2"
    assert shown("def f(price):\n    return pr│\n", "oduct * 2") == ""


def test_a_file_that_imports_everything_may_have_any_name() -> None:
    assert shown("from shop import *\n\nx = │\n", "anything(1)") == "anything(1)"


def test_parameters_and_imported_names_are_new_by_nature() -> None:
    header = "def f(\n    │\n) -> None:\n    pass\n"
    assert shown(header, "price: int, vat_rate: float") == "price: int, vat_rate: float"
    assert shown("from shop import (\n    │\n)\n", "price, vat_rate,") == "price, vat_rate,"


def test_other_languages_are_left_alone() -> None:
    assert shown("const x = │;\n", "anything(1)", "javascript") == "anything(1)"


def test_real_code_has_no_unknown_names() -> None:
    """Lines of the standard library, taken out and suggested: each is shown as it was."""
    source = inspect.getsource(csv) + inspect.getsource(textwrap)
    lines = source.split("\n")
    random_ = random.Random(1)
    for _ in range(400):
        at, count = random_.randrange(len(lines)), random_.choice((1, 1, 2))
        taken = lines[at : at + count]
        indent = taken[0][: len(taken[0]) - len(taken[0].lstrip())]
        before = "\n".join([*lines[:at], indent + "│", *lines[at + count :]])
        document, offset = document_at_cursor(before, "python")
        cleaned = clean("\n".join(taken)[len(indent) :], document, offset, max_lines=MAX_LINES)
        assert without_unknown_names(cleaned, document, offset, max_lines=MAX_LINES) == cleaned, taken
