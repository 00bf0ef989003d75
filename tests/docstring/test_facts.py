"""Facts are exact, or left out: a docstring never says what the code does not."""

import ast

import pytest

from tests.docstring.test_write import written


def docstring_of(text: str, line: int = 0, others: dict[str, str] | None = None) -> str:
    tree = ast.parse(written(text, line, others=others))
    found = [
        doc
        for it in ast.walk(tree)
        if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and (doc := ast.get_docstring(it))
    ]  # fmt: skip
    return found[-1]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return a + 1", "``a + 1``."),
        ("if a:\n        return 1\n    else:\n        return 1", "``1``."),
        ("if a:\n        return\n    return a + 1", "The result."),  # None is returned, too
        ("if a:\n        return a + 1", "The result."),  # falls off the end
        ("if a:\n        return 1\n    return 2", "The result."),
        ("def g():\n        return 2\n    return 1", "``1``."),
    ],
)
def test_the_returned_expression_is_named_only_where_nothing_else_is_returned(body, says):
    assert docstring_of(f"def f(a):\n    {body}\n").endswith(f"Returns:\n    {says}")


@pytest.mark.parametrize(
    ("body", "raises"),
    [
        ("if a < 0:\n        raise ValueError(a)", "ValueError: If ``a < 0``."),
        ("if a:\n        pass\n    else:\n        raise ValueError", "ValueError: See the code for when."),
        ("try:\n        raise KeyError(a)\n    except LookupError:\n        pass", None),
        ("try:\n        raise KeyError(a)\n    except Exception:\n        raise", "KeyError: See the code for when."),
        ("try:\n        a()\n    except OSError as e:\n        raise a.Broken(1) from e", "a.Broken: See the code for when."),
        ("try:\n        a()\n    except OSError as error:\n        raise error", None),
        ("def g():\n        raise ValueError\n    g()", None),
    ],
)  # fmt: skip
def test_only_what_leaves_the_function_is_raised(body, raises):
    docstring = docstring_of(f"def f(a):\n    {body}\n")
    assert ("Raises:" in docstring) == (raises is not None)
    assert raises is None or docstring.endswith(f"Raises:\n    {raises}")


@pytest.mark.parametrize(
    ("annotation", "says"),
    [
        ("Iterator[int]", "int: The next value."),
        ("typing.Generator[tuple[int, str], None, None]", "tuple[int, str]: The next value."),
        ("Iterator", "The next value."),
    ],
)
def test_a_generator_yields_what_its_annotation_holds(annotation, says):
    assert docstring_of(f"def f() -> {annotation}:\n    yield 1\n").endswith(f"Yields:\n    {says}")


@pytest.mark.parametrize(
    "text",
    [
        'def f(a=\'"""\'):\n    return a\n',
        'def f(a):\n    if a == \'"""\':\n        raise ValueError\n',
        "def f(a='\"\"\"', b=\"'''\"):\n    return a\n",
        "def f(a='\\\\'):\n    return a\n",
        "def f():\n    return '\\x00'\n",
    ],
)
def test_quotes_and_escapes_in_the_code_do_not_stop_it(text):
    assert docstring_of(text).startswith("F.")


def test_an_overload_sends_you_to_its_implementation():
    text = "@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: str) -> str: ...\ndef f(a):\n    return a\n"
    with pytest.raises(Exception, match="belongs to the implementation") as failure:
        written(text, 1)
    assert failure.value.hint == "Ask for it on line 5."
    assert '"""F.' in written(text, 4)
    stub = "@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: str) -> str: ...\n"
    assert '"""F.' in written(stub, 1)


def test_lines_are_as_wide_as_the_project_has_them():
    text = (
        "def f(a_long_name, another, third='a default of some length', **options):\n    return a_long_name\n"
    )
    for width in (72, 100):
        config = {"pyproject.toml": f"[tool.ruff]\nline-length = {width}\n"}
        for neighbour in ("", 'def g(b):\n    """G.\n\n    :param b: The b.\n    """\n'):
            after = written(text, others=config | {"b.py": neighbour})
            assert max(len(line) for line in after.split("\n")[1:]) <= width


def test_the_quotes_are_those_of_the_file():
    text = "def f():\n    '''Do it.'''\n\n\ndef g():\n    pass\n"
    assert written(text, 4).endswith("def g():\n    '''G.'''\n    pass\n")


@pytest.mark.parametrize(
    "neighbour",
    [
        'def g(rate):\n    """G.\n\n    Args:\n        rate: Share of the price, 0 to 1.\n    """\n',
        'def g(rate):\n    """G.\n\n    :param float rate: Share of the price, 0 to 1.\n    """\n',
        'def g(rate):\n    """G.\n\n    Parameters\n    ----------\n    rate : float\n        Share of the price, 0 to 1.\n    """\n',
    ],
)  # fmt: skip
def test_a_parameter_is_described_as_the_project_describes_it(neighbour):
    text = "def f(rate):\n    print(rate)\n"
    assert "Share of the price, 0 to 1." in written(text, others={"b.py": neighbour})


def test_two_meanings_of_one_name_are_not_mixed():
    text = (
        'def f(rate):\n    """F.\n\n    Args:\n        rate: Share of the price.\n    """\n\n\n'
        'def g(rate):\n    """G.\n\n    Args:\n        rate: Frames in a second.\n    """\n\n\n'
        "def h(rate):\n    print(rate)\n"
    )
    assert "rate: The rate." in written(text, 16)
