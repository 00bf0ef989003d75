"""What the files of further languages define and import."""

import pytest

from tests.syntax.check import check_definitions, check_imports, outline_of

DEFINITIONS = {
    "A.cs": (
        """
        namespace Shop.Core {
          public class Cart : Base {
            private List<Line> lines = new();
            public string Owner { get; set; }
            public Cart(string owner) { }
            public int Total(int a, int b) => 1;
          }
          interface IPay { void Pay(int cents); }
          record Money(int Cents);
          enum Kind { Book, Pen = 2 }
        }
        """,
        "module Shop.Core", "class Shop.Core.Cart", "field Shop.Core.Cart.lines", "field Shop.Core.Cart.Owner",
        "method Shop.Core.Cart.Cart", "method Shop.Core.Cart.Total", "class Shop.Core.IPay",
        "method Shop.Core.IPay.Pay", "class Shop.Core.Money", "class Shop.Core.Kind", "field Shop.Core.Kind.Book",
        "field Shop.Core.Kind.Pen",
    ),
    "a.rb": (
        """
        module Shop
          RATE = 2
          class Cart < Base
            def initialize(owner, key: 1)
              @owner = owner
            end
            def self.build(a) = new(a)
          end
        end
        """,
        "module Shop", "constant Shop.RATE", "class Shop.Cart", "method Shop.Cart.initialize",
        "method Shop.Cart.build",
    ),
    "a.php": (
        """
        <?php
        const RATE = 2;
        class Cart extends Base {
          const MAX = 3;
          private array $lines = [];
          public function __construct(string $owner) {}
        }
        interface Pay { function pay(int $cents); }
        enum Kind: string { case Book = 'b'; }
        function net($gross, $rate = 2) { return 1; }
        """,
        "constant RATE", "class Cart", "constant Cart.MAX", "field Cart.lines", "method Cart.__construct",
        "class Pay", "method Pay.pay", "class Kind", "field Kind.Book", "function net",
    ),
    "a.kt": (
        """
        const val RATE = 2
        class Cart(val owner: String) : Base() {
            private val lines = mutableListOf<Line>()
            fun total(a: Int, b: Int): Int = 1
        }
        interface Pay {
            fun pay(cents: Int)
        }
        object Registry {
            val x = 1
        }
        enum class Kind { BOOK, PEN }
        typealias Op = (Int) -> Int
        fun net(gross: Int) = gross
        """,
        "variable RATE", "class Cart", "field Cart.lines", "method Cart.total", "class Pay", "method Pay.pay",
        "class Registry", "field Registry.x", "class Kind", "field Kind.BOOK", "field Kind.PEN", "type Op",
        "function net",
    ),
    "a.scala": (
        """
        class Cart(val owner: String) extends Base {
          private val lines = List()
          def total(a: Int, b: Int): Int = 1
        }
        trait Pay { def pay(cents: Int): Unit }
        object Registry { val x = 1 }
        case class Money(cents: Int)
        enum Kind { case Book, Pen }
        """,
        "class Cart", "field Cart.lines", "method Cart.total", "class Pay", "method Pay.pay", "class Registry",
        "field Registry.x", "class Money", "class Kind", "field Kind.Book", "field Kind.Pen",
    ),
    "a.swift": (
        """
        let rate = 2
        class Cart: Base {
          private var lines: [Line] = []
          init(owner: String) {}
          func total(_ a: Int, of b: Int) -> Int { return 1 }
        }
        struct Money { let cents: Int }
        protocol Pay { func pay(cents: Int) }
        enum Kind { case book, pen }
        extension Cart { func extra() {} }
        func net(gross: Int) -> Int { gross }
        """,
        "variable rate", "class Cart", "field Cart.lines", "method Cart.init", "method Cart.total", "class Money",
        "field Money.cents", "class Pay", "method Pay.pay", "class Kind", "field Kind.book", "field Kind.pen",
        "method Cart.extra", "function net",
    ),
    "a.lua": (
        """
        local RATE = 2
        local Cart = {}
        function Cart.new(owner) end
        function Cart:total(a, b) end
        local function net(gross) end
        Cart.extra = function(x) end
        """,
        "variable RATE", "variable Cart", "method Cart.new", "method Cart.total", "function net",
        "method Cart.extra",
    ),
}  # fmt: skip

IMPORTS = {
    "A.cs": ("using System.Text;\nusing J = Shop.Json;\n", "System.Text", "Shop.Json as J"),
    "a.rb": ('require "json"\nrequire_relative "../lib/cart"\n', "json", "../lib/cart"),
    "a.php": (
        "<?php\nuse Shop\\Tax;\nuse Shop\\Json as J;\nrequire_once 'lib/cart.php';\n",
        "Shop\\Tax", "Shop\\Json as J", "lib/cart.php",
    ),
    "a.kt": ("import shop.tax.Vat\nimport shop.json.Json as J\n", "shop.tax.Vat", "shop.json.Json as J"),
    "a.scala": ("import shop.tax.Vat\nimport shop.json.{Json => J, Xml}\n", "shop.tax.Vat", "shop.json.{Json => J, Xml}"),
    "a.swift": ("import Foundation\n", "Foundation"),
    "a.lua": ('local json = require("shop.json")\nrequire "shop.tax"\n', "shop.json as json", "shop.tax"),
}  # fmt: skip

DOCUMENTED = {
    "a.rb": "# Sums up.\ndef total(lines, rate)\nend\n",
    "a.lua": "--- Sums up.\nlocal function total(lines, rate) end\n",
    "A.cs": "class A {\n  // Sums up.\n  int total(int lines, int rate) { return 1; }\n}\n",
    "a.php": "<?php\n/** Sums up. */\nfunction total($lines, $rate) {}\n",
    "a.kt": "/** Sums up. */\nfun total(lines: Int, rate: Int) = 1\n",
    "a.scala": "object A {\n  /** Sums up. */\n  def total(lines: Int, rate: Int) = 1\n}\n",
    "a.swift": "/// Sums up.\nfunc total(lines: Int, rate: Int) -> Int { 1 }\n",
}


@pytest.mark.parametrize("path", DEFINITIONS)
def test_definitions(path: str):
    text, *expected = DEFINITIONS[path]
    check_definitions(path, text, *expected)


@pytest.mark.parametrize("path", IMPORTS)
def test_imports(path: str):
    text, *expected = IMPORTS[path]
    check_imports(path, text, *expected)


@pytest.mark.parametrize("path", DOCUMENTED)
def test_signature_and_documentation(path: str):
    [total] = [it for it in outline_of(path, DOCUMENTED[path]).definitions if it.name == "total"]
    assert total.doc == "Sums up."
    assert "total" in total.signature
    if path != "a.swift":  # its parameters are named by pairs; none is claimed
        assert [it.strip("$") for it in total.parameters] == ["lines", "rate"]


@pytest.mark.parametrize("path", DEFINITIONS)
@pytest.mark.parametrize("text", ["", "\x00", "class", "((((" * 500, "}" * 500, "\ud800 class A"])
def test_broken_text_never_raises(path: str, text: str):
    outline_of(path, text)
