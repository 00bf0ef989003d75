"""The order that import statements and their names are kept in: isort's default, which ruff shares.

https://pycqa.github.io/isort/docs/configuration/options.html: sections, `import` before `from`, further
dots first; of names constants, then classes, then the rest.
"""

from lsp_server.completion.importing.python.reading import Imported
from lsp_server.completion.importing.python.standard import is_standard

Key = tuple[int, bool, int, str]


def statement_key(module: str, *, is_plain: bool, is_own: bool) -> Key:
    """*is_own*: it is a module of the repository."""
    dots = len(module) - len(module.lstrip("."))
    if module == "__future__":
        section = 0
    elif dots:
        section = 4
    elif is_standard(module):
        section = 1
    else:
        section = 3 if is_own else 2
    return section, not is_plain, -dots, module.lower()


def module_of(statement: Imported) -> str:
    return statement.module or statement.names[0][0]


def name_key(name: str) -> tuple[int, str]:
    if name.isupper() and len(name) > 1:
        return 0, name.lower()
    return (1 if name[:1].isupper() else 2), name.lower()
