"""In Python, a walk over statements finds what the queries find."""

import textwrap
from pathlib import Path

import pytest

from lsp_server.syntax.definitions import definitions_in, with_owners
from lsp_server.syntax.imports import imports_in
from lsp_server.syntax.matches import matches
from lsp_server.syntax.python_statements import defining_words_in, definitions_and_imports
from lsp_server.syntax.tree import parse
from lsp_server.text.lines import lines_of

PACKAGE = Path(__file__).resolve().parents[2] / "lsp_server"

TEXTS = {
    "imports": """
        import a.b, c as d
        from . import x as y, z
        from ..q import (  # some
            e, f as g,
        )
        from m import *
        from __future__ import annotations
        if x: import late
        """,
    "assignments": """
        a = b = c = 1
        n: int = 2
        a += b
        (p) = q, r = 3, 4
        class A:
            x = 1; y: int = 2
            if x:
                hidden = 3
            def f(self):
                local = self.q = self.r = 1
                self.q: int = 2
                self.s += self.t
                other.u = selfish.v = 3
                self . w = 4
        """,
    "words that define nothing": """
        class A:
            def f(self):
                "No class, no import; self.x = 1"
                self.read(); x = self.y == self.z
                return [self.a for self.b in {self.c: 1}]
            def g(self):
                if self.a: self.e = 1
                for it in self.b: (self.f) = self.g = 2
                with self.c as self.d: self.\\
                    h = 3
                if größe: self.größe: int = self.i = 4
            def h(self): self.j = 5
            def i(self):
                while 1or self:import late
        """,
    "clauses": """
        try:
            class A: pass
        except* E as e:
            def a(): pass
        except (B, C):
            def b(): pass
        else:
            def c(): pass
        finally:
            def d(): pass
        match x:
            case [1, *_] if y:
                def e(): pass
            case _:
                def f(): pass
        for x in y:
            def g(): pass
        else:
            async def h(): pass
        while x:
            def i(): pass
        async with z as w:
            def j(): pass
        if x:
            pass
        elif y:
            def k(): pass
        """,
    "parameters": """
        def a(x, /, y: int = 1, *args, z=(1, 2), **kwargs): pass
        def b(f=lambda p, q: p, *, s="a, b"): pass
        def c(self, größe, *größen): pass
        def d(
            x,  # the first
            y: list[int, str] = [],
        ) -> None:
            pass
        def e[T: (int, str)](x: T, *args: *T) -> T: pass
        """,
    "decorators": """
        @one
        @two(3)
        class A(B, metaclass=C):
            @property
            def f(self):
                def g():
                    return lambda h: h
                return g

            @f.setter
            async def f(self, value): ...
        type X = int
        type Y[T] = list[T]
        """,
}


@pytest.mark.parametrize("kind", TEXTS)
def test_statements_hold_what_queries_find(kind):
    _check(textwrap.dedent(TEXTS[kind]))


def test_so_it_is_in_a_whole_package():
    for path in sorted(PACKAGE.rglob("*.py")):
        _check(path.read_text("utf-8"))


def _check(text: str) -> None:
    tree = parse(text, "python")
    assert tree is not None
    assert not tree.root.has_error
    lines, found = lines_of(text), matches(tree, "python")
    definitions, imports = definitions_and_imports(tree, defining_words_in(tree.source))
    assert with_owners(definitions, "a.py", "python", lines) == definitions_in(
        tree, found.definitions, "a.py", "python", lines
    )
    assert imports_in(tree, imports) == imports_in(tree, found.imports)
