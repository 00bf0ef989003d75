"""Which checker there is for each language, started when it is first asked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.explain_errors.checkers.copies import Gcc, Go, Rustc
from bench.explain_errors.checkers.javac import Javac
from bench.explain_errors.checkers.lines import LineChecker
from bench.explain_errors.checkers.pyright import Pyright
from bench.explain_errors.checkers.python import Importing, Interpreter, Mypy, Pyflakes
from bench.explain_errors.mutations import Mutant
from bench.explain_errors.projects import ErrorProject
from bench.explain_errors.said import Checker, Said
from bench.registries import fetched
from bench.sources import pins

HERE = Path(__file__).parent
LANGUAGES = {"python": "", "typescript": "tsc", "go": "go", "rust": "rustc", "java": "javac", "c": "gcc"}


def tool(name: str) -> Path:
    """The folder of a pinned tool."""
    known = pins("tools")[name]
    return fetched(name, registry=known["registry"], version=known["version"])  # type: ignore[index]


def tsc(project: ErrorProject) -> Checker:
    library = tool("typescript") / "package" / "lib" / "typescript.js"
    return LineChecker(["node", HERE / "typescript.js", library, project.root()])


def go(project: ErrorProject) -> Checker:
    compiler, sources = tool("golang-1.19-go"), tool("golang-1.19-src")
    parts = (compiler / "usr/lib/go-1.19", compiler / "usr/share/go-1.19", sources / "usr/share/go-1.19")
    return Go(project.root(), project.options["package"], parts)


_CHECKERS: Mapping[str, Callable[[ErrorProject], Checker]] = {
    "tsc": tsc,
    "gcc": lambda it: Gcc(it.root(), it.options.get("includes", ["."])),
    "rustc": lambda it: Rustc(it.root(), it.options["edition"], it.options["flags"]),
    "go": go,
    "javac": lambda it: Javac(it.options["module"]),
    "pyright": lambda it: Pyright(tool("pyright") / "package", it.root()),
    "mypy": lambda it: Mypy(it.root()),
    "pyflakes": lambda it: Pyflakes(),
    "cpython": lambda it: Interpreter(),
    "traceback": lambda it: Importing(it.root()),
}


class Tools:
    """The checkers of one project. Use `tools_for`."""

    def __init__(self, project: ErrorProject) -> None:
        self._project = project
        self._checkers: dict[str, Checker] = {}
        self._known: dict[tuple[str, str], list[Said]] = {}

    def checker(self, name: str) -> Checker:
        if name not in self._checkers:
            self._checkers[name] = _CHECKERS[name](self._project)
        return self._checkers[name]

    def of_original(self, mutant: Mutant) -> list[Said]:
        key = mutant.tool, mutant.path
        if key not in self._known:
            self._known[key] = self.checker(mutant.tool).ask(mutant.path, mutant.original)
        return self._known[key]

    def close(self) -> None:
        for each in self._checkers.values():
            each.close()


@contextmanager
def tools_for(project: ErrorProject) -> Iterator[Tools]:
    tools = Tools(project)
    try:
        yield tools
    finally:
        tools.close()
