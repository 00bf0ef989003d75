"""Which files are worth reading, and that finding them is safe."""

import os
import socket
import sys

import pytest

from lsp_server.workspace.roots import together
from lsp_server.workspace.walk import found_file, walk
from tests.workspace.check import check_walk, walked, written

NO_FIFO = not hasattr(os, "mkfifo")


def test_source_is_found_and_data_is_not(tmp_path):
    root = written(
        tmp_path,
        {
            "a.py": "",
            "web/b.tsx": "",
            "README.md": "",
            "Makefile": "",
            "logo.png": b"\x89PNG",
            "data.csv": "1",
            "x": "",
        },
    )
    check_walk(root, "a.py", "web/b.tsx", "README.md", "Makefile")
    assert walked(root)[1]["logo.png"] == "not source"


def test_gitignore_files_count_where_they_stand(tmp_path):
    """The innermost that says something decides."""
    root = written(
        tmp_path,
        {
            ".gitignore": "*.gen.py\n/top.py\nlogs/\n# a comment\n",
            "a.py": "", "a.gen.py": "", "top.py": "", "logs/x.py": "", "sub/top.py": "",
            "sub/.gitignore": "!keep.gen.py\nown.py\n",
            "sub/keep.gen.py": "", "sub/other.gen.py": "", "sub/own.py": "", "sub/deep/own.py": "", "own.py": "",
        },
    )  # fmt: skip
    check_walk(root, "a.py", "own.py", "sub/keep.gen.py", "sub/top.py")


def test_gits_own_exclude_file_counts(tmp_path):
    root = written(tmp_path, {".git/info/exclude": "private/\n", "private/a.py": "", "b.py": ""})
    check_walk(root, "b.py")


def test_rules_above_an_opened_subfolder_count(tmp_path):
    written(tmp_path, {".git/HEAD": "", ".gitignore": "web/made/\n", "web/made/a.py": "", "web/b.py": ""})
    check_walk(tmp_path / "web", "b.py")


def test_an_ignored_folder_that_is_opened_itself_is_read(tmp_path):
    written(tmp_path, {".git/HEAD": "", ".gitignore": "scratch/\n", "scratch/a.py": ""})
    check_walk(tmp_path / "scratch", "a.py")


def test_what_the_user_excludes_no_gitignore_brings_back(tmp_path):
    root = written(tmp_path, {".gitignore": "!a.py\n", "a.py": "", "b.py": ""})
    check_walk(root, "b.py", exclude=("a.py",))


def test_dependencies_and_build_output_are_left_out(tmp_path):
    root = written(
        tmp_path,
        {
            "package.json": "{}", "a.ts": "", "node_modules/x/i.ts": "", "dist/a.js": "", "build/a.js": "",
            ".venv/lib/x.py": "", ".git/hooks/x.py": "", "vendor/x.go": "", "app.min.js": "", "yarn.lock": "",
            "pkg/build/steps.py": "", ".github/run.yml": "", "__pycache__/a.py": "", "web/target/t.ts": "",
        },
    )  # fmt: skip
    check_walk(root, "package.json", "a.ts", "pkg/build/steps.py", ".github/run.yml", "web/target/t.ts")


def test_secret_files_are_never_even_listed(tmp_path):
    root = written(tmp_path, {".env": "", "id_rsa": "", "server.pem": "", ".npmrc": "", "a.py": ""})
    found, skipped = walked(root)
    assert found == ["a.py"]
    assert set(skipped.values()) == {"secret"}


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs rights there")
def test_links_are_not_followed_so_circles_end(tmp_path):
    root = written(tmp_path / "root", {"a.py": "", "sub/b.py": ""})
    outside = written(tmp_path / "outside", {"secret.py": ""})
    (root / "sub" / "up").symlink_to(root)
    (root / "self").symlink_to("self")
    (root / "out").symlink_to(outside)
    (root / "link.py").symlink_to(outside / "secret.py")
    check_walk(root, "a.py", "sub/b.py")
    assert found_file(root, "out/secret.py", exclude=()) is None
    assert found_file(root, "link.py", exclude=()) is None


@pytest.mark.skipif(NO_FIFO, reason="there are no pipes with names here")
def test_pipes_and_sockets_are_not_files(tmp_path, monkeypatch):
    root = written(tmp_path, {"a.py": ""})
    os.mkfifo(root / "pipe.py")
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.py")
        check_walk(root, "a.py")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="such names cannot exist there")
@pytest.mark.parametrize(
    "name", ["a\nb.py", "\x1b[31m.py", "\u202egnp.py", os.fsdecode(b"\xff.py"), "\x7f.py"]
)
def test_names_that_would_not_print_are_left_out(tmp_path, name):
    """A newline in a path would break the form of the prompt it appears in."""
    root = written(tmp_path, {"a.py": ""})
    (root / name).write_text("")
    found, skipped = walked(root)
    assert found == ["a.py"]
    assert skipped == {name: "unprintable name"}


def test_too_large_files_are_left_out(tmp_path):
    root = written(tmp_path, {"a.py": "x = 1\n" * 100_000, "b.py": ""})
    check_walk(root, "b.py")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_passed_over(tmp_path):
    root = written(tmp_path, {"a.py": "", "closed/b.py": ""})
    (root / "closed").chmod(0)
    try:
        check_walk(root, "a.py")
    finally:
        (root / "closed").chmod(0o700)


def test_a_bad_pattern_does_not_disable_the_others(tmp_path):
    root = written(tmp_path, {".gitignore": "a[\n!\n//\n\\\nb.py\n\0\n", "a.py": "", "b.py": ""})
    check_walk(root, "a.py")


@pytest.mark.parametrize(
    ("path", "is_found"),
    [
        ("sub/a.py", True), ("sub/made/b.py", False), ("sub/c.py", False), ("missing.py", False), ("../x.py", False),
        ("sub", False), ("", False), ("node_modules/d.py", False), (".env", False),
    ],
)  # fmt: skip
def test_one_file_is_judged_as_a_walk_would(tmp_path, path, is_found):
    root = written(
        tmp_path / "root",
        {
            ".gitignore": "made/\n", "sub/.gitignore": "c.py", "sub/a.py": "", "sub/made/b.py": "", "sub/c.py": "",
            "node_modules/d.py": "", ".env": "", "../x.py": "",
        },
    )  # fmt: skip
    assert (found_file(root, path, exclude=()) is not None) == is_found
    assert (path in walked(root)[0]) == is_found


@pytest.mark.skipif(NO_FIFO, reason="pipes with a name")
@pytest.mark.timeout(20)
def test_rules_that_are_no_file_are_no_rules(tmp_path):
    """A pipe would be waited for, a link would lead elsewhere."""
    root = written(tmp_path / "root", {"a.py": "", "inner/b.py": "", "linked/c.py": ""})
    os.mkfifo(root / ".gitignore")
    os.mkfifo(root / "inner" / ".gitignore")
    (tmp_path / "outside").write_text("*.py\n")
    (root / "linked" / ".gitignore").symlink_to(tmp_path / "outside")
    (root / ".git" / "info").mkdir(parents=True)
    os.mkfifo(root / ".git" / "info" / "exclude")
    check_walk(root, "a.py", "inner/b.py", "linked/c.py")


def test_several_folders_are_walked_with_the_rules_of_each(tmp_path):
    root = written(
        tmp_path,
        {
            ".gitignore": "*.py\n",
            "front/a.py": "", "front/.gitignore": "made/\n", "front/made/x.py": "",
            "deep/back/b.py": "", "deep/back/.git/info/exclude": "/mine.py\n", "deep/back/mine.py": "",
            "deep/c.py": "", "beside/d.py": "", "frontal/e.py": "",
        },
    )  # fmt: skip
    base, folders = together([root / "front", root / "deep/back", root / "front/inner"])
    assert (base, folders) == (root, ("front", "deep/back"))
    found = [it.path for it in walk(base, exclude=(), skip=lambda path, reason: None, folders=folders)]
    assert found == ["front/a.py", "deep/back/b.py"]
    for path in ("front/a.py", "deep/back/b.py"):
        assert found_file(base, path, exclude=(), folders=folders) is not None
    for path in ("beside/d.py", "frontal/e.py", "front/made/x.py", "deep/back/mine.py", "deep/c.py"):
        assert found_file(base, path, exclude=(), folders=folders) is None


def test_one_folder_is_its_own_base(tmp_path):
    assert together([tmp_path]) == (tmp_path, ("",))
    assert together([tmp_path, tmp_path / "inner"]) == (tmp_path, ("",))
    assert together([tmp_path, tmp_path]) == (tmp_path, ("",))
