"""Imports as each language writes them."""

from tests.syntax.check import check_imports


def test_python():
    check_imports(
        "a.py",
        """
        import os, shop.price as price
        from . import tax
        from ..shop.cart import Cart, Line as L
        from x import *
        """,
        "os", "shop.price as price", ".: tax", "..shop.cart: Cart, Line as L", "x: *",
    )  # fmt: skip


def test_scripts():
    for path in ("a.ts", "a.js", "a.tsx"):
        check_imports(
            path,
            """
            import "./polyfill";
            import React, { useState as state } from "react";
            import * as tax from './tax';
            export { net } from "./net";
            export * from "./all";
            const fs = require("fs");
            const { read } = require("./io");
            await import("./late");
            """,
            "./polyfill", "react: default as React, useState as state", "./tax as tax", "./net: net", "./all",
            "fs as fs", "./io: read", "./late",
        )  # fmt: skip


def test_go():
    check_imports("a.go", 'package a\nimport (\n"fmt"\nt "shop/tax"\n)\n', "fmt", "shop/tax as t")


def test_rust():
    check_imports(
        "a.rs",
        "use crate::shop::{cart::{self, Cart}, tax as t, *};\nuse std::fmt;\nmod price;\nmod inner { }\n",
        "crate::shop::cart", "crate::shop::cart: Cart", "crate::shop: tax as t", "crate::shop: *", "std: fmt",
        "self::price",
    )  # fmt: skip


def test_java():
    check_imports(
        "A.java", "package a;\nimport shop.Cart;\nimport static shop.Tax.net;\nimport shop.tax.*;\n",
        "shop.Cart", "shop.Tax.net", "shop.tax.*",
    )  # fmt: skip


def test_includes():
    check_imports("a.c", '#include <stdio.h>\n#include "shop/cart.h"\n', "<stdio.h>", "shop/cart.h")


def test_shell():
    check_imports("a.sh", 'source ./lib.sh\n. "$HERE/tax.sh"\n', "./lib.sh", "$HERE/tax.sh")
