"""Which folders and files the index leaves out, before any is opened: .gitignore, and our own list.

No git process is ever run: a repository's own configuration can make git run programs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pathspec

from lsp_server.syntax.languages import is_source
from lsp_server.text.secrets import is_secret_file
from lsp_server.text.words import words
from lsp_server.workspace.files import read_lines

RULES_MAX_BYTES = 1_000_000  # of one file of rules

_NEVER = words(
    """
    node_modules bower_components jspm_packages __pycache__ site-packages dist-packages venv virtualenv
    third_party 3rdparty Pods DerivedData elm-stuff coverage htmlcov dist vendor
    """
)
# Left out only beside the file that says what made them; "build" may be a package of one's own.
_MADE_BY = {
    "build": words("setup.py pyproject.toml package.json CMakeLists.txt build.gradle meson.build Makefile"),
    "target": words("Cargo.toml pom.xml build.sbt"),
    "out": words("package.json build.gradle tsconfig.json CMakeLists.txt"),
    "bin": words("build.gradle"),
    "obj": words("Makefile"),
    "env": words("requirements.txt setup.py pyproject.toml manage.py"),
}
_HIDDEN_FOLDERS_READ = words(".github .gitlab .storybook .vscode")
_LOCK_FILES = words(
    """
    package-lock.json yarn.lock pnpm-lock.yaml bun.lock poetry.lock uv.lock Pipfile.lock Cargo.lock
    composer.lock Gemfile.lock go.sum flake.lock mix.lock npm-shrinkwrap.json
    """
)
_MADE_ENDINGS = tuple(
    words(
        """
        .min.js .min.css .min.mjs .bundle.js .chunk.js .map _pb2.py _pb2_grpc.py .pb.go .pb.cc .pb.h
        .g.dart .designer.cs .snap
        """
    )
)


@dataclass(frozen=True, slots=True)
class _Rules:
    folder: str  # the rules' own, relative to the root; "" is the root
    above: str  # for rules of a folder above the root: the way from there down to the root, with a slash
    spec: pathspec.GitIgnoreSpec


class IgnoreRules:
    """The rules in force in one folder; `inside` gives those of a folder below it."""

    def __init__(self, rules: Sequence[_Rules], excluded: pathspec.GitIgnoreSpec | None) -> None:
        self._rules = tuple(rules)  # outermost first
        self._excluded = excluded  # by the user; no .gitignore brings it back

    def ignores(self, path: str) -> bool:
        """Whether *path* is left out; a folder's path ends in a slash. Git's innermost rule decides."""
        if self._excluded is not None and self._excluded.match_file(path):
            return True
        for rules in reversed(self._rules):
            inner = rules.above + (path[len(rules.folder) + 1 :] if rules.folder else path)
            verdict = rules.spec.check_file(inner).include
            if verdict is not None:
                return verdict
        return False

    def with_lines(self, folder: str, lines: Sequence[str]) -> "IgnoreRules":
        spec = _spec(lines)
        return self if spec is None else IgnoreRules([*self._rules, _Rules(folder, "", spec)], self._excluded)


def rules_of_root(base: Path, exclude: Sequence[str], folder: str = "") -> IgnoreRules:
    """What is in force at *folder* of *base*, for paths relative to *base*: .git/info/exclude, the .gitignore
    files above the folder, the user's *exclude*."""
    root = base / folder
    rules: list[_Rules] = []
    top = next((it for it in (root, *root.parents) if (it / ".git").exists()), root)
    spec = _spec(read_lines(top, ".git/info/exclude", max_bytes=RULES_MAX_BYTES))
    way = root.relative_to(top).as_posix() + "/" if top != root else ""
    if spec is not None:
        rules.append(_Rules(folder, way, spec))
    above = [it for it in reversed(root.parents) if it.is_relative_to(top)]
    for outer in above:
        spec = _spec(read_lines(outer, ".gitignore", max_bytes=RULES_MAX_BYTES))
        if spec is not None:
            rules.append(_Rules(folder, root.relative_to(outer).as_posix() + "/", spec))
    # An ignored folder was opened on purpose.
    if way and IgnoreRules(rules, None).ignores(folder + "/" if folder else ""):
        rules = []
    return IgnoreRules(rules, _spec(exclude))


def skips_folder(name: str, siblings: Collection[str]) -> bool:
    if name.startswith("."):
        return name not in _HIDDEN_FOLDERS_READ
    return (
        name in _NEVER or name.endswith(".egg-info") or bool(_MADE_BY.get(name, frozenset()) & set(siblings))
    )


def reason_to_skip(path: str) -> str:
    """Why a file of this name is not read, "" if it is."""
    name = PurePosixPath(path).name
    if not path.isprintable():
        return "unprintable name"
    if is_secret_file(path):
        return "secret"
    if name in _LOCK_FILES:
        return "lock file"
    if name.endswith(_MADE_ENDINGS):
        return "generated"
    return "" if is_source(path) else "not source"


def _spec(lines: Sequence[str]) -> pathspec.GitIgnoreSpec | None:
    """None if there is nothing in it. One bad pattern does not take the others with it."""
    try:
        spec = pathspec.GitIgnoreSpec.from_lines(lines)
    except ValueError:
        good = [line for line in lines if _is_valid(line)]
        spec = pathspec.GitIgnoreSpec.from_lines(good)
    return spec if len(spec) else None


def _is_valid(line: str) -> bool:
    try:
        pathspec.GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
