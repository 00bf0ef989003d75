"""Fixes for a call that does not fit its signature, and for a coroutine nobody waits for."""

import ast
import re
from collections.abc import Iterator

from lsp_server.explanation.call_fit import CallFit, call_fit
from lsp_server.explanation.near_names import near_names
from lsp_server.explanation.scope_names import names_in_scope
from lsp_server.fixes.fix import Candidate, Change
from lsp_server.fixes.place import Place
from lsp_server.fixes.proof import is_only_slip
from lsp_server.fixes.python_code import PythonCode
from lsp_server.fixes.sure_types import is_sure

_OF = re.compile(r"\bof [\"'](\w+)[\"']")  # mypy: `"total" of "Cart"`


def argument_added(place: Place) -> Iterator[Candidate]:
    """A name in scope that is called like the missing parameter."""
    found = _call(place)
    if found is None:
        return
    code, call, fit = found
    scope = names_in_scope(place.document, place.line)
    for missing in fit.missing[:2]:
        value = missing if missing in scope else f"self.{missing}" if _is_own(place, missing) else ""
        if not value:
            continue
        is_next = not call.keywords and fit.wanted.index(missing) == len(call.args)
        text = value if is_next else f"{missing}={value}"
        at = code.end(call) - 1
        has_others = bool(call.args or call.keywords)
        comma = ", " if has_others and not place.document.text[:at].rstrip().endswith(",") else ""
        yield Candidate(
            title=f"add the argument `{text}`", changes=(Change(at, at, comma + text),),
            weight=0.85,
            is_proven=len(fit.missing) == 1 and _is_meant(place, fit) and _fits(place, fit, missing, value),
        )  # fmt: skip


def argument_dropped(place: Place) -> Iterator[Candidate]:
    """The positional argument too many, or the keyword that is no parameter."""
    found = _call(place)
    if found is None:
        return
    code, call, fit = found
    wrong = {it.arg: it for it in call.keywords if it.arg in fit.unknown}
    for name, keyword in wrong.items():
        assert name is not None
        start = code.start(keyword.value) - len(name) - 1
        start = place.document.text.rfind(name, 0, code.start(keyword.value)) if start >= 0 else start
        for near, likeness in near_names(name, fit.missing or fit.wanted):
            yield Candidate(
                title=f"change `{name}` to `{near}`", changes=(Change(start, start + len(name), near),),
                weight=likeness,
                is_proven=len(wrong) == 1
                and _is_meant(place, fit)
                and is_only_slip(name, near, set(fit.wanted)),
            )  # fmt: skip
        # It is more than a word that somebody wrote and did not mean: that is not for the repository to say.
        yield _without(
            place, code, call, start, code.end(keyword.value), f"drop the argument `{name}`", is_proven=False
        )
    if fit.surplus == 1 and call.args:
        last = call.args[-1]
        shown = ast.unparse(last)[:40]
        yield _without(
            place, code, call, code.start(last), code.end(last), f"drop the argument `{shown}`",
            is_proven=not fit.missing and not fit.unknown and _is_meant(place, fit),
        )  # fmt: skip


def awaited(place: Place) -> Iterator[Candidate]:
    """`await` before a call of a coroutine, inside of an `async def`."""
    code = place.code
    around = code.function_around(place.line) if code is not None else None
    if code is None or not isinstance(around, ast.AsyncFunctionDef):
        return
    wanted = place.name.rpartition(".")[2]
    for call in code.calls_at(place.line):
        name = ast.unparse(call.func).rpartition(".")[2]
        if wanted and name != wanted:
            continue
        at = code.start(call)
        if not place.document.text[:at].rstrip().endswith("await"):
            known = place.snapshot.definitions(name)
            is_async = bool(known) and all(it.signature.startswith("async ") for it in known)
            title = f"await `{name}()`"
            yield Candidate(title=title, changes=(Change(at, at, "await "),), weight=0.9, is_proven=is_async)
            return


def _call(place: Place) -> tuple[PythonCode, ast.Call, CallFit] | None:
    code = place.code
    fit = call_fit(place.snapshot, place.document, place.line, place.reading)
    if code is None or fit is None:
        return None
    name = fit.call.partition("(")[0]
    for call in code.calls_at(place.line):
        if ast.unparse(call.func).rpartition(".")[2] == name:
            return code, call, fit
    return None


def _without(
    place: Place, code: PythonCode, call: ast.Call, start: int, end: int, title: str, *, is_proven: bool
) -> Candidate:
    """Without what stands from *start* to *end*, and without one of the commas around it."""
    text = place.document.text
    before = len(text[:start].rstrip())
    if text[:before].endswith(","):
        start = before - 1
    else:
        after = text[end : code.end(call)]
        end += len(after) - len(after.lstrip().removeprefix(",").lstrip())
    return Candidate(title=title, changes=(Change(start, end, ""),), weight=0.7, is_proven=is_proven)


def _is_meant(place: Place, fit: CallFit) -> bool:
    """Whether the message names the very function that the call was compared with."""
    named = _OF.search(place.problem.message)
    owner = fit.definition.owner.rpartition(".")[2]
    is_maker = fit.definition.name == "__init__" and place.reading.groups.get("function") == owner
    return named[1] == owner if named is not None else not owner or is_maker


def _fits(place: Place, fit: CallFit, parameter: str, value: str) -> bool:
    """Whether the parameter takes *value*, a name or member in scope, by what both are annotated with."""
    around = place.code.function_around(place.line) if place.code is not None else None
    return is_sure(place, ast.parse(value, mode="eval").body, fit.annotations.get(parameter), around)


def _is_own(place: Place, name: str) -> bool:
    around = place.code.class_around(place.line) if place.code is not None else None
    return around is not None and any(it.name == name for it in place.snapshot.members(around.name))
