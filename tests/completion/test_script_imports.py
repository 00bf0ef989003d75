"""Imports of JavaScript and TypeScript, written to their end from what the repository says, without a model."""

import pytest

from lsp_server.completion.importing.writing import import_rest
from lsp_server.context.gather import hidden_by
from lsp_server.syntax.unbound import unbound_names
from tests.completion.place import Place, document
from tests.index.check import snapshot_of

SHOP = {
    "src/price.ts": "export const RATE = 0.19;\nexport function net(gross: number) {}\nexport class Price {}\n"
    "export interface Tax {}\nfunction hidden() {}\n",
    "src/stock/shelf.ts": "export default class Shelf {}\n",
    "src/stock/index.ts": 'export { default as Shelf } from "./shelf";\n',
    "src/till.ts": 'import { net } from "./price";\nimport Shelf from "./stock/shelf";\nnet(1); new Shelf();\n',
}
USES = "\n\nfunction total(x: Price) {\n  return net(x) * RATE;\n}\n"


def written(marked: str, files: dict[str, str] | None = None, path: str = "src/cart.ts", exclude=()) -> str:
    """The cursor's line once what is said is accepted, and what was added below."""
    at, offset = document(marked, path)
    snapshot = snapshot_of(SHOP | (files or {})).with_outline(at)
    rest = import_rest(snapshot, at, offset, hidden_by(exclude))
    if rest is None:
        return ""
    text = at.text[:offset] + rest.text + at.text[offset + rest.replaces :]
    return text[at.line_starts[at.line_of(offset)] :].partition("\n")[0]


WHOLE = 'import { net, Price, RATE } from "./price";'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('import { │ } from "./price";', WHOLE),
        ('import {│} from "./price";', WHOLE),
        ("import { │", WHOLE),
        ("import {│}", WHOLE),
        ("import {│", WHOLE),
        ("import { n│ }", 'import { net } from "./price";'),
        ("import │", WHOLE),
        ('import { Price } from "│";', 'import { Price } from "./price";'),
        ('import { Price } from "./pr│', 'import { Price } from "./price";'),
        ("import { Price } from │", 'import { Price } from "./price";'),
        ("import { Price } from│", 'import { Price } from "./price";'),
        ("import { hidden } from │", ""),
        ('import { RATE, Price, net│ } from "./price";', ""),
        ('import { │ } from "./stock";', ""),
    ],
)
def test_what_the_file_uses_and_nobody_binds(line, expected):
    assert written(line + USES + "hidden();\n") == expected


def test_an_empty_line_among_imports():
    assert written('import fs from "fs";\n│' + USES) == WHOLE
    assert written("const a = 1;\n│" + USES) == ""


def test_prose_is_no_import():
    assert written("/* Prices:\nimport │\n*/" + USES) == ""
    assert written("const a = `\nimport │\n`;" + USES) == ""


def test_a_default_export_gets_its_form():
    assert written('import fs from "fs";\n│\n\nnew Shelf();\n') == 'import Shelf from "./stock/shelf";'


def test_types_stand_apart_where_the_file_has_them_so():
    text = 'import type { A } from "./a";\n│\n\nlet x: Tax, y: A;\n'
    assert written(text) == 'import type { Tax } from "./price";'
    assert written('import { A } from "./a";\n│\n\nlet x: Tax, y: A;\n') == 'import { Tax } from "./price";'
    marked = 'import { type A, b } from "./a";\n│\n\nlet x: Tax = net(b), y: A;\n'
    assert written(marked) == 'import { net, type Tax } from "./price";'
    both = 'import type { A } from "./a";\nimport { type B } from "./b";\n│\n\nlet x: Tax, y: A, z: B;\n'
    assert written(both) == 'import type { Tax } from "./price";'
    assert written(both.replace("x: Tax", "x: Tax = net(1)")) == 'import { net, type Tax } from "./price";'
    namespaced = 'import type * as a from "./a";\n│\n\nlet x: a.Tax;\n'
    assert written(namespaced) == ""


def test_quotes_braces_and_ends_are_those_of_the_file():
    text = "import {a} from '../a.js'\n│\n\nnet(a)\n"
    assert written(text) == "import {net} from './price.js'"


def test_the_module_is_said_as_others_say_it():
    alias = {
        "tsconfig.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"@shop/*": ["src/*"]}}}',
        "lib/other.ts": 'import { net } from "@shop/price";\nnet(1);\n',
    }
    assert written("import │\n\nnet(1);\n", alias, "lib/page.ts") == 'import { net } from "@shop/price";'


def test_an_index_does_not_serve_its_own_folder():
    files = {
        "src/stock/box.ts": "export class Box {}\n",
        "src/stock/index.ts": 'export * from "./box";\n',
        "src/a.ts": 'import { Box } from "./stock";\nnew Box();\n',
        "src/b.ts": 'import { Box } from "./stock";\nnew Box();\n',
    }
    assert written("import │\n\nnew Box();\n", files, "src/stock/crate.ts") == 'import { Box } from "./box";'
    assert written("import │\n\nnew Box();\n", files, "src/c.ts") == 'import { Box } from "./stock";'


def test_what_a_build_left_beside_the_sources_is_not_imported():
    built = {f"dist/{number}.js": 'import { net } from "./price.js";\nnet(1);\n' for number in range(5)}
    built |= {
        "dist/price.js": "export function net() {}\n",
        "dist/price.d.ts": "export function net(): void;\n",
    }
    assert written("import │\n\nnet(1);\n", built) == 'import { net } from "./price";'


def test_every_line_end_of_an_editor_ends_a_line():
    at, offset = document('import fs from "fs";\rimport { │ } from "./price";\rnet(1);\r', "src/cart.ts")
    rest = import_rest(snapshot_of(SHOP).with_outline(at), at, offset, hidden_by(()))
    assert rest is not None
    assert rest.text == "net"


def test_excluded_files_tell_nothing():
    assert written("import { │" + USES, exclude=["price.ts", "till.ts"]) == ""


@pytest.mark.parametrize("broken", ["function (", "let = ;", "}}}}", "`${", "<div", "\x00"])
def test_broken_text_elsewhere_raises_nothing(broken):
    assert written(f'import {{ │ }} from "./price";\n\nnet(1);\n{broken}\n') in (
        "",
        'import { net } from "./price";',
    )


def test_names_in_scope_need_no_import():
    text = """
        const { a, b: [c, ...d], e = f } = g;
        function h<T extends i>(j: k, { l }: m, n = o): n is p { for (const q of r) { s(q, l, j) } }
        class t extends u implements v { w: x; constructor(private y: z) { super(); this.aa.bb({ cc, dd: ee }); } }
        type ff = { [gg in hh]: ii.jj[gg] } & typeof kk;
        const ll = (mm) => mm?.nn as oo;
        try {} catch (pp) { pp }
    """
    found = dict(unbound_names(text, "typescript"))
    assert list(found) == [*"gikmoprsuvxz", "cc", "ee", "hh", "ii", "kk", "oo"]
    assert [it for it, is_type in found.items() if is_type] == [*"ikmpvxz", "hh", "ii", "kk", "oo"]
    assert list(unbound_names("const a = <B c={d}><e.F/></B>; f(a);", "tsx")) == ["B", "d", "e", "f"]
    assert list(unbound_names("const a = ({ b }, c = d) => b + c + e;", "javascript")) == ["e"]


def test_a_bracket_that_the_editor_closed_is_replaced():
    place = Place("something else", files=SHOP)
    at, offset = document("import {│}" + USES, "src/cart.ts")
    rest = import_rest(place.snapshot, at, offset, hidden_by(()))
    assert rest is not None
    assert (rest.text, rest.replaces) == (' net, Price, RATE } from "./price";', 1)
