"""What an explanation says comes from the repository: the cases stand in cases/evidence.toml."""

import time
import tomllib
from pathlib import Path

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.explanation.explain import explain_problem
from lsp_server.explanation.problem import Explanation, Problem
from lsp_server.explanation.scope_names import names_in_scope
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document

TABLE = tomllib.loads((Path(__file__).parent / "cases" / "evidence.toml").read_text("utf-8"))
DOCUMENTS = {
    path: Document(path=path, text=text, language=language_of(path)) for path, text in TABLE["files"].items()
}
SNAPSHOT = Snapshot.of(Path("/repository"), [index_file(it) for it in DOCUMENTS.values()], name="shop")


def explained(message: str, at: str) -> Explanation:
    path, _, marked = at.partition(": ")
    start = DOCUMENTS[path].text.index(marked)
    return explain_problem(
        Problem(message=message, start=start, end=start + len(marked)), DOCUMENTS[path], snapshot=SNAPSHOT,
        storyteller=None, language="en", cancellation=Cancellation(), on_text=lambda text: None,
    )  # fmt: skip


@pytest.mark.parametrize("case", TABLE["case"], ids=lambda case: case["promise"])
def test_an_explanation_keeps_its_promise(case):
    told = explained(case["message"], case["at"]).markdown.split("```")[-1]
    assert [it for it in case.get("says", []) if it not in told] == []
    assert [it for it in case.get("never", []) if it in told] == []


def test_every_piece_of_evidence_names_a_line_that_says_so():
    for case in TABLE["case"]:
        for it in explained(case["message"], case["at"]).evidence:
            if it.path and it.name in it.text:
                assert it.name in DOCUMENTS[it.path].line_text(it.line)


@pytest.mark.parametrize(
    "line", ["x, " * 120, "(a " * 120, "for " * 90, "let " * 90, "a.b.c " * 60, "for x " * 60, "x: " * 120]
)
def test_names_are_collected_from_hostile_text_in_no_time(line):
    for language in ("python", "typescript"):
        document = Document(path="a", text=f"{line}\n" * 400, language=language)
        start = time.perf_counter()
        names_in_scope(document, 200)
        assert time.perf_counter() - start < 5
