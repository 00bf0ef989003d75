"""Which files an import means, in every language."""

import pytest

from lsp_server.index.layout import read_layout
from tests.index.check import check_imports


def test_python_packages():
    check_imports(
        "shop/cart.py",
        {
            "shop/__init__.py": "",
            "shop/cart.py": "import os, shop.price\nfrom shop import tax\nfrom shop.price import net\n",
            "shop/price.py": "def net(): ...",
            "shop/tax.py": "",
            "other/price.py": "",
        },
        "shop/price.py", "shop/tax.py", "shop/__init__.py",
    )  # fmt: skip


def test_python_source_folder():
    check_imports(
        "tests/test_cart.py",
        {
            "tests/test_cart.py": "from shop.cart import Cart",
            "src/shop/cart.py": "",
            "src/shop/__init__.py": "",
        },
        "src/shop/cart.py",
    )


def test_python_relative_imports():
    check_imports(
        "shop/a/cart.py",
        {
            "shop/a/cart.py": "from . import line\nfrom .line import Line\n"
            "from ..price import net\nfrom .... import x\n",
            "shop/a/line.py": "",
            "shop/a/__init__.py": "",
            "shop/price.py": "",
            "price.py": "",
        },
        "shop/a/line.py", "shop/a/__init__.py", "shop/price.py",
    )  # fmt: skip


def test_python_names_passed_on_by_a_package():
    """`from shop import Cart` is about the file that defines Cart, not about the one that passes it on."""
    check_imports(
        "main.py",
        {
            "main.py": "from shop import Cart",
            "shop/__init__.py": "from .cart import Cart\nfrom .tax import Tax\n",
            "shop/cart.py": "class Cart: ...",
            "shop/tax.py": "class Tax: ...",
        },
        "shop/cart.py", "shop/__init__.py",
    )  # fmt: skip


def test_the_standard_library_is_not_a_file_of_the_same_name():
    """`import json` in a project with shop/json.py, which is shop.json."""
    check_imports("a.py", {"a.py": "import json", "shop/json.py": "", "shop/__init__.py": ""})


def test_scripts_by_relative_path():
    check_imports(
        "src/app/main.ts",
        {
            "src/app/main.ts": 'import a from "./cart";\nimport "../lib";\nimport "./late.js";\nimport "react";',
            "src/app/cart.tsx": "",
            "src/lib/index.ts": "",
            "src/app/late.ts": "",
        },
        "src/app/cart.tsx", "src/lib/index.ts", "src/app/late.ts",
    )  # fmt: skip


def test_scripts_by_the_aliases_of_a_tsconfig():
    check_imports(
        "web/src/main.ts",
        {
            "web/tsconfig.json": '{// aliases\n"compilerOptions": '
            '{"baseUrl": ".", "paths": {"@/*": ["src/*"],}}}',
            "web/src/main.ts": 'import { net } from "@/price";\nimport "src/tax";',
            "web/src/price.ts": "",
            "web/src/tax.ts": "",
        },
        "web/src/price.ts", "web/src/tax.ts",
    )  # fmt: skip


def test_scripts_by_the_name_of_a_package_in_the_same_repository():
    check_imports(
        "apps/web/main.ts",
        {
            "packages/tax/package.json": '{"name": "@shop/tax"}',
            "packages/tax/src/index.ts": "",
            "packages/tax/src/vat.ts": "",
            "apps/web/main.ts": 'import "@shop/tax";\nimport "@shop/tax/vat";',
        },
        "packages/tax/src/index.ts", "packages/tax/src/vat.ts",
    )  # fmt: skip


def test_script_names_passed_on_by_an_index():
    check_imports(
        "main.ts",
        {
            "main.ts": 'import { net } from "./lib";',
            "lib/index.ts": 'export * from "./price";\nexport { vat } from "./tax";',
            "lib/price.ts": "export function net() {}",
            "lib/tax.ts": "export function vat() {}",
        },
        "lib/price.ts", "lib/index.ts",
    )  # fmt: skip


def test_go_packages():
    check_imports(
        "cmd/main.go",
        {
            "go.mod": "module example.org/shop\n\ngo 1.22\n",
            "cmd/main.go": 'package main\nimport (\n"fmt"\n"example.org/shop/price"\n)\n',
            "price/net.go": "package price",
            "price/net_test.go": "package price",
            "price/vat.go": "package price",
        },
        "price/net.go", "price/vat.go",
    )  # fmt: skip


def test_go_packages_without_a_go_mod():
    """Of the repository is what an import's end names: two folders, or one if the import begins with a site."""
    check_imports(
        "cmd/main.go",
        {
            "cmd/main.go": 'package main\nimport (\n"encoding/json"\n"example.org/shop/price"\n"vat/rules"\n)\n',
            "json/own.go": "package json",
            "price/net.go": "package price",
            "vat/rules/all.go": "package rules",
        },
        "price/net.go", "vat/rules/all.go",
    )  # fmt: skip


def test_rust_modules():
    check_imports(
        "src/cart/mod.rs",
        {
            "Cargo.toml": '[package]\nname = "shop"\n',
            "tax-rules/Cargo.toml": '[package]\nname = "tax-rules"\n',
            "tax-rules/src/lib.rs": "",
            "src/lib.rs": "",
            "src/price.rs": "",
            "src/cart/mod.rs": "mod line;\nuse crate::price::{net, Rate};\n"
            "use super::price;\nuse self::line::Line;\n"
            "use tax_rules::Vat;\nuse std::fmt;\n",
            "src/cart/line.rs": "",
        },
        "src/cart/line.rs", "src/price.rs", "tax-rules/src/lib.rs",
    )  # fmt: skip


def test_java_packages():
    check_imports(
        "app/src/shop/Main.java",
        {
            "app/src/shop/Main.java": "package shop;\nimport shop.price.Net;\nimport static shop.Tax.vat;\n"
            "import shop.line.*;\nimport java.util.List;\nimport shop.price.Net.Kind;\n",
            "app/src/shop/price/Net.java": "",
            "app/src/shop/Tax.java": "",
            "app/src/shop/line/A.java": "",
            "app/src/shop/line/B.java": "",
        },
        "app/src/shop/price/Net.java", "app/src/shop/Tax.java", "app/src/shop/line/A.java",
        "app/src/shop/line/B.java",
    )  # fmt: skip


def test_includes():
    check_imports(
        "src/main.c",
        {
            "src/main.c": '#include <stdio.h>\n#include "cart.h"\n#include <shop/tax.h>\n',
            "src/cart.h": "",
            "src/cart.c": "",
            "include/shop/tax.h": "",
            "other/cart.h": "",
        },
        "src/cart.h", "src/cart.c", "include/shop/tax.h",
    )  # fmt: skip


def test_shell():
    check_imports(
        "bin/run.sh",
        {
            "bin/run.sh": 'source ./lib.sh\n. "$(dirname "$0")/tax.sh"\nsource "${HERE}/../lib/io.sh"\n',
            "bin/lib.sh": "",
            "bin/tax.sh": "",
            "lib/io.sh": "",
        },
        "bin/lib.sh", "bin/tax.sh", "lib/io.sh",
    )  # fmt: skip


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": "from ......x import y\nfrom a import a\nimport a.a.a\n"},
        {"a.ts": 'import "../../../../etc/passwd";\nimport "./a";\nimport "";\nimport ".";\n'},
        {"a.py": "from b import x", "b.py": "from c import x", "c.py": "from b import x"},
        {"a.rs": "use super::super::super::x;\nuse crate::a;\nuse ::{};\nuse a::b::c::d;\n"},
        {"tsconfig.json": "{", "package.json": "[1]", "Cargo.toml": "=", "go.mod": "", "a.ts": 'import "x"'},
        {
            "tsconfig.json": '{"compilerOptions": {"paths": {"a/*": [1]}, "baseUrl": 3}}',
            "a.ts": 'import "a/b"',
        },
    ],
)
def test_what_makes_no_sense_resolves_to_nothing_or_to_files_that_exist(files):
    from tests.index.check import snapshot_of

    snapshot = snapshot_of(files)
    for path in files:
        assert set(snapshot.imported_paths(path)) <= set(files)
    read_layout(files)
