"""What a model is shown, and what never."""

import random

import pytest

from lsp_server.context.gather import gather
from lsp_server.context.owners import touched_owners
from lsp_server.context.place import place_of
from lsp_server.context.snippet import Snippet
from lsp_server.text.document import Document
from tests.context.check import check_shows, count_tokens, gathered
from tests.index.check import document_of, snapshot_of

PRICE = '''
def net(gross: float, rate: float) -> float:
    """What is left after tax."""
    return gross / (1 + rate)


class Tax:
    rate: float = 0.2

    def of(self, net: float) -> float:
        return net * self.rate

    def _hidden(self):
        return 0
'''
SHOP = {"shop/price.py": PRICE, "shop/__init__.py": "", "README.md": "A shop.\n"}


def test_a_function_called_here_is_shown_with_its_signature_and_what_it_does():
    shown = gathered(
        "shop/cart.py", "from shop.price import net\n\ntotal = net(│)\n", SHOP, budget_tokens=120
    )
    check_shows(shown, "def net(gross: float, rate: float) -> float:", '"""What is left after tax."""')
    assert any("net" in it.reason for it in shown)


def test_members_of_a_class_stand_indented_under_its_header():
    others = {"shop/price.py": PRICE[PRICE.index("class Tax") :]}
    shown = gathered(
        "shop/cart.py", "from shop.price import Tax\n\ntax = Tax()\nvat = tax.│\n", others, budget_tokens=60
    )
    text = next(it.text for it in shown if it.reason.startswith(("signature", "Tax.")))
    assert text.startswith("class Tax:\n")
    assert "\n    def of(self, net: float) -> float:" in text


def test_code_like_the_code_at_the_cursor_is_shown():
    others = {
        "a/report.py": "def monthly_report(ledger, month):\n    rows = ledger.rows_of(month)\n    rows.sort(key=by_date)\n"
        "    return render_table(rows, title=month)\n",
        "a/unrelated.py": "def open_door(handle):\n    handle.turn()\n    handle.push()\n    return handle\n",
    }
    shown = gathered(
        "a/yearly.py", "def yearly_report(ledger, year):\n    rows = ledger.rows_of(year)\n    │\n", others
    )
    check_shows(shown, "return render_table(rows, title=month)")
    assert all("open_door" not in it.text for it in shown)


def test_of_code_like_the_code_above_the_cursor_what_follows_comes_first():
    """What stands above it in both is shown to a model without that."""
    above = (
        "(order, ledger):\n"
        "    draft = order.as_draft()\n"
        "    draft.number = ledger.next_number()\n"
        "    draft.currency = order.customer.currency\n"
        "    draft.due = order.customer.due_date(order.shipped)\n"
        "    draft.check_totals(order.lines)\n"
    )
    follows = (
        "    archive = ledger.archive_of(order.customer)\n"
        "    archive.store(draft, signed=True)\n"
        "    mailer.deliver(draft, order.customer.address)\n"
        "    order.close(draft.number)\n"
        "    return archive.receipt_of(draft)\n"
    )
    others = {
        f"shop/rows_{it}.py": f"def rows_{it}(order):\n    return order.rows({it})\n" for it in range(20)
    }
    others["shop/invoice.py"] = f"def invoice{above}{follows}"
    shown = gathered("shop/reminder.py", f"def reminder{above}    │\n", others, budget_tokens=90)
    check_shows(shown, *map(str.strip, follows.splitlines()))
    assert all("as_draft" not in it.text for it in shown)


def test_nothing_of_the_file_itself_is_shown():
    """The prompt shows it already; showing it twice makes a model repeat it."""
    shown = gathered("shop/price.py", PRICE.replace("return 0", "return │"), {**SHOP, "shop/cart.py": PRICE})
    assert shown
    assert {it.path for it in shown} == {"shop/cart.py"}


def test_no_budget_gives_nothing():
    assert gathered("shop/cart.py", "net(│)\n", SHOP, budget_tokens=0) == []


@pytest.mark.parametrize("budget_tokens", [1, 20, 60, 150, 400, 2_000])
def test_the_whole_fits_the_budget_as_the_model_counts_it(budget_tokens):
    others = {f"shop/m{number}.py": PRICE.replace("net", f"net_{number}") for number in range(12)}
    shown = gathered(
        "shop/cart.py", "rate = 1\ngross = Tax().rate\nnet_3(│)\n", others, budget_tokens=budget_tokens
    )
    in_prompt = [f"{it.path}\n{it.text}\n" for it in shown]
    assert sum(count_tokens(in_prompt)) + len(shown) <= budget_tokens
    assert shown or budget_tokens < 60


def test_no_secret_is_shown_whatever_the_repository_holds():
    others = {
        "shop/config.py": 'def connect():\n    password = "hunter2!x"\n    return open_database(password)\n',
        ".env": "DATABASE_PASSWORD=hunter2!x\nconnect open_database password\n",
        "keys/server.pem": "connect open_database password\n",
    }
    shown = gathered("shop/cart.py", "database = connect()\npassword = open_database(│)\n", others)
    assert {it.path for it in shown} == {"shop/config.py"}
    assert "hunter2" not in "".join(it.text for it in shown)


def test_excluded_files_are_not_shown():
    text = "from shop.price import net\n\ntotal = net(│)\n"
    assert gathered("shop/cart.py", text, SHOP, exclude=["shop/price.py", "*.md"]) == []
    assert gathered("shop/cart.py", text, SHOP, exclude=["*", "!shop/cart.py"]) == []
    assert gathered("shop/cart.py", text, SHOP, exclude=["other/"]) != []


def test_the_same_question_has_the_same_answer():
    """Whatever order the files were read in."""
    files = {f"shop/m{number}.py": PRICE.replace("Tax", f"Tax{number % 3}") for number in range(20)}
    text = "tax = Tax1()\nnet(│)\n"
    answers = []
    for seed in range(4):
        paths = list(files)
        random.Random(seed).shuffle(paths)
        answers.append(gathered("shop/cart.py", text, {path: files[path] for path in paths}))
    assert answers[0]
    assert all(answer == answers[0] for answer in answers)


def test_no_line_is_shown_twice():
    shown = gathered("shop/cart.py", "tax = Tax()\nnet(│)\n", SHOP, budget_tokens=2_000)
    pieces = [(it.path, it.text) for it in shown]
    assert len(pieces) == len(set(pieces))
    windows = [it for it in shown if it.reason.startswith("similar")]
    lines = [(it.path, line) for it in windows for line in range(it.start_line, it.end_line + 1)]
    assert len(lines) == len(set(lines))


def test_a_window_says_exactly_which_lines_it_shows():
    snapshot = snapshot_of({**SHOP, "shop/cart.py": "gross = rate\n"})
    document = document_of("shop/cart.py", "gross = net(rate)\n")
    for snippet in gather(snapshot, document, 8, budget_tokens=2_000, count_tokens=count_tokens):
        if snippet.reason.startswith("similar"):
            file = snapshot.file(snippet.path)
            assert snippet.text.split("\n") == file.lines[snippet.start_line : snippet.end_line + 1]


def test_a_document_that_is_not_in_the_repository_is_answered_too():
    snapshot = snapshot_of(SHOP)
    document = Document(path="/elsewhere/cart.py", text="from shop.price import net\nnet(", language="python")
    shown = gather(snapshot, document, len(document.text), budget_tokens=200, count_tokens=count_tokens)
    check_shows(shown, "def net(gross: float, rate: float) -> float:")


@pytest.mark.parametrize(
    "text", ["│", "\n\n│\n", "\ud800│", "(" * 5_000 + "│", "a " * 100_000 + "│", "\0│\0", "def f(:\n  clas│"]
)
def test_any_text_is_answered(text):
    """Half-typed and broken text is the normal input."""
    gathered("shop/cart.py", text, SHOP)
    gathered("shop/cart.ts", text, SHOP)
    gathered("shop/cart", text, SHOP)


def test_what_was_shown_keeps_its_place():
    """A prompt that begins as the last one did need not be read again."""
    files = {f"shop/m{number}.py": PRICE.replace("net", f"net_{number}") for number in range(9)}
    snapshot = snapshot_of(files)
    before = document_of("shop/cart.py", "tax = Tax()\nnet_3(\n")
    after = document_of("shop/cart.py", "tax = Tax()\nnet_3(net_5(\n")
    first = gather(snapshot, before, len(before.text) - 1, budget_tokens=600, count_tokens=count_tokens)
    alone = gather(snapshot, after, len(after.text) - 1, budget_tokens=600, count_tokens=count_tokens)
    second = gather(
        snapshot, after, len(after.text) - 1, budget_tokens=600, count_tokens=count_tokens, previous=first
    )
    shown = {(it.path, it.text) for it in second}
    unchanged = [(it.path, it.text) for it in first if (it.path, it.text) in shown]
    assert [(it.path, it.text) for it in second[: len(unchanged)]] == unchanged
    assert len(unchanged) >= len(first) // 2
    check_shows(second, "def net_5(gross: float, rate: float) -> float:")
    check_shows(alone, "def net_5(gross: float, rate: float) -> float:")


def test_on_the_line_where_it_was_chosen_more_of_what_was_shown_stays():
    """Each keystroke waits for what is read again."""
    files = {f"shop/m{number}.py": PRICE.replace("net", f"net_{number}") for number in range(9)}
    snapshot = snapshot_of(files)
    document = document_of("shop/cart.py", "tax = Tax()\nnet_3(\n")
    at = len(document.text) - 1

    def shown(previous: list[Snippet], previous_offset: int | None) -> list[Snippet]:
        return gather(
            snapshot, document, at, budget_tokens=600, count_tokens=count_tokens,
            previous=previous, previous_offset=previous_offset,
        )  # fmt: skip

    half_as_good = shown([], None)[2:]
    assert shown(half_as_good, at - 3) == half_as_good
    for other_line in (0, None):
        assert shown(half_as_good, other_line) != half_as_good


def test_nothing_is_put_behind_what_was_shown_while_that_is_nearly_as_good():
    """It would not only be read itself: all of the file stands behind it."""
    files = {f"shop/m{number}.py": PRICE.replace("net", f"net_{number}") for number in range(9)}
    snapshot = snapshot_of(files)
    document = document_of("shop/cart.py", "tax = Tax()\nnet_3(\n")

    def shown(previous):
        at = len(document.text) - 1
        return gather(snapshot, document, at, budget_tokens=600, count_tokens=count_tokens, previous=previous)

    anew = shown(())
    assert shown(anew[:-1]) == anew[:-1]
    assert len(shown(anew[:1])) > 1  # half of what matters is missing


def test_an_empty_repository_has_nothing_to_show():
    assert gathered("cart.py", "net(│)\n", {}) == []


@pytest.mark.parametrize("variable", ["vat_tax_rule", "_tax_rule", "old_rule", "theTaxRule"])
def test_a_variable_is_taken_for_the_class_that_it_is_called_after(variable: str) -> None:
    """In any spelling, by the whole name of the class or its last words."""
    others = {"shop/rule.py": "class VatTaxRule:\n    def deducted_from(self, gross): ...\n"}
    shown = gathered("shop/cart.py", f"net = {variable}.│\n", others)
    check_shows(shown, "def deducted_from(self, gross): ...")
    assert "is part of VatTaxRule" in shown[0].reason


def test_what_is_called_after_an_imported_go_package_has_what_the_package_defines():
    others = {
        "plumbing/object/commit.go": "package object\n\nfunc DecodeCommit(raw []byte) *Commit {\n\treturn nil\n}\n",
        "plumbing/other/object.go": "package other\n\nfunc DecodeTree(raw []byte) *Tree {\n\treturn nil\n}\n",
    }
    text = 'package main\n\nimport "example.org/git/plumbing/object"\n\nfunc main() {\n\tcommit := object.'
    document = document_of("cmd/main.go", f"{text}\n}}\n")
    snapshot = snapshot_of({**others, "cmd/main.go": document.text})
    owners = touched_owners(snapshot, place_of(snapshot, document, len(text)))
    (package,) = [it for it in owners if it.name == "plumbing/object/commit.go"]
    assert package.is_receiver
    assert list(package.members) == ["DecodeCommit"]


def test_members_of_what_a_call_gives_are_shown():
    others = {
        "shop/pool.py": "class Pool:\n    def lease(self) -> Lease: ...\n\nclass Lease:\n    def give_back(self): ...\n"
    }
    text = "from shop.pool import Pool\n\nbox = Pool().lease()\nbox.│\n"
    check_shows(gathered("shop/use.py", text, others), "def give_back(self): ...")


def test_what_a_package_passes_on_is_shown_where_the_package_is_named():
    others = {
        "shop/__init__.py": "from shop.tax import *\nfrom shop.cart import Cart\n",
        "shop/tax.py": "def deducted(gross): ...\n\ndef _hidden(): ...\n",
        "shop/cart.py": "class Cart: ...\n\nclass Other: ...\n",
    }
    shown = gathered("main.py", "import shop as sh\n\nnet = sh.│\n", others)
    check_shows(shown, "def deducted(gross): ...", "class Cart: ...")
    assert not any("_hidden" in it.text or "Other" in it.text for it in shown)


def test_the_rest_of_a_go_package_is_in_scope_but_for_its_tests():
    others = {
        "shop/tax.go": "package shop\n\nfunc deducted(gross int) int {\n\treturn gross\n}\n",
        "shop/tax_test.go": "package shop\n\nfunc checkDeducted() {\n}\n",
        "other/tax.go": "package other\n\nfunc added(net int) int {\n\treturn net\n}\n",
    }
    text = "package shop\n\nfunc total() int {\n\treturn "
    check_shows(gathered("shop/cart.go", f"{text}│\n}}\n", others), "func deducted(gross int) int {")
    document = document_of("shop/cart.go", text)
    snapshot = snapshot_of({**others, "shop/cart.go": text})
    owners = touched_owners(snapshot, place_of(snapshot, document, len(text)))
    assert [it.name for it in owners] == ["shop/tax.go"]


def test_macros_of_rust_need_no_import():
    """`#[macro_use]` brings them into scope, and no line of the file says so."""
    others = {
        "src/macros.rs": "macro_rules! cfg_io {\n    ($($item:item)*) => {\n        $( $item )*\n    }\n}\n",
        "tests/common.rs": "macro_rules! assert_paid {\n    ($cart:expr) => {}\n}\n",
    }
    shown = gathered("src/cart.rs", "use crate::price::Net;\n\n│", others)
    check_shows(shown, "macro_rules! cfg_io {")
    assert all("assert_paid" not in it.text for it in shown)


def test_macros_that_many_files_use_come_first_where_an_item_may_begin():
    macros = {f"src/macros_{it}.rs": f"macro_rules! wrap_{it} {{\n    () => {{}};\n}}\n" for it in range(9)}
    users = {f"src/part_{it}.rs": "use crate::Part;\n\nimpl Part {\n    wrap_7!();\n}\n" for it in range(12)}
    text = "struct Pipe;\n\n│\n\nimpl Pipe {\n    fn pipe(&self) {}\n}\n"
    shown = gathered("src/pipe.rs", text, {**macros, **users}, budget_tokens=24)
    assert [it.text for it in shown] == ["macro_rules! wrap_7 {\n    () => {};"]


@pytest.mark.parametrize(
    ("text", "is_among_items"),
    [
        ("", True),
        ("struct Pipe;\n", True),
        ("impl Pipe {\n    fn pipe(&self) {\n        self.open();\n    }\n\n    ", True),
        ("pub(crate) mod pipes {\n    ", True),
        ("cfg_io! {\n    ", True),
        ("impl Pipe {\n    fn pipe(&self) {\n        self.open();\n        ", False),
        ("impl Pipe {\n    fn ", False),
    ],
)
def test_where_an_item_of_rust_may_begin(text, is_among_items):
    document = Document(path="src/pipe.rs", text=text, language="rust")
    assert place_of(snapshot_of({}), document, len(text)).is_among_items == is_among_items


def test_a_path_of_modules_before_the_cursor_says_whose_names_may_follow():
    others = {
        "src/lib.rs": "pub mod net;\n",
        "src/net/mod.rs": "pub mod frame;\n",
        "src/net/frame.rs": "pub fn decoded(bytes: &[u8]) {}\n",
        "src/frame.rs": "pub fn painted() {}\n",
    }
    text = "fn read(bytes: &[u8]) {\n    crate::net::frame::"
    document = document_of("src/read.rs", text)
    snapshot = snapshot_of({**others, "src/read.rs": text})
    owners = touched_owners(snapshot, place_of(snapshot, document, len(text)))
    (receiver,) = (it for it in owners if it.name == "src/net/frame.rs")
    assert receiver.is_receiver
    assert receiver.weight == max(it.weight for it in owners)


def test_of_many_members_those_that_share_words_with_the_line_come_first():
    names = ["send_letter", "open_drawer", "refund_of_customer", "close_books", "print_label", "hire_clerk"]
    others = {"shop/office.py": "".join(f"def {it}(at): ...\n\n" for it in names)}
    text = "from shop import office\n\ncustomer_refund = office.│\n"
    shown = gathered("shop/use.py", text, others, budget_tokens=24)
    assert [it.text for it in shown] == ["def refund_of_customer(at): ..."]


def test_of_a_crowd_in_scope_those_whose_words_stand_near_are_thought_of():
    crowd = "".join(f"func unlike{number}() {{\n}}\n" for number in range(450))
    others = {"shop/all.go": f"package shop\n\n{crowd}func stopClusterUpdates() {{\n}}\n"}
    text = "package shop\n\nfunc leave(cluster int) {\n\t// no more updates\n\t│\n}\n"
    check_shows(gathered("shop/use.go", text, others), "func stopClusterUpdates() {")
