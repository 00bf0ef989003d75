"""Every case of `cases.toml` has a test that is named after it."""

import re
import tomllib
from pathlib import Path

TESTS = Path(__file__).parents[1]
NAMED = re.compile(r"def test_([TCDI]\d\d)_")


def test_every_case_has_a_test_and_every_test_a_case() -> None:
    cases = tomllib.loads((TESTS / "lsp" / "cases.toml").read_text("utf-8"))
    files = [it for folder in ("lsp", "editor", "survival") for it in (TESTS / folder).glob("test_*.py")]
    named = {name for path in files for name in NAMED.findall(path.read_text("utf-8"))}
    assert named == set(cases)
