"""What a snapshot knows, and that changing it makes another one."""

import gc
import weakref

import numpy as np
import pytest

from lsp_server.index.corpus import Corpus
from lsp_server.index.encoding import DamagedEntryError, decoded, encoded
from lsp_server.index.layout import NO_LAYOUT
from lsp_server.index.packed import KINDS
from tests.index.check import document_of, indexed, snapshot_of

SHOP = {
    "shop/price.py": "def net(gross):\n    return gross\n\nclass Tax:\n    rate = 2\n    def of(self): ...\n",
    "shop/cart.py": "from shop.price import net\n\ndef total(lines):\n    return net(sum(lines))\n",
}


def names(definitions):
    return [f"{it.path}:{it.name}" for it in definitions]


def test_definitions_are_found_by_name_and_by_owner():
    shop = snapshot_of(SHOP)
    assert names(shop.definitions("net")) == ["shop/price.py:net"]
    assert names(shop.members("Tax")) == ["shop/price.py:rate", "shop/price.py:of"]
    assert shop.files_with("net") == ["shop/cart.py", "shop/price.py"]
    assert not shop.definitions("absent")


def test_a_change_makes_a_new_snapshot_and_leaves_the_old_one_alone():
    before = snapshot_of(SHOP)
    after = before.with_outline(document_of("shop/price.py", "def gross(net): ...\n"))
    assert names(after.definitions("gross")) == ["shop/price.py:gross"]
    assert names(after.definitions("net")) == []
    assert names(before.definitions("net")) == ["shop/price.py:net"]
    assert after.file_count == before.file_count == 2


def test_an_old_snapshot_goes_at_once_and_waits_for_no_collector():
    """It holds an index; and whatever waits when the index is put together anew would stay for ever."""
    gc.disable()
    try:
        now, gone = snapshot_of(SHOP), []
        for change in (
            lambda it: it.with_outline(document_of("shop/price.py", "def gross(net): ...\n")),
            lambda it: it.with_document(document_of("shop/price.py", "def other(net): ...\n")),
            lambda it: it.with_files([], removed=["shop/price.py"]),
            lambda it: it.merged(),
            lambda it: it.with_layout(NO_LAYOUT),
        ):
            assert now.imported_paths("shop/cart.py") is not None
            assert now.outlines
            gone.append(weakref.ref(now))
            now = change(now)
        assert [it() for it in gone] == [None] * len(gone)
    finally:
        gc.enable()


def test_a_removed_file_is_gone_from_every_question():
    after = snapshot_of(SHOP).with_files([], removed=["shop/price.py"])
    assert not after.definitions("net")
    assert after.file("shop/price.py") is None
    assert after.files_with("gross") == []
    assert after.search({"gross": 1.0}, limit=5).rows() == []
    assert after.imported_paths("shop/cart.py") == []
    assert set(after.outlines) == {"shop/cart.py"}


def test_merging_changes_no_answer():
    changed = snapshot_of(SHOP).with_file(indexed("shop/tax.py", "def vat(net): ...\n"))
    changed = changed.with_files([indexed("shop/cart.py", "def pay(): net()\n")])
    merged = changed.merged()
    assert merged.changed_count == 0
    for name in ("net", "vat", "pay", "total"):
        assert names(merged.definitions(name)) == names(changed.definitions(name))
        assert merged.files_with(name) == changed.files_with(name)
    assert {it[:2] for it in merged.search({"net": 1.0}, limit=9).rows()} == {
        it[:2] for it in changed.search({"net": 1.0}, limit=9).rows()
    }


def test_the_likeliest_definition_is_the_first_of_the_files_of_the_highest_rank():
    """Whether the files were changed since all was put together or not; what is gone counts no more."""
    files = {f"shop/{it}.py": f"def net(): ...\ndef {it}(): ...\ndef net(): ...\n" for it in "abcdef"}
    before = snapshot_of({path: text for path, text in files.items() if path != "shop/f.py"})
    changed = before.with_files([indexed(path, files[path]) for path in ("shop/b.py", "shop/f.py")])
    changed = changed.with_files([], removed=["shop/c.py"])

    def chosen(snapshot, names, ranks=None, at_most=12):
        named = snapshot.names.numbered(names)
        counts, numbers = snapshot.names.likeliest(named, ranks or {}, at_most=at_most)
        found = [None if it < 0 else snapshot.names.definition(it) for it in numbers.tolist()]
        return counts.tolist(), ["" if it is None else f"{it.path}:{it.name_line}" for it in found]

    names_asked = ["net", "absent", "c", "f"]
    for shop in (changed, changed.merged()):
        assert chosen(shop, names_asked)[0] == [10, 0, 0, 1]
        assert chosen(shop, names_asked)[1] == ["shop/a.py:0", "", "", "shop/f.py:1"]
        for path in ("shop/b.py", "shop/d.py", "shop/f.py"):
            assert chosen(shop, ["net"], {path: 2, "shop/a.py": 1, "shop/c.py": 9})[1] == [f"{path}:0"]
        assert chosen(shop, ["net", "a"], {"shop/a.py": -1})[1][1] == ""
        assert chosen(shop, ["net", "a"], at_most=9)[1] == ["", "shop/a.py:1"]
    for name in "df":
        _, number = changed.names.likeliest(changed.names.numbered([name]), {}, at_most=12)
        assert [KINDS[it] for it in changed.names.kinds_of(number)] == ["function"]
        assert changed.names.places_of(number)[1] == [f"shop/{name}.py"]
        assert changed.names.definition(int(number[0])) == changed.definitions(name)[0]


def test_opening_a_document_shares_the_index():
    before = snapshot_of(SHOP)
    after = before.with_document(document_of("shop/new.py", "x = 1\n"))
    assert set(after.documents) == {"shop/new.py"}
    assert not before.documents
    assert after.modules is before.modules
    assert not after.without_document("shop/new.py").documents


def test_where_nothing_has_changed_everything_stays_known():
    """A language server asks for it with each keystroke."""
    shop = snapshot_of(SHOP)
    assert shop.with_files([]) is shop


def test_imports_follow_what_files_say_and_which_there_are():
    """What is known of paths outlives a change that leaves them as they are, and no other."""
    package = {"shop/__init__.py": "from shop.price import net\n", "main.py": "from shop import net\n"}
    shop = snapshot_of(SHOP | package)
    assert "shop/price.py" in shop.imported_paths("main.py")
    moved = shop.with_outline(document_of("shop/__init__.py", "from shop.cart import net\n"))
    moved = moved.with_outline(document_of("shop/cart.py", "def net(): ...\n"))
    assert shop.modules.in_folder("shop") is moved.modules.in_folder("shop")
    assert "shop/cart.py" in moved.imported_paths("main.py")
    assert "shop/price.py" not in moved.imported_paths("main.py")
    more = moved.with_outline(document_of("shop/net.py", "x = 1\n"))
    assert "shop/net.py" in more.imported_paths("main.py")
    assert more.with_files([], ["shop/net.py"]).imported_paths("main.py") == moved.imported_paths("main.py")


def test_a_rarer_name_weighs_more():
    shop = snapshot_of({**SHOP, "a.py": "net()\n", "b.py": "net()\n"})
    assert shop.rarity("total") > shop.rarity("net")


def test_an_excluded_file_is_never_found():
    found = snapshot_of(SHOP).search({"net": 1.0, "gross": 1.0}, limit=9, exclude=["shop/price.py"])
    assert set(found.paths) == {"shop/cart.py"}


def test_what_changed_stands_among_the_rest_in_order():
    """Files changed since all was put together are searched on their own."""
    files = {f"shop/f{it}.py": "rare()\n" * (1 + it % 3) + "often()\n" for it in range(9)}
    changed = snapshot_of(files).with_files(
        [indexed(path, files[path]) for path in ("shop/f2.py", "shop/f6.py")]
    )
    rows = changed.search({"rare": 1.0}, limit=9).rows()
    assert {path for path, _, _ in rows} == files.keys()
    assert rows == sorted(rows, key=lambda it: (-it[2], it[0], it[1]))
    assert changed.search({"rare": 1.0}, limit=7).rows() == rows[:7]


def test_few_are_found_as_well_as_many():
    """What is far below the best is not even put in order, unless the best are fewer than asked for."""
    files = {f"shop/f{it}.py": "rare()\n" * (it % 7 == 0) + "often()\n" * (1 + it % 5) for it in range(60)}
    shop, query = snapshot_of({**files, "shop/x.py": "neither()\n"}), {"rare": 1.0, "often": 0.01}
    scores = shop.search(query, limit=1_000).scores.tolist()
    assert len(scores) == 60
    assert scores == sorted(scores, reverse=True)
    for limit in (1, 5, 9, 30, 59, 60):
        assert shop.search(query, limit=limit).scores.tolist() == scores[:limit]


def test_what_is_indexed_holds_no_secret():
    file = indexed("a.py", 'password = "hunter2!x"\n')
    assert "hunter2" not in file.text
    assert "hunter2" not in str(file.outline)


def test_windows_hold_every_line_once():
    lines = [f"line_{number} = {number}" for number in range(300)]
    text = "\n".join([*lines, "", "def last():", *["    pass"] * 40])
    file = indexed("a.py", text)
    covered = [line for first, last in file.windows.tolist() for line in range(first, last + 1)]
    assert covered == sorted(set(covered))
    assert {number for number, line in enumerate(file.lines) if line.strip()} <= set(covered)


def test_a_decorator_and_a_comment_stay_with_their_function():
    body = "\n".join(f"    step_{number}()" for number in range(12))
    text = f"def first():\n{body}\n\n\n# About second.\n@cached\ndef second():\n{body}\n"
    file = indexed("a.py", text)
    starts = [file.lines[first] for first, _ in file.windows.tolist()]
    assert "# About second." in starts


def postings_of(file, window):
    held = file.posting_window == window
    names = [file.names[it] for it in file.posting_term[held].tolist()]
    return dict(zip(names, file.posting_count[held].tolist(), strict=True))


class TestWords:
    def test_words_are_counted_for_the_file_and_for_each_window(self):
        """The words of a file's name count as if they stood in every window."""
        body = "".join(f"    step = cart + step_{number}\n" for number in range(12))
        file = indexed("shop/cart.py", f"def first():\n{body}\n\ndef second(price):\n{body}")
        assert [first for first, _ in file.windows.tolist()] == [0, 15]
        assert file.outline.identifiers["cart"] == 24
        assert list(file.outline.identifiers)[:5] == ["def", "first", "step", "cart", "step_0"]
        assert postings_of(file, 0)["cart"] == 13
        assert "price" not in postings_of(file, 0)
        assert postings_of(file, 1)["price"] == 1
        assert file.window_lengths.tolist() == [12 * 3 + 2 + 1, 12 * 3 + 3 + 1]

    def test_a_number_is_no_word_and_digits_are_no_beginning_of_one(self):
        file = indexed("sums.py", f"total = 0x1F + 2e5 + e5 + 3e5 + 7\nx1F = 7{'y' * 81} + 7total\n")
        assert list(file.identifiers.items()) == [("total", 2), ("x1F", 2), ("e5", 3), ("sums", 0)]
        assert postings_of(file, 0) == {"total": 2, "x1F": 2, "e5": 3, "sums": 1}
        assert file.window_lengths.tolist() == [2 + 2 + 3 + 1 + 1]  # the long one counts

    def test_a_window_of_data_keeps_its_most_used_words_and_the_file_counts_them_all(self):
        line = " ".join(f"word_{number}" for number in range(900))
        file = indexed("a.py", f"# {line} word_7 word_899\n{'x' * 81} = word_7\n")
        (kept,) = [postings_of(file, 0)]
        assert len(kept) == 400
        assert (kept["word_7"], kept["word_899"]) == (3, 2)
        assert "word_850" not in kept
        assert file.outline.identifiers["word_850"] == 1
        assert not any(len(name) > 80 for name in file.names)
        assert file.window_lengths.tolist() == [905]  # what is left out counts, and the name of the file


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_few_lines_of_a_long_file_are_those_of_the_whole(line_end):
    """They are unpacked without the rest, from blocks that are packed each alone."""
    lines = [f"naïve_{number} = '{'x' * (number % 97)}'\f\u2028" for number in range(900)]
    file = indexed("a.py", line_end.join([*lines, ""]))
    assert file.lines == [*lines, ""]
    assert len(file.text_blocks) > 5 or line_end == "\r"
    for first, last in [(0, 0), (0, 900), (899, 900), *((it, it + 27) for it in range(0, 870, 11))]:
        assert file.lines_from(first, last) == file.lines[first : last + 1]


def test_an_empty_file_has_an_empty_line():
    assert indexed("a.py", "").lines_from(0, 0) == [""]


def scores_of(file):
    return Corpus([file]).scores({"name_2500": 1.0, "name_3": 0.5}).tolist()


class TestSavedForm:
    def test_an_entry_comes_back_as_it_was(self):
        file = indexed(
            "é/a.py", 'from x import y\n\nclass A:\n    "Doc."\n    def f(self, b): return "\ud800"\n'
        )
        again = decoded(encoded(file))
        assert again.outline == file.outline
        assert again.text == file.text
        arrays = "text_blocks windows window_lengths posting_window posting_term posting_count"
        for name in arrays.split():
            assert np.array_equal(getattr(again, name), getattr(file, name))

    def test_what_comes_back_is_as_small_as_its_numbers_and_keeps_nothing_else_alive(self):
        file = indexed("a.py", "".join(f"name_{it} = {it}\n" for it in range(3_000)))
        again = decoded(encoded(file))
        assert again.posting_count.dtype.itemsize == 1
        assert again.posting_term.dtype.itemsize == 2
        assert all(it.base is None for it in (again.posting_count, again.posting_term, again.window_lengths))
        names = again.outline.identifiers
        assert list(names.items()) == list(file.outline.identifiers.items())
        assert (names["name_7"], "name_7" in names, "name_3000" in names) == (1, True, False)
        assert scores_of(again) == scores_of(file)

    def test_an_empty_file_has_a_form_too(self):
        assert decoded(encoded(indexed("a.py", ""))).outline.path == "a.py"

    def test_no_damage_passes_for_an_entry(self):
        data = encoded(indexed("a.py", SHOP["shop/price.py"]))
        for place in range(0, len(data), 7):
            flipped = bytearray(data)
            flipped[place] ^= 0x40
            with pytest.raises(DamagedEntryError):
                decoded(bytes(flipped))
        for length in range(0, len(data), 11):
            with pytest.raises(DamagedEntryError):
                decoded(data[:length])
