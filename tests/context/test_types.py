"""What an expression is an instance of: followed from what it was made from through what signatures declare."""

import pytest

from lsp_server.context.place import place_of
from lsp_server.context.types import Types, chain_at, chain_before, declared_type
from lsp_server.syntax.outline import Definition
from tests.index.check import document_of, snapshot_of

PYTHON = {
    "shop/pool.py": """
class Connection:
    def rows(self): ...

class Pool:
    size: int
    last: Connection | None
    def connection(self, name: str) -> Connection: ...
    def copy(self) -> "Pool": ...

class SharedPool(Pool):
    pass

def default_pool() -> Pool: ...
"""
}
GO = {
    "shop/pool.go": "package shop\n\ntype conn struct {\n\tid int\n}\n\ntype Pool struct {\n\tlast *conn\n}\n"
}
JAVA = {
    "shop/Pool.java": "class Pool {\n  Row last;\n  Row first(String name) { return null; }\n}\nclass Row { int id; }\n"
}
TYPESCRIPT = {
    "shop/pool.ts": "export class Row { id = 1 }\nexport class Pool {\n  first(name: string): Row { return new Row(); }\n}\n"
}
RUST = {
    "src/pool.rs": "pub struct Row;\npub struct Pool;\nimpl Pool {\n    pub fn new() -> Self { Pool }\n"
    "    pub fn first(&self) -> Option<Row> { None }\n}\n"
}
RUST_NET = {
    "src/net.rs": "pub trait Connect {\n    fn connect(&self) -> Socket;\n}\npub struct Socket {\n    open: bool,\n}\n"
    "pub struct Peer {\n    pub socket: Option<Socket>,\n}\n"
}


def types_at(path: str, text: str, others: dict[str, str]) -> list[str]:
    document = document_of(path, text)
    snapshot = snapshot_of({**others, path: text})
    return Types(snapshot, place_of(snapshot, document, len(text))).of_receiver()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(pool: Pool):\n    pool.", ["Pool"]),
        ("it = Pool()\nit.", ["Pool"]),
        ("it = default_pool()\nit.", ["Pool"]),
        ("it = default_pool().connection(f(1)[2])\nit.", ["Connection"]),
        ("default_pool().copy().last.", ["Connection"]),
        ("with default_pool().connection('a') as it:\n    it.", ["Connection"]),
        ("it = SharedPool()\nit.connection('a').ro", ["Connection"]),  # inherited
        ("it = Connection()\nit = Pool()\nit.", ["Pool"]),  # the nearest above counts
        ("class Mine(SharedPool):\n    def f(self):\n        self.last.", ["Connection"]),
        ("it = it.last\nit.", []),  # of itself
        ("it = unknown().connection\nit.", []),
    ],
)
def test_python(text, expected):
    assert types_at("shop/use.py", text, PYTHON) == expected


@pytest.mark.parametrize(
    ("path", "text", "others", "expected"),
    [
        ("shop/use.go", "package shop\n\nfunc (p *Pool) use() {\n\tp.last.", GO, ["conn"]),
        ("shop/use.go", "package shop\n\nfunc use(a int, c *conn) {\n\tc.", GO, ["conn"]),
        ("shop/Use.java", "class Use { void use(Pool given) {\n  given.first(\"a\").", JAVA, ["Row"]),
        ("shop/use.ts", "const it = new Pool();\nconst row = it.first('a');\nrow.", TYPESCRIPT, ["Row"]),
        ("shop/use.ts", "function use(given?: Pool) {\n  given?.first('a')!.", TYPESCRIPT, ["Row"]),
        ("src/use.rs", "fn use_it() {\n    let it = Pool::new();\n    it.first().", RUST, ["Row"]),
    ],
)  # fmt: skip
def test_other_languages(path, text, others, expected):
    assert types_at(path, text, others) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fn f<C: Connect>(c: &C) {\n    c.", ["Connect"]),
        ("fn f<C>(c: C)\nwhere\n    C: Connect,\n{\n    c.connect().", ["Socket"]),
        ("struct Pool<C> { inner: C }\n\nimpl<C: Connect> Pool<C> {\n    fn f(&self) {\n        self.inner.",
         ["Connect"]),
        ("fn f(peer: Peer) {\n    peer.socket.as_ref().unwrap().", ["Socket"]),
        ("fn f(peer: Peer) {\n    peer.socket.unknown().", []),
        ("fn f(peer: Peer) {\n    if let Some(socket) = peer.socket {\n        socket.", ["Socket"]),
        ("fn f(socket: Option<Socket>) {\n    if let Some(socket) = socket {\n        socket.", ["Socket"]),
        ("fn f<T>(it: T) {\n    it.", []),
        ("struct Pool { peer: Peer }\n\nunsafe impl Send for Pool {\n    fn f(&self) {\n        self.peer.",
         ["Peer"]),
    ],
)  # fmt: skip
def test_rust(text, expected):
    """Bounds say what a type parameter can do; what std unwraps or borrows is still the same thing."""
    assert types_at("src/use.rs", text, RUST_NET) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = self.pool.get(a, (b))[0]", ("self", "pool", "get")),
        ("return a->b::c", ("a", "b", "c")),
        ("maybe?.one!", ("maybe", "one")),
        ("(a + b)", ()),
        ("]", ()),
        ("", ()),
    ],
)
def test_the_expression_before_a_dot(text, expected):
    assert chain_before(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("await self.pool.get(a, (b)).rows, 2", ("self", "pool", "get", "rows")),
        ("new Foo(1)", ("Foo",)),
        ("&mut a.b", ("a", "b")),
        ("f(", ("f",)),
        ("", ()),
        ("((((", ()),
    ],
)
def test_the_expression_of_an_assignment(text, expected):
    assert chain_at(text) == expected


def test_the_receiver_of_a_go_method_is_not_its_result():
    method = Definition(
        name="Get", kind="method", path="a.go", start_line=0, end_line=0, name_line=0, owner="Pool",
        signature="func (p *Pool) Get(name string, of *Kind) (*Row, error) {",
    )  # fmt: skip
    assert declared_type(method).strip() == "(*Row, error)"


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("cart = Cart()", {"cart": "Cart"}),
        ("cart := &shop.Cart{}\nit: new Pool", {"cart": "Cart", "it": "Pool"}),
        ("a: First = Second()", {"a": "First"}),
        ("cart == Cart; shop::Cart; (): Cart", {}),
        (f"{'x' * 61} = Cart(); {'y' * 60}     = Cart()", {}),
    ],
)
def test_what_a_variable_was_made_from_is_read_off_the_text(text, bound):
    assert place_of(snapshot_of({}), document_of("a.py", text), len(text)).bound == bound
