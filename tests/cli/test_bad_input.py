"""Bad input: one clear sentence, a way out, exit code 2, and nothing of the user's changed."""

import pytest

from tests.cli.kibitz import run

BROKEN_MODELS = {
    "nothing.gguf": b"",
    "garbage.gguf": b"hello, I am no model at all, whatever my name says",
    "version.gguf": b"GGUF" + (99).to_bytes(4, "little") + bytes(64),
    "cut.gguf": b"GGUF" + (3).to_bytes(4, "little") + (5).to_bytes(8, "little") + (5).to_bytes(8, "little"),
}


@pytest.fixture
def project(tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.py").write_text("import os\n\nx = 1\n")
    return tmp_path / "project"


def says(outcome, *words):
    """Exit code 2, one sentence and a hint on standard error, no traceback, nothing on standard output."""
    assert outcome.code == 2, outcome
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    for word in words:
        assert word in outcome.err
    assert "→" in outcome.err or "Error:" in outcome.err


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("gone.py:1:1", ["gone.py"]),
        ("a.py:9:1", ["line 9"]),
        ("a.py:1:99", ["column 99"]),
        ("a.py", ["PATH:LINE:COLUMN"]),
        (".:1:1", []),
    ],
)
def test_a_place_that_is_not_there(project, tmp_path, place, words):
    says(run("complete", place, home=tmp_path / "home", cwd=project), *words)


def test_a_binary_file(project, tmp_path):
    (project / "a.bin").write_bytes(bytes(range(256)) * 20)
    says(run("complete", "a.bin:1:1", home=tmp_path / "home", cwd=project), "not text")


def test_a_file_too_large(project, tmp_path):
    (project / "big.py").write_bytes(b"x = 1\n" * 9_000_000)
    says(run("complete", "big.py:1:1", home=tmp_path / "home", cwd=project), "bytes")


def test_a_file_outside_of_the_root(project, tmp_path):
    (tmp_path / "other.py").write_text("x = 1\n")
    says(run("complete", "../other.py:1:1", "--root", ".", home=tmp_path / "home", cwd=project), "other.py")


def test_a_root_that_is_not_there(project, tmp_path):
    says(run("complete", "a.py:1:1", "--root", "gone", home=tmp_path / "home", cwd=project), "gone")


@pytest.mark.parametrize("name", BROKEN_MODELS)
def test_a_broken_model_file(project, tmp_path, name):
    (project / name).write_bytes(BROKEN_MODELS[name])
    says(run("complete", "a.py:3:1", "--model", f"./{name}", home=tmp_path / "home", cwd=project), name)


def test_a_model_that_is_not_there(project, tmp_path):
    says(run("complete", "a.py:3:1", "--model", "gpt-99", home=tmp_path / "home", cwd=project), "gpt-99")


def test_doctor_names_the_fault_and_the_cure(project, tmp_path):
    outcome = run("doctor", "--model", "gpt-99", "--json", home=tmp_path / "home", cwd=project)
    assert outcome.code == 2
    [fault] = [it for it in outcome.json["findings"] if it["state"] == "fault"]
    assert "gpt-99" in fault["what"]
    assert fault["cure"]
