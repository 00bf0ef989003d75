"""Imports of further languages lead to files of the repository, where their folders say so."""

import pytest

from lsp_server.index.layout import Layout
from lsp_server.index.modules import Modules
from lsp_server.syntax.languages import language_of
from lsp_server.syntax.outline import Import

PATHS = (
    "src/Shop/Core/Cart.cs", "src/Shop/Core/Line.cs", "app/src/Shop/Tax.php", "lib/shop/cart.rb", "bin/run.rb",
    "core/src/main/kotlin/shop/tax/Vat.kt", "core/src/main/kotlin/shop/tax/Helpers.kt",
    "core/src/main/scala/shop/json/Json.scala", "lua/shop/json.lua", "lua/shop/init.lua", "web/lib/cart.php",
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "module", "files"),
    [
        ("src/Shop/Main.cs", "Shop.Core", ["src/Shop/Core/Cart.cs", "src/Shop/Core/Line.cs"]),
        ("src/Shop/Main.cs", "Acme.Shop.Core", ["src/Shop/Core/Cart.cs", "src/Shop/Core/Line.cs"]),
        ("src/Shop/Main.cs", "System.Text", []),
        ("app/index.php", "Acme\\Shop\\Tax", ["app/src/Shop/Tax.php"]),
        ("web/index.php", "lib/cart.php", ["web/lib/cart.php"]),
        ("bin/run.rb", "../lib/shop/cart", ["lib/shop/cart.rb"]),
        ("bin/run.rb", "shop/cart", ["lib/shop/cart.rb"]),
        ("bin/run.rb", "json", []),
        ("core/Main.kt", "shop.tax.Vat", ["core/src/main/kotlin/shop/tax/Vat.kt"]),
        (
            "core/Main.kt",
            "shop.tax.rounded",
            ["core/src/main/kotlin/shop/tax/Helpers.kt", "core/src/main/kotlin/shop/tax/Vat.kt"],
        ),
        ("core/Main.scala", "shop.json.{Json => J, Xml}", ["core/src/main/scala/shop/json/Json.scala"]),
        ("core/Main.scala", "shop.json._", ["core/src/main/scala/shop/json/Json.scala"]),
        ("lua/main.lua", "shop.json", ["lua/shop/json.lua"]),
        ("lua/main.lua", "shop", ["lua/shop/init.lua"]),
    ],
)
def test_the_files_that_are_meant(path: str, module: str, files: list[str]):
    modules = Modules(lambda: frozenset(PATHS), Layout(), lambda _: None)
    assert modules.resolve(path, language_of(path), Import(module=module, line=0)) == files
