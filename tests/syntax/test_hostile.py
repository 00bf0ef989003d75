"""No text crashes, hangs or blows up the parser."""

import subprocess
import sys
import time

import pytest

from lsp_server.syntax.errors import errors_in
from lsp_server.syntax.languages import LANGUAGES
from lsp_server.syntax.outlining import outline
from lsp_server.syntax.scope import scope_at
from lsp_server.text.document import Document

DEEP = 100_000

HOSTILE = {
    "brackets": "(" * DEEP,
    "brackets on lines": "(\n" * DEEP,
    "lists on lines": "[\n" * 30_000 + "]\n" * 30_000,
    "braces on lines": "{\n" * DEEP,
    "functions in functions": "function f() {\n" * 5_000,
    "classes in classes": "class A {\n" * 5_000,
    "blocks by indentation": "".join(" " * depth + "if x:\n" for depth in range(900)),
    "a long line": "x = " + "a + " * 300_000,
    "nothing but minus": "-\n" * 60_000,
    "strings that never end": '"\n' * 40_000,
    "zeros": "\0" * 10_000,
    "surrogates": "\ud800\udc00\udfff = 1\n" * 1_000,
    "returns": "def f():\r  pass\r" * 5_000,
    "controls": "".join(map(chr, range(32))) * 500,
    "a byte order mark": "\ufeffdef f(): pass\n",
}


@pytest.mark.parametrize("character", ["😀", "\U0010ffff", "漢", "é"])
@pytest.mark.parametrize("language", list(LANGUAGES))
def test_no_character_ends_the_process_that_parses_it(language, character):
    """Half of all processes died of the first one in a shell script, by chance; so it is tried in several."""
    program = (
        "from lsp_server.syntax.tree import parse\n"
        f"parse('x={{{character}\\n a <<{character}{{\\n ${{{character}' * 50, {language!r})"
    )
    for _ in range(3 if language == "bash" else 1):
        subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("language", ["python", "tsx", "rust", "cpp", "plain"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_read_in_time(kind, language):
    text = HOSTILE[kind]
    document = Document(path="x", text=text, language=language)
    started = time.perf_counter()
    known = outline(document)
    errors_in(text, language)
    scope_at(document, len(text))
    assert time.perf_counter() - started < 12  # on a busy machine; a quiet one needs one
    assert known.line_count == document.line_count
    for it in known.definitions:
        assert 0 <= it.start_line <= it.name_line <= it.end_line < known.line_count


def test_rows_are_the_documents_lines_even_with_lone_returns():
    known = outline(Document(path="a.py", text="a = 1\rdef net():\r\n  pass\n", language="python"))
    assert [(it.name, it.name_line) for it in known.definitions] == [("a", 0), ("net", 1)]
