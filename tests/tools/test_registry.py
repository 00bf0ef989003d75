"""Whatever a model makes up as a call is answered, in time and in bounds, from what it may see."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.cancellation import Cancellation, Cancelled
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document
from lsp_server.tools.all_tools import registry
from lsp_server.tools.registry import Registry
from lsp_server.tools.tool import Arguments, Tool, ToolLimits, ToolResult

PASSWORD = "hunter2-Xk93mQpz71"
FILES = {
    "shop/price.py": "class Price:\n    def gross(self):\n        return 1\n\n\ndef net(gross, rate):\n"
    '    """Without tax."""\n    return gross / rate\n',
    "shop/cart.py": "from shop.price import net\n\n\ndef total(items):\n    return sum(net(it, 2) for it in itms)\n",
    "shop/keys.py": f'password = "{PASSWORD}"\nprint(password)\n',
    "shop/broken.py": "def f(:\n    pass\n",
}
LIMITS = ToolLimits(seconds=5.0, characters_max=4_000)
TOOLS = registry(LIMITS)


def document(path: str, text: str) -> Document:
    return Document(path=path, text=text, language=language_of(path))


SNAPSHOT = Snapshot.of(Path("/repository"), [index_file(document(*it)) for it in FILES.items()])


def call(
    name: str, /, tools: Registry = TOOLS, snapshot: Snapshot = SNAPSHOT, **arguments: object
) -> ToolResult:
    return tools.call(name, arguments, snapshot, Cancellation())


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        (
            "find_definition",
            {"name": "net"},
            "shop/price.py:6: function def net(gross, rate): — Without tax.",
        ),
        ("find_definition", {"name": "Price.gross"}, "shop/price.py:2: method"),
        ("find_definition", {"name": "nett"}, "Nothing is called nett; the nearest names:"),
        ("find_references", {"name": "net"}, "shop/cart.py:5: return sum(net(it, 2) for it in itms)"),
        ("list_symbols", {"path": "shop/price.py"}, "2-3:   method Price: def gross(self):"),
        ("read_lines", {"path": "shop/cart.py", "first": 4, "last": 4}, "4: def total(items):\n… lines 5"),
        ("search_text", {"text": "WITHOUT", "ignore_case": True}, "shop/price.py:7:"),
        ("list_files", {"path": "shop/*.py"}, "shop/cart.py"),
        ("get_diagnostics", {"path": "shop/cart.py"}, "undefined name 'itms'"),
        ("get_diagnostics", {"path": "shop/broken.py"}, "SyntaxError"),
        ("explain_symbol", {"name": "Price"}, "Members:\nshop/price.py:2: method"),
        ("explain_symbol", {"name": "net"}, "Used:\nshop/cart.py:1"),
    ],
)
def test_a_look_up_is_answered_with_path_and_line(name, arguments, says):
    result = call(name, **arguments)
    assert says in result.text
    assert not result.is_error


def test_every_tool_says_what_it_does_and_describes_its_arguments():
    assert len(TOOLS.tools) == 8
    for tool in TOOLS.tools.values():
        assert tool.description.endswith(".")
        assert tool.schema()["additionalProperties"] is False


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("find_definitions", {"name": "x"}, "Did you mean find_definition?"),
        ("find_definition", {"nam": "x"}, "nam: Extra inputs"),
        ("find_definition", {}, "name: Field required"),
        ("find_definition", '{"name": ', "not JSON"),
        ("find_definition", "[" * 100_000, "not JSON"),
        ("read_lines", {"path": "shop/cart.py", "first": 0}, "first: Input should be greater"),
    ],
)
def test_a_malformed_call_is_answered_with_what_would_be_right(name, arguments, says):
    result = TOOLS.call(name, arguments, SNAPSHOT, Cancellation())
    assert (result.is_error, result.is_malformed) == (True, True)
    assert says in result.text


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "shop/../../x", ".env", "shop", "a\0b"])
@pytest.mark.parametrize("tool", ["read_lines", "list_symbols", "get_diagnostics"])
def test_no_path_leads_out_of_what_was_indexed(tool, path):
    result = call(tool, path=path)
    assert "was read" in result.text
    assert result.is_error


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("read_lines", {"path": "shop/keys.py"}),
        ("search_text", {"text": "password"}),
        ("search_text", {"text": PASSWORD}),
        ("find_references", {"name": "password"}),
        ("explain_symbol", {"name": "password"}),
    ],
)
@pytest.mark.parametrize("is_open", [False, True])
def test_a_secret_is_never_shown_on_disk_or_in_the_editor(tool, arguments, is_open):
    open_one = document("shop/keys.py", FILES["shop/keys.py"] + "# typed\n")
    snapshot = SNAPSHOT.with_document(open_one) if is_open else SNAPSHOT
    text = call(tool, snapshot=snapshot, **arguments).text
    assert PASSWORD not in text.replace(repr(PASSWORD), "")


def test_what_is_open_in_the_editor_counts_more_than_the_disk():
    snapshot = SNAPSHOT.with_document(document("shop/cart.py", "typed_just_now = 1\n"))
    assert "typed_just_now" in call("read_lines", snapshot=snapshot, path="shop/cart.py").text


class _None(Arguments):
    pass


def tool_that(work) -> Registry:
    limits = ToolLimits(seconds=0.2, characters_max=100)
    return Registry([Tool(name="odd", description="Odd.", arguments=_None, work=work)], limits)


def test_a_tool_that_never_ends_is_left_after_its_time():
    start = time.monotonic()
    tools = tool_that(lambda snapshot, asked, cancellation: time.sleep(1.5) or "")
    result = call("odd", tools)
    assert "stopped after 0.2 s" in result.text
    assert time.monotonic() - start < 1.2


def test_a_result_that_is_too_long_is_cut_and_says_so():
    result = call("odd", tool_that(lambda *_: "x" * 5_000))
    assert len(result.text) == 100
    assert result.is_cut
    assert "cut: 5,000 characters" in result.text


def test_a_bug_in_a_tool_costs_one_result():
    result = call("odd", tool_that(lambda *_: [][1]))
    assert (result.is_error, result.text) == (True, "odd failed; the log says how. Go on without it.")


def test_a_cancelled_call_ends_at_once():
    cancellation = Cancellation()
    tools = tool_that(lambda *_: cancellation.cancel() or time.sleep(1) or "")
    with pytest.raises(Cancelled):
        tools.call("odd", {}, SNAPSHOT, cancellation)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from([*TOOLS.tools]) | st.text(max_size=20),
    arguments=anything | st.text(max_size=60) | st.fixed_dictionaries(
        {}, optional={key: st.text(max_size=20) | st.integers() for key in ("name", "path", "text", "limit", "first")}
    ),
)  # fmt: skip
def test_no_call_however_odd_raises(name, arguments):
    result = TOOLS.call(name, arguments, SNAPSHOT, Cancellation())
    assert 0 < len(result.text) <= LIMITS.characters_max
    json.dumps(result.text)
