"""What was edited or viewed lately."""

import random
import time

from lsp_server.context.place import place_of
from lsp_server.context.recent import PATHS_MAX, Recent, RecentlyUsed, Region
from lsp_server.context.similar import similar_windows
from lsp_server.explanation.edits import EditedLately
from tests.context.check import check_shows, gathered
from tests.index.check import document_of, snapshot_of

DOOR = "def open_door(handle):\n    handle.turn()\n    handle.push()\n    return handle\n"
HERE = "def yearly(ledger):\n    │\n"


def test_lines_that_were_edited_lately_are_shown_though_nothing_here_names_them():
    others = {"house/door.py": DOOR, "house/roof.py": DOOR.replace("door", "roof")}
    recent = Recent(("house/door.py",), (Region("house/door.py", 2, 2),))
    assert gathered("shop/year.py", HERE, others) == []
    (shown,) = gathered("shop/year.py", HERE, others, recent=recent)
    check_shows([shown], "handle.push()")
    assert (shown.path, shown.reason) == ("house/door.py", "edited lately")


def test_of_files_as_similar_the_one_used_last_comes_first():
    others = {
        f"a/m{it}.py": f"def f{it}(ledger):\n    return ledger.rows_of(month, {it})\n" for it in range(5)
    }
    text = "def f(ledger):\n    return ledger.rows_of(│)\n"
    for path in others:
        shown = gathered("shop/f.py", text, others, recent=Recent((path,)))
        assert shown[0].path == path
        assert shown[0].reason.startswith("of a file used lately; shares ")


def test_the_definition_of_a_file_used_lately_is_the_one_meant():
    others = {"a/x.py": "def convert(a): ...\n", "b/x.py": "def convert(b): ...\n"}
    for path, line in (("a/x.py", "def convert(a): ..."), ("b/x.py", "def convert(b): ...")):
        shown = gathered("shop/f.py", "convert(│)\n", others, recent=Recent((path,)), budget_tokens=24)
        check_shows(shown, line)


def test_neither_a_secret_nor_what_is_excluded_is_shown_because_it_was_edited():
    others = {"house/door.py": DOOR, ".env": "TOKEN=1\n", "house/keys.py": 'password = "hunter2!x"\n'}
    edited = tuple(Region(path, 0, 3) for path in (*others, "not/there.py"))
    recent = Recent(tuple(others), edited)
    shown = gathered("shop/year.py", HERE, others, recent=recent, exclude=["door.py"])
    assert {it.path for it in shown} == {"house/keys.py"}
    assert "hunter2" not in "".join(it.text for it in shown)


def test_what_was_edited_in_this_file_is_not_shown_twice():
    recent = Recent(("shop/year.py",), (Region("shop/year.py", 0, 1),))
    assert gathered("shop/year.py", HERE, {"house/door.py": DOOR}, recent=recent) == []


def test_files_come_in_the_order_they_were_used_and_edits_newest_first():
    used, edits = RecentlyUsed(), EditedLately(clock=iter(range(100)).__next__)
    texts = {path: "".join(f"{path} {line}\n" for line in range(50)) for path in ("a.py", "b.py")}
    for path, line in (("a.py", 3), ("b.py", 7), ("a.py", 30)):
        used.used(path)
        old = texts[path]
        texts[path] = old.replace(f"{path} {line}\n", "changed\n")
        edits.changed(document_of(path, old), document_of(path, texts[path]))
    recent = used.now(edits.lines())
    assert recent.paths == ("a.py", "b.py")
    assert recent.edited == (Region("a.py", 30, 30), Region("a.py", 3, 3), Region("b.py", 7, 7))
    for number in range(40):
        used.used(f"{number}.py")
    assert used.now({}).paths == tuple(f"{39 - number}.py" for number in range(PATHS_MAX))


def test_it_costs_a_request_less_than_a_third_of_a_millisecond():
    rng = random.Random(1)
    words = [f"name_{it}" for it in range(400)]
    files = {
        f"a/m{it}.py": "".join(f"def {rng.choice(words)}_{line}({rng.choice(words)}):\n    return {rng.choice(words)}\n" for line in range(60))
        for it in range(120)
    }  # fmt: skip
    snapshot, document = snapshot_of(files), document_of("b/here.py", files["a/m3.py"])
    paths = tuple(files)[:PATHS_MAX]
    recent = Recent(paths, tuple(Region(path, 40, 44) for path in paths[:6]))

    def milliseconds(*recent):
        started = time.process_time_ns()
        place = place_of(snapshot, document, 900, *recent)
        similar_windows(snapshot, place, lambda path: False)
        return (time.process_time_ns() - started) / 1e6

    pairs = [(milliseconds(recent), milliseconds()) for _ in range(60)]  # in turns: others use these cores
    least, without = map(min, zip(*pairs, strict=True))
    assert least - without < 0.3 + 0.1 * without
