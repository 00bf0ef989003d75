"""Definitions are packed tightly, and come back as they were."""

from lsp_server.index.packed import KINDS, packed
from lsp_server.syntax.definitions import _KINDS
from lsp_server.syntax.outline import Definition
from tests.index.check import indexed, snapshot_of

ODD = ('say "it"', "a\\b", "two\nlines\r\n", "é\u2028", "\ud800", "", "\x00\x1f", "{ a, b }")


def definition(number: int) -> Definition:
    odd = ODD[number % len(ODD)]
    return Definition(
        name=f"net{odd}", kind=KINDS[number % len(KINDS)], path="a.py", start_line=70_000 * (number % 2),
        end_line=70_000 + number, name_line=number, owner=f"Shop{odd}", signature=f"def {odd}", doc=odd,
        parameters=(odd,) * (number % 4),
    )  # fmt: skip


def test_a_definition_comes_back_letter_by_letter():
    """Names of other languages, patterns as parameters and broken text hold any character."""
    known = tuple(map(definition, range(40)))
    kept = packed("a.py", known)
    assert kept.all() == known
    assert [kept.at(0), kept.at(7), kept.at(39)] == [known[0], known[7], known[39]]
    assert [*kept.heads()] == [(it.name, it.owner, it.kind) for it in known]
    assert len(kept) == 40


def test_definitions_are_found_by_name_without_reading_the_others():
    """What else has lines like the name, a parameter say, is not taken for one."""
    known = list(map(definition, range(40)))
    plain = Definition(
        name="a", kind="class", path="a.py", start_line=0, end_line=9, name_line=0, owner="sum", doc="total",
        parameters=("sum", "total", "a"),
    )  # fmt: skip
    known[11:11] = [plain, plain]
    kept = packed("a.py", known)
    for name in {it.name for it in known}:
        assert kept.named(name) == [number for number, it in enumerate(known) if it.name == name]
    assert kept.named("total") == kept.named("sum") == packed("a.py", []).named("a") == []


def test_the_numbers_of_ordinary_definitions_take_little():
    small = Definition(name="a", kind="class", path="a.py", start_line=0, end_line=200, name_line=0)
    assert packed("a.py", [small]).facts.itemsize == 2
    assert packed("a.py", []).all() == ()


def test_every_kind_that_is_read_can_be_kept():
    assert set(KINDS) == set(_KINDS)


def test_definitions_are_found_by_name_and_by_owner_wherever_they_stand():
    snapshot = snapshot_of(
        {
            "a.py": "class Cart:\n    def total(self): ...\n    def add(self): ...\n\ndef total(): ...\n",
            "b.py": "",
            "c.py": "class Cart:\n    def total(self, rate): ...\n\nclass Till:\n    class Cart: ...\n",
        }
    )
    found = [(it.path, it.owner, it.parameters) for it in snapshot.definitions("total")]
    assert found == [("a.py", "Cart", ("self",)), ("a.py", "", ()), ("c.py", "Cart", ("self", "rate"))]
    assert [(it.path, it.name) for it in snapshot.members("Cart")] == [
        ("a.py", "total"), ("a.py", "add"), ("c.py", "total"),
    ]  # fmt: skip
    assert [it.owner for it in snapshot.definitions("Cart")] == ["", "", "Till"]
    assert snapshot.definitions("nothing") == snapshot.members("total") == ()
    assert snapshot.names.numbered(["add", "rate", "Till"]).may_be_defined.tolist() == [True, False, True]
    assert snapshot.defined_names() == {"Cart", "total", "add", "Till"}
    assert snapshot.is_class("Till")
    assert not snapshot.is_class("total")


def test_outlines_are_made_when_they_are_looked_at():
    snapshot = snapshot_of({"a.py": "def net(): ...\n", "b.py": "import a\n"})
    outlines = snapshot.outlines
    assert [*outlines] == ["a.py", "b.py"]
    assert [it.name for it in outlines["a.py"].definitions] == ["net"]
    assert outlines["b.py"].imports[0].module == "a"
    file = snapshot.file("a.py")
    assert file is not None
    assert file.outline is file.outline  # what was worked out from it is kept by it


def test_a_name_that_is_everywhere_is_counted_without_its_definitions_being_made():
    files = {f"m{number:02}.py": "def other(): ...\n\ndef net(): ...\n" for number in range(60)}
    snapshot = snapshot_of(files)
    paths = sorted(files)
    found = snapshot.definitions("net")
    assert len(found) == 60
    assert [it.path for it in found] == paths
    assert (found[3].path, found[-1].path) == ("m03.py", "m59.py")
    assert [it.path for it in found[:2]] == paths[:2]

    changed = indexed("m03.py", "def net(rate): ...\n\ndef net(again): ...\n")
    after = snapshot.with_files([changed], removed=["m00.py", "none.py"]).definitions("net")
    assert [it.path for it in after] == [*paths[1:3], *paths[4:], "m03.py", "m03.py"]
    assert len(after) == 60
    assert after[-1].parameters == ("again",)
    assert len(found) == 60
