"""The languages we know by file name: their names, comments and grammars.

A file of no known language is "plain": it is read, searched and completed, but never parsed.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from lsp_server.text.words import words

_PATHS_KEPT = 1 << 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    name: str  # as in Document.language
    title: str  # for a person
    line_comment: str  # "" where a line cannot be commented out
    grammar: str = ""  # Python package; "" means that it is not parsed
    grammar_function: str = "language"
    queries: str = ""  # folder under queries/
    suffixes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # whole file names


PLAIN = Language(name="plain", title="Plain text", line_comment="")

LANGUAGES = {
    language.name: language
    for language in (
        Language(
            name="python", title="Python", line_comment="#", grammar="tree_sitter_python", queries="python",
            suffixes=(".py", ".pyi", ".pyw"), names=("SConstruct", "SConscript", "wscript"),
        ),
        Language(
            name="javascript", title="JavaScript", line_comment="//", grammar="tree_sitter_javascript",
            queries="javascript", suffixes=(".js", ".jsx", ".mjs", ".cjs"),
        ),
        Language(
            name="typescript", title="TypeScript", line_comment="//", grammar="tree_sitter_typescript",
            grammar_function="language_typescript", queries="typescript", suffixes=(".ts", ".mts", ".cts"),
        ),
        Language(
            name="tsx", title="TypeScript with JSX", line_comment="//", grammar="tree_sitter_typescript",
            grammar_function="language_tsx", queries="typescript", suffixes=(".tsx",),
        ),
        Language(
            name="go", title="Go", line_comment="//", grammar="tree_sitter_go", queries="go",
            suffixes=(".go",),
        ),
        Language(
            name="rust", title="Rust", line_comment="//", grammar="tree_sitter_rust", queries="rust",
            suffixes=(".rs",),
        ),
        Language(
            name="java", title="Java", line_comment="//", grammar="tree_sitter_java", queries="java",
            suffixes=(".java",),
        ),
        Language(
            name="c", title="C", line_comment="//", grammar="tree_sitter_c", queries="c", suffixes=(".c",)
        ),
        Language(
            # Headers too: the C++ grammar reads C, and nothing in a header's name says which it is.
            name="cpp", title="C++", line_comment="//", grammar="tree_sitter_cpp", queries="cpp",
            suffixes=(".cpp", ".cc", ".cxx", ".c++", ".h", ".hpp", ".hh", ".hxx", ".h++", ".ipp", ".inl"),
        ),
        Language(
            name="bash", title="Shell", line_comment="#", grammar="tree_sitter_bash", queries="bash",
            suffixes=(".sh", ".bash"), names=(".bashrc", ".bash_profile", ".profile", ".envrc"),
        ),
        Language(
            name="csharp", title="C#", line_comment="//", grammar="tree_sitter_c_sharp", queries="csharp",
            suffixes=(".cs",),
        ),
        Language(
            name="ruby", title="Ruby", line_comment="#", grammar="tree_sitter_ruby", queries="ruby",
            suffixes=(".rb", ".rake", ".gemspec"), names=("Rakefile", "Gemfile"),
        ),
        Language(
            name="php", title="PHP", line_comment="//", grammar="tree_sitter_php",
            grammar_function="language_php", queries="php", suffixes=(".php",),
        ),
        Language(
            name="kotlin", title="Kotlin", line_comment="//", grammar="tree_sitter_kotlin", queries="kotlin",
            suffixes=(".kt", ".kts"),
        ),
        Language(
            name="scala", title="Scala", line_comment="//", grammar="tree_sitter_scala", queries="scala",
            suffixes=(".scala", ".sc"),
        ),
        Language(
            name="swift", title="Swift", line_comment="//", grammar="tree_sitter_swift", queries="swift",
            suffixes=(".swift",),
        ),
        Language(
            name="lua", title="Lua", line_comment="--", grammar="tree_sitter_lua", queries="lua",
            suffixes=(".lua",),
        ),
        PLAIN,
    )
}  # fmt: skip

_BY_SUFFIX = {suffix: language for language in LANGUAGES.values() for suffix in language.suffixes}
_BY_NAME = {name: language for language in LANGUAGES.values() for name in language.names}

# Languages without a grammar here whose comments are still known, so that a "plain" file can be commented.
_PLAIN_COMMENTS = {
    "#": ".pl .pm .r .jl .toml .yaml .yml .cfg .ini .cmake .mk .ex .exs .nim .ps1 .zsh .fish .nix .tf",
    "//": ".dart .zig .groovy .gradle .proto .m .mm .fs .v .sol .scss .less",
    "--": ".sql .hs .elm .ada .vhd .vhdl",
    ";": ".lisp .el .clj .cljs .scm .asm .s",
    "%": ".tex .erl .m4",
}
_COMMENT_BY_SUFFIX = {
    suffix: comment for comment, suffixes in _PLAIN_COMMENTS.items() for suffix in suffixes.split()
}

# Text that is worth searching although no grammar reads it. Data (.json, .csv, .svg) is not.
_READ_AS_PLAIN = words(
    """
    .md .rst .txt .adoc .html .css .vue .svelte .astro .graphql .gql .hcl .bat .cmd .pyx .pxd .f90 .j2
    .tmpl .vim
    """
) | frozenset(_COMMENT_BY_SUFFIX)
_PLAIN_NAMES = frozenset(("Makefile", "GNUmakefile", "Dockerfile", "Justfile", "Jenkinsfile"))


def is_source(path: str) -> bool:
    """Whether a file of this name is worth indexing."""
    pure = PurePosixPath(path)
    return (
        language_of(path) != PLAIN.name or pure.suffix.lower() in _READ_AS_PLAIN or pure.name in _PLAIN_NAMES
    )


@lru_cache(maxsize=_PATHS_KEPT)
def language_of(path: str) -> str:
    """The name of the language of the file at *path*, by its name alone."""
    pure = PurePosixPath(path)
    language = _BY_NAME.get(pure.name) or _BY_SUFFIX.get(pure.suffix.lower()) or PLAIN
    return language.name


def line_comment(path: str) -> str:
    """What starts a comment that ends with the line, "" where we know of none."""
    language = LANGUAGES[language_of(path)]
    return language.line_comment or _COMMENT_BY_SUFFIX.get(PurePosixPath(path).suffix.lower(), "")
