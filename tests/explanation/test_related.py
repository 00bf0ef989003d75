"""The places that a tool attaches to its message are evidence."""

from pathlib import Path

from lsp_server.explanation.kinds import read_message
from lsp_server.explanation.look_up import evidence_for
from lsp_server.explanation.problem import Evidence, Problem, Related
from lsp_server.explanation.words import words_for
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

FILES = {
    "src/lib.rs": "use crate::cart::net;\nfn f() {\n    net(1);\n    item.wrte(2);\n}\n",
    "src/cart.rs": "pub fn net(gross: u8, rate: u8) -> u8 {\n    gross\n}\n",
}
DOCUMENTS = {path: Document(path=path, text=text, language="rust") for path, text in FILES.items()}
SNAPSHOT = Snapshot.of(Path("/repository"), [index_file(it) for it in DOCUMENTS.values()])


def first(message: str, at: str, *related: Related) -> Evidence:
    document = DOCUMENTS["src/lib.rs"]
    start = document.text.index(at)
    problem = Problem(message=message, start=start, end=start + len(at), related=related)
    return evidence_for(SNAPSHOT, document, problem, read_message(message), words_for("en"))[0]


def test_where_the_tool_says_it_is_defined_comes_first():
    found = first(
        "something nobody knows", "net(1)", Related(path="src/cart.rs", line=0, message="defined here")
    )
    assert (found.place, found.name, found.role) == ("src/cart.rs:1", "net", "related")


def test_a_name_that_the_tool_offers_comes_first():
    offer = "there is a method `write` with a similar name: `write`"
    found = first(
        "no method named `wrte` found for struct `Vec<u8>` in the current scope", "wrte",
        Related(path="src/lib.rs", line=3, message=offer),
    )  # fmt: skip
    assert (found.name, found.role) == ("write", "suggested")


def test_an_import_that_the_tool_offers_goes_before_a_name_that_is_only_alike():
    found = first(
        "cannot find module or crate `ptr` in this scope", "net",
        Related(path="src/lib.rs", line=0, message="there is a crate or module with a similar name: `str`"),
        Related(path="src/lib.rs", line=0, message="consider importing this module: `use std::ptr;\n`"),
    )  # fmt: skip
    assert found.name == "ptr"


def test_of_several_imports_each_brings_the_name():
    offer = "consider importing one of these: `use std::a::Map;\n`, `use std::b::Map;\n`"
    found = first(
        "cannot find type `Map` in this scope", "net", Related(path="src/lib.rs", line=0, message=offer)
    )
    assert (found.name, found.role) == ("Map", "suggested")


def test_places_outside_of_the_repository_are_not_shown():
    evidence = first("nothing", "net(1)", Related(path="/usr/lib/x.rs", line=3, message="defined here"))
    assert evidence.path in FILES


def names_found(code: str, at: str, message: str) -> list[str]:
    document = Document(path="a.py", text=code, language="python")
    snapshot = Snapshot.of(Path("/repository"), [index_file(document)], name="shop")
    start = code.index(at)
    problem = Problem(message=message, start=start, end=start + len(at))
    return [
        it.name for it in evidence_for(snapshot, document, problem, read_message(message), words_for("en"))
    ]


def test_all_that_mypy_takes_for_likely_is_said_the_most_alike_first():
    message = 'Module has no attribute "S_IDSIR"; maybe "S_IFDIR" or "S_ISDIR"?'
    found = names_found("import stat\n\nstat.S_IDSIR(1)\n", "stat.S_IDSIR", message)
    assert found[:2] == ["S_ISDIR", "S_IFDIR"]


def test_what_every_object_has_is_near_too():
    message = '"Jar" has no attribute "__dict_"'
    assert names_found("def f(it):\n    return it.__dict_\n", "it.__dict_", message)[0] == "__dict__"
