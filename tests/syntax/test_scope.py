"""Which definitions a cursor stands in."""

from tests.syntax.check import check_scope

CLASS = """
class Cart:
    def total(self):
        return 1{}

    def pay(self):
        return 2
"""


def test_a_cursor_in_a_body_is_in_its_function_and_class():
    check_scope("a.py", CLASS.format("│"), "Cart", "total")


def test_a_new_line_at_the_end_of_a_python_body_still_belongs_to_it():
    """The parser ends the body with its last statement; a writer does not."""
    check_scope("a.py", "def pay(cart):\n    total = 1\n    │", "pay")
    check_scope(
        "a.py",
        "def pay(cart):\n    total = 1\n\n│",
    )
    check_scope("a.py", "class Cart:\n    def pay(self):\n        total = 1\n    │", "Cart")


def test_braces_end_what_they_close():
    check_scope("a.ts", "class Cart {\n  pay() {\n    │\n  }\n}\n", "Cart", "pay")
    check_scope("a.ts", "class Cart {\n  pay() {\n  }\n}\n│\n")


def test_a_file_without_grammar_has_no_scopes():
    check_scope("a.txt", "def pay():\n    │")
