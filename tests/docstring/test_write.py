"""A docstring says what the code says, in the project's style, and changes nothing else."""

import ast
import sysconfig
from pathlib import Path

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.docstring.edit import CannotDocument, DocstringEdit
from lsp_server.docstring.proof import prove
from lsp_server.docstring.write import write_docstring
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.scripted import ScriptedModel
from lsp_server.prompting.families import family_for
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document


def written(
    text: str, line: int = 0, path: str = "a.py", says: str = "", others: dict[str, str] | None = None
) -> str:
    document = Document(path=path, text=text, language=language_of(path))
    files = [
        index_file(Document(path=name, text=it, language=language_of(name)))
        for name, it in (others or {}).items()
    ]
    model = ScriptedModel([says]) if says else None
    edit = write_docstring(
        document,
        line,
        snapshot=Snapshot.of(Path("/repository"), files),
        model=model,
        family=family_for(model.info) if model else None,
        cancellation=Cancellation(),
    )
    return edit.applied_to(text)


def test_parameters_result_and_errors_come_from_the_code():
    text = (
        "def share(total, parts=2, *rest, unit: str, **more):\n"
        "    if parts == 0:\n"
        "        raise ValueError(parts)\n"
        "    return total / parts\n"
    )
    docstring = ast.get_docstring(ast.parse(written(text)).body[0])
    assert docstring == (
        "Share.\n\nArgs:\n    total: The total.\n    parts: The parts. Default: 2.\n"
        "    *rest: Further positional arguments.\n    unit: The unit.\n    **more: Further keyword arguments.\n\n"
        "Returns:\n    ``total / parts``.\n\nRaises:\n    ValueError: If ``parts == 0``."
    )


def test_the_first_sentence_is_the_models_where_it_is_on_topic():
    text = "def share_out(total):\n    print(total)\n"
    assert '"""Share the total out among members.' in written(
        text, says="Share the total out among members\n"
    )


@pytest.mark.parametrize(
    "says",
    [
        "The the the the the the",  # repeats itself
        "x = share(1)",  # code
        "Closes the socket and waits for nothing",  # about something else
        "No.",
    ],
)
def test_a_models_nonsense_gives_way_to_what_the_name_says(says):
    assert '"""Share out.' in written("def share_out(total):\n    print(total)\n", says=says)


@pytest.mark.parametrize(
    ("neighbour", "mark"),
    [
        ('def f(a):\n    """Do.\n\n    :param a: It.\n    """\n', ":param b:"),
        (
            'def f(a):\n    """Do.\n\n    Parameters\n    ----------\n    a : int\n        It.\n    """\n',
            "Parameters\n",
        ),
        ('def f(a):\n    """Do.\n\n    Args:\n        a: It.\n    """\n', "Args:\n"),
    ],
)
def test_the_projects_own_style_is_used(neighbour, mark):
    assert mark in written("def g(b):\n    print(b)\n", others={"pkg/other.py": neighbour})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(): return 1\n", 'def f():\n    """F.\n\n    Returns:\n        ``1``.\n    """\n    return 1\n'),
        ("class A:\n    x = 1\n", 'class A:\n    """A."""\n\n    x = 1\n'),
        ("class A: pass\n", 'class A:\n    """A."""\n    pass\n'),
        ("def f():\n\t# why\n\tpass\n", 'def f():\n\t"""F."""\n\t# why\n\tpass\n'),
        ("def f():\r\n  pass\r\n", 'def f():\r\n  """F."""\r\n  pass\r\n'),
        ("def f(\n    a,\n):\n    pass", 'def f(\n    a,\n):\n    """F.\n\n    Args:\n        a: The a.\n    """\n    pass'),
        ("async def f():\n    yield 1\n", 'async def f():\n    """F.\n\n    Yields:\n        The next value.\n    """\n    yield 1\n'),
    ],
)  # fmt: skip
def test_it_stands_where_it_belongs(before, after):
    assert written(before) == after


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (
            "a.ts",
            "function add(a: number) { return a; }\n",
            "/**\n * Add.\n *\n * @param a The a.\n * @returns",
        ),
        ("a.go", "package a\n\nfunc Add(a int) int { return a }\n", "// Add.\n"),
        ("a.rs", "pub fn add(a: i32) -> i32 { a }\n", "/// Add.\n"),
        ("A.java", "class A {\n    int add(int a) { return a; }\n}\n", "    /**\n     * Add.\n"),
    ],
)
def test_other_languages_get_their_comment_above(path, before, after):
    line = next(number for number, text in enumerate(before.split("\n")) if "dd(" in text)
    result = written(before, line, path)
    assert after in result
    assert [it for it in result.split("\n") if it in before.split("\n")] == before.split("\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('def f():\n    """Is there."""\n', "agrees with its code"),
        ("x = 1\n", "in no function"),
        ("def f(:\n    pass\n", "f"),
    ],
)
def test_where_none_can_be_written_it_says_why(text, words):
    with pytest.raises(CannotDocument, match=words):
        written(text)


def test_an_edit_that_would_change_code_is_never_offered():
    document = Document(path="a.py", text="def f():\n    return 1\n", language="python")
    at = document.text.index("    return")
    for text in ['    """F."""\n    return 2\n', '    """F.""" + x\n', "    return 0\n"]:
        edit = DocstringEdit(path="a.py", offset=at, end_offset=at, text=text, name="f", style="google")
        with pytest.raises(CannotDocument):
            prove(document, edit)


def stdlib_functions() -> list[tuple[Path, int]]:
    found = []
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py")):
        text = path.read_text("utf-8", "replace")
        if len(text) > 9_000:
            continue
        nodes = [it for it in ast.walk(ast.parse(text)) if isinstance(it, ast.FunctionDef | ast.ClassDef)]
        found += [(path, it.lineno - 1) for it in nodes if ast.get_docstring(it) is None]
    return found[:: max(1, len(found) // 320)]


@pytest.mark.timeout(240)
def test_nothing_else_changes_in_three_hundred_real_definitions():
    """Looked at by a comparison of this test's own, not by the prover's."""
    places = stdlib_functions()
    assert len(places) >= 300
    for path, line in places:
        text = path.read_text("utf-8", "replace")
        before, after = ast.parse(text), ast.parse(written(text, line))
        missing = 0
        for old, new in zip(definitions(before), definitions(after), strict=True):
            if ast.get_docstring(old) != ast.get_docstring(new):
                missing += 1
                assert_parameters_are_named(old, ast.get_docstring(new) or "")
                new.body.pop(0)
        assert missing == 1, (path, line)
        assert ast.dump(before) == ast.dump(after), (path, line)


def definitions(tree):
    return [
        it for it in ast.walk(tree) if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]


def assert_parameters_are_named(node, docstring):
    if isinstance(node, ast.ClassDef):
        return
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    for argument in [*every, *filter(None, [arguments.vararg, arguments.kwarg])]:
        if argument.arg not in ("self", "cls", "mcs"):
            assert argument.arg in docstring, (node.name, argument.arg)
