"""What each language's files define."""

from tests.syntax.check import check_definitions, outline_of


def test_python():
    check_definitions(
        "shop.py",
        """
        RATE: float = 0.2

        @dataclass
        class Cart(Base):
            lines: list[int]
            limit = 3

            def __init__(self, owner):
                self.owner = owner
                self.owner = None
                local = 1

            class Line:
                def net(self): ...

        async def pay(cart, *args, **kwargs):
            def inner(): ...
        type Money = int
        """,
        "variable RATE", "class Cart", "field Cart.lines", "field Cart.limit", "method Cart.__init__",
        "field Cart.owner", "class Cart.Line", "method Cart.Line.net", "function pay", "function pay.inner",
        "type Money",
    )  # fmt: skip


def test_typescript():
    check_definitions(
        "shop.ts",
        """
        export const RATE = 0.2;
        export const net = (gross: number) => gross / 2;
        export default class Cart<T> extends Base {
          private lines: T[] = [];
          constructor(readonly owner: string) { super(); const local = 1; }
          get total(): number { return 0; }
        }
        interface Line { price: number; net(rate: number): number; }
        type Money = { cents: number };
        enum Kind { Book, Pen = 2 }
        namespace Tax { export function vat(): void {} }
        """,
        "variable RATE", "function net", "class Cart", "field Cart.lines", "method Cart.constructor",
        "method Cart.total", "class Line", "field Line.price", "method Line.net", "type Money",
        "field Money.cents", "class Kind", "field Kind.Book", "field Kind.Pen", "module Tax",
        "function Tax.vat",
    )  # fmt: skip


def test_javascript():
    check_definitions(
        "shop.jsx",
        """
        const rate = 2;
        export const Button = ({ label }) => <b>{label}</b>;
        class Cart { #lines = []; add(line) {} }
        function* walk() {}
        module.exports.pay = function (cart) {};
        """,
        "variable rate", "function Button", "class Cart", "field Cart.#lines", "method Cart.add",
        "function walk",
        "function pay",
    )  # fmt: skip


def test_go():
    check_definitions(
        "shop.go",
        """
        package shop
        const Rate = 2
        var (
            open, closed = true, false
        )
        type Cart struct { Lines []Line; Owner string }
        type Payer interface { Pay(cents int) error }
        type Money int
        func (c *Cart[T]) Total(a, b int) int { local := 1; return local }
        func New() *Cart { return nil }
        """,
        "constant Rate", "variable open", "variable closed", "class Cart", "field Cart.Lines",
        "field Cart.Owner",
        "class Payer", "method Payer.Pay", "type Money", "method Cart.Total", "function New",
    )  # fmt: skip


def test_rust():
    check_definitions(
        "shop.rs",
        """
        #[derive(Debug)]
        pub struct Cart<T> { pub lines: Vec<T> }
        impl<T> Cart<T> { pub fn total(&self) -> u32 { 0 } }
        impl Payer for Cart<u8> { fn pay(&mut self, cents: u32) {} }
        trait Payer { fn pay(&mut self, cents: u32); }
        enum Kind { Book, Pen(u8) }
        const RATE: u32 = 2;
        macro_rules! line { () => {} }
        mod tax { pub fn vat() {} }
        """,
        "class Cart", "field Cart.lines", "method Cart.total", "method Cart.pay", "class Payer",
        "method Payer.pay",
        "class Kind", "field Kind.Book", "field Kind.Pen", "constant RATE", "macro line", "module tax",
        "function tax.vat",
    )  # fmt: skip


def test_rust_items_in_a_macro():
    """`cfg_io! { … }` takes items as they are; what is no list of items stays the macro's own language."""
    check_definitions(
        "shop.rs",
        """
        cfg_io! {
            #![unix]
            pub mod pipe { pub fn open() {} }
            cfg_net! { pub struct Cart { lines: u8 } }
        }
        impl Cart {
            cfg_io! { pub fn total(&self) -> u32 { let sum = vec![0]; 0 } }
        }
        pin_project! { struct Line { #[pin] price: u32 } }
        kinds! { Book => 1, Pen => 2 }
        fn after() { select! { fn a() {} } }
        """,
        "module pipe", "function pipe.open", "class Cart", "field Cart.lines", "method Cart.total", "class Line",
        "field Line.price", "function after",
    )  # fmt: skip


def test_rust_items_in_a_macro_stand_where_they_stand():
    (found,) = outline_of(
        "shop.rs", "cfg_é! {\n    /// Twelve.\n    pub fn é() -> u8 { 12 }\n}\n"
    ).definitions
    assert (found.name, found.name_line, found.signature) == ("é", 2, "pub fn é() -> u8 { 12 }")
    assert found.doc == "Twelve."


def test_a_macro_is_shown_up_to_its_first_rule():
    """What else it is made of says little of how it is used."""
    (found,) = outline_of(
        "shop.rs", "macro_rules! sum {\n    ($a:expr) => {\n        $a\n    };\n}\n"
    ).definitions
    assert found.signature == "macro_rules! sum {\n    ($a:expr) => {"


def test_java():
    check_definitions(
        "Cart.java",
        """
        package shop;
        @Entity
        public class Cart<T> extends Base {
            private int total = 0;
            @Override
            public int total(int rate, String... names) { int local = 1; return local; }
            Cart(int owner) {}
            enum Kind { BOOK, PEN }
        }
        record Line(int cents) {}
        interface Payer { int LIMIT = 3; void pay(); }
        """,
        "class Cart", "field Cart.total", "method Cart.total", "method Cart.Cart", "class Cart.Kind",
        "field Cart.Kind.BOOK", "field Cart.Kind.PEN", "class Line", "class Payer", "constant Payer.LIMIT",
        "method Payer.pay",
    )  # fmt: skip


def test_c_and_cpp():
    check_definitions(
        "cart.c",
        """
        #define RATE 2
        #define NET(x) ((x) / RATE)
        typedef struct cart { int total; char *owner; } cart_t;
        enum kind { BOOK, PEN };
        int cart_total(const cart_t *cart, int rate);
        static char *name_of(cart_t *cart) { int local = 1; return cart->owner; }
        """,
        "constant RATE", "macro NET", "type cart_t", "class cart", "field cart.total", "field cart.owner",
        "class kind", "constant kind.BOOK", "constant kind.PEN", "function cart_total", "function name_of",
    )  # fmt: skip
    check_definitions(
        "cart.hpp",
        """
        namespace shop {
        template <typename T> class Cart : public Base {
         public:
          int total(int rate) const;
          T line;
        };
        }
        int shop::Cart::total(int rate) const { return rate; }
        using Money = int;
        """,
        "module shop", "class shop.Cart", "method shop.Cart.total", "field shop.Cart.line",
        "method shop.Cart.total",
        "type Money",
    )  # fmt: skip


def test_shell():
    check_definitions(
        "pay.sh",
        "RATE=2\nexport OWNER=me\nnet() { local x=1; }\nfunction pay { :; }\n",
        "variable RATE", "variable OWNER", "function net", "function pay",
    )  # fmt: skip


def test_a_signature_is_the_whole_header():
    cart = outline_of(
        "cart.py",
        '''
        class Cart:
            @cached
            def net(
                self,
                gross: float,
                *rates: float,
            ) -> float:
                """

                What is left after tax.
                """
                return gross
        ''',
    )
    net = cart.definitions[1]
    assert net.signature == "def net(\n    self,\n    gross: float,\n    *rates: float,\n) -> float:"
    assert (net.start_line, net.name_line, net.end_line) == (1, 2, 11)
    assert net.parameters == ("self", "gross", "rates")


def test_the_first_line_of_documentation_is_kept():
    text = "/**\n * Net of tax.\n * @param gross\n */\nexport function net(gross) {}\n"
    assert outline_of("a.js", text).definitions[0].doc == "Net of tax."
    assert (
        outline_of("a.go", "package a\n\n// Net of tax.\nfunc Net() {}\n").definitions[0].doc == "Net of tax."
    )
    assert outline_of("a.rs", "/// Net of tax.\n#[inline]\nfn net() {}\n").definitions[0].doc == "Net of tax."
    assert outline_of("a.py", 'def net():\n    "Net of tax."\n').definitions[0].doc == "Net of tax."
    assert outline_of("a.sh", "# Net of tax.\nnet() { :; }\n").definitions[0].doc == "Net of tax."


def test_half_typed_text_keeps_what_is_whole():
    """This is what the index sees most of the day."""
    check_definitions(
        "a.py",
        """
        def whole(a): return a

        class Cart:
            def total(self):
                x = (

            def pay(self):
                return 1
        """,
        "function whole",
        "class Cart",
        "method Cart.total",
        "method Cart.pay",
    )  # fmt: skip
