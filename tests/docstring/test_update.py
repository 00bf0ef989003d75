"""A docstring is brought up to date, and what a person said in it stays, letter by letter."""

import ast
import textwrap

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.docstring.edit import CannotDocument
from lsp_server.docstring.target import definition_at
from lsp_server.docstring.write import can_be_updated, write_docstring
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document


def updated(source: str, tmp_path, line: int = 0) -> str:
    text = textwrap.dedent(source).lstrip("\n")
    document = Document(path="a.py", text=text, language="python")
    edit = write_docstring(
        document, line, snapshot=Snapshot.of(tmp_path), model=None, family=None, cancellation=Cancellation()
    )
    after = edit.applied_to(text)
    ast.parse(after)
    return after


def check(before: str, after: str, tmp_path) -> None:
    assert updated(before, tmp_path) == textwrap.dedent(after).lstrip("\n")


GOOGLE = '''
    def pay(amount, currency="EUR", *, memo=None):
        """Pay, and be done with it.

        It is what *everybody* wants.

        Args:
            amount: How much; in cents,
                so that nothing is rounded.

        Example:
            pay(3)
        """
        if amount < 0:
            raise ValueError(amount)
        return Receipt(amount)
    '''


def test_what_is_missing_is_put_in_where_it_belongs(tmp_path):
    after = '''
    def pay(amount, currency="EUR", *, memo=None):
        """Pay, and be done with it.

        It is what *everybody* wants.

        Args:
            amount: How much; in cents,
                so that nothing is rounded.
            currency: The currency. Default: 'EUR'.
            memo: The memo. Default: None.

        Returns:
            ``Receipt(amount)``.

        Raises:
            ValueError: If ``amount < 0``.

        Example:
            pay(3)
        """
        if amount < 0:
            raise ValueError(amount)
        return Receipt(amount)
    '''
    check(GOOGLE, after, tmp_path)


def test_twice_is_once(tmp_path):
    with pytest.raises(CannotDocument, match="agrees with its code"):
        updated(updated(GOOGLE, tmp_path), tmp_path)


def test_a_renamed_parameter_keeps_its_words_and_one_that_is_gone_leaves(tmp_path):
    before = '''
    def load(path, encoding):
        """Load it.

        Parameters
        ----------
        file_path : str
            Where it lies.
        encoding : str
            See PEP 263.
        verbose : bool
            Talk a lot.
        """
    '''
    after = '''
    def load(path, encoding):
        """Load it.

        Parameters
        ----------
        path : str
            Where it lies.
        encoding : str
            See PEP 263.
        """
    '''
    check(before, after, tmp_path)


def test_sphinx_fields(tmp_path):
    before = '''
    class Cart:
        def add(self, item, count):
            """Add it.

            :param item: What.
            :type item: Item
            :raises KeyError: Nobody knows it.
            """
            raise TypeError(item)
    '''
    after = '''
    class Cart:
        def add(self, item, count):
            """Add it.

            :param item: What.
            :type item: Item
            :param count: The count.
            :raises KeyError: Nobody knows it.
            :raises TypeError: See the code for when.
            """
            raise TypeError(item)
    '''
    text = textwrap.dedent(before).lstrip("\n")
    assert updated(text, tmp_path, line=1) == textwrap.dedent(after).lstrip("\n")


def test_keywords_that_a_function_passes_on_stay(tmp_path):
    with pytest.raises(CannotDocument, match="agrees"):
        updated('''
        def get(url, **options):
            """Get it.

            Args:
                url: Where.
                timeout: Passed on.
                **options: Passed on, too.
            """
        ''', tmp_path)  # fmt: skip


def test_a_line_becomes_a_docstring_with_sections(tmp_path):
    check(
        """
        def net(gross):
            "What is left."
            return gross / 1.19
        """,
        '''
        def net(gross):
            """What is left.

            Args:
                gross: The gross.

            Returns:
                ``gross / 1.19``.
            """
            return gross / 1.19
        ''',
        tmp_path,
    )


def test_strings_put_together_are_left_alone(tmp_path):
    with pytest.raises(CannotDocument, match="several strings"):
        updated('def net(gross):\n    "What " "is left."\n    return gross\n', tmp_path)


@pytest.mark.parametrize(("source", "is_offered"), [
    (GOOGLE, True),
    ('def f(a):\n    """Say it."""\n', False),  # nothing is wrong in it
    ("def f(a):\n    return a\n", False),
])  # fmt: skip
def test_it_is_offered_where_something_is_out_of_date(source, is_offered):
    text = textwrap.dedent(source).lstrip("\n")
    document = Document(path="a.py", text=text, language="python")
    assert can_be_updated(document, definition_at(document, 0)) is is_offered


def test_windows_line_ends_stay(tmp_path):
    before = textwrap.dedent(GOOGLE).lstrip("\n").replace("\n", "\r\n")
    document = Document(path="a.py", text=before, language="python")
    edit = write_docstring(
        document, 0, snapshot=Snapshot.of(tmp_path), model=None, family=None, cancellation=Cancellation()
    )
    after = edit.applied_to(before)
    assert after.count("\n") == after.count("\r\n")
    assert "memo: The memo" in after


def test_a_class_may_speak_of_what_it_is_made_with(tmp_path):
    source = '''
    class Cart:
        """Holds items.

        Args:
            owner: Whose it is.
        """

        def __init__(self, owner):
            self.owner = owner
    '''
    with pytest.raises(CannotDocument, match="agrees"):
        updated(source, tmp_path)


def test_what_stars_take_may_have_names(tmp_path):
    with pytest.raises(CannotDocument, match="agrees"):
        updated(
            'def add(*numbers):\n    """Add.\n\n    Args:\n        first: One.\n        *numbers: All.\n    """\n',
            tmp_path,
        )


def test_nothing_empty_is_added_and_no_first_argument_is_taken_out(tmp_path):
    with pytest.raises(CannotDocument, match="agrees"):
        updated('''
        def register(cls, name):
            """Register it.

            :param cls: What.
            :param name: As what.
            """
            if name:
                return cls
            return None
        ''', tmp_path)  # fmt: skip
