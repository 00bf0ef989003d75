"""`kibitz index` in a process of its own."""

from tests.cli.kibitz import run
from tests.workspace.check import written


def test_it_says_what_was_read_and_what_was_not(tmp_path):
    written(tmp_path / "shop", {"a.py": "x = 1\n" * 10, "b.ts": "let y\n", ".env": "A=1", "data.csv": "1"})
    first = run("index", "shop", "--json", home=tmp_path / "home", cwd=tmp_path).json
    assert (first["files"], first["lines"], first["unchanged"]) == (2, 13, 0)
    assert first["languages"]["python"] == {"files": 1, "lines": 11}
    assert first["skipped"] == {"secret": 1, "not source": 1}
    again = run("index", home=tmp_path / "home", cwd=tmp_path / "shop")
    assert again.code == 0
    assert "2 files were known already" in again.out
    assert "TypeScript" in again.out
    assert "secret (.env)" in again.out


def test_a_folder_that_is_none_is_one_clear_sentence(tmp_path):
    outcome = run("index", "absent", home=tmp_path / "home", cwd=tmp_path)
    assert outcome.code == 2
    assert "is not a folder" in outcome.err
