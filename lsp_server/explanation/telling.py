"""What happened, why here, what to do: the fixed sentences with the names that were looked up in them."""

from collections.abc import Sequence

from lsp_server.explanation.call_fit import CallFit, call_fit
from lsp_server.explanation.import_line import import_line
from lsp_server.explanation.kinds import Reading
from lsp_server.explanation.own_members import me_of
from lsp_server.explanation.problem import Evidence, Problem
from lsp_server.explanation.safe_markdown import one_line, safe
from lsp_server.explanation.words import Words
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

_ABOUT_CALLS = {"missing_argument", "extra_argument", "argument_count", "duplicate_argument"}


def told(
    words: Words,
    reading: Reading,
    problem: Problem,
    evidence: Sequence[Evidence],
    document: Document,
    snapshot: Snapshot,
) -> list[str]:
    """Three paragraphs of Markdown."""
    kind = reading.kind
    holes = {key: one_line(value, 120).replace("`", "'") for key, value in reading.groups.items()}
    holes["message"] = safe(one_line(problem.message, 400))
    holes["language"] = document.language.capitalize()
    why = words.first(f"{kind}_why", f"{kind}_bare_why", **holes)
    if kind in _ABOUT_CALLS:
        fit = call_fit(snapshot, document, document.line_of(problem.start), reading)
        why = why if fit is None else _fit_sentence(words, fit)
    what = words.first(f"{kind}_name_what", f"{kind}_what", f"{kind}_bare_what", **holes)
    return [
        f"**{words('what')}.** {what}",
        f"**{words('why')}.** {why}",
        f"**{words('do')}.** {_to_do(words, reading, holes, evidence, document, snapshot)}",
    ]


def _to_do(
    words: Words,
    reading: Reading,
    holes: dict[str, str],
    evidence: Sequence[Evidence],
    document: Document,
    snapshot: Snapshot,
) -> str:
    kind = reading.kind
    usual = words.first(f"{kind}_do", f"{kind}_bare_do", **holes)
    best = evidence[0] if evidence else None
    if best is not None and best.role == "stdlib" and best.text:
        return words("standard_import_do", name=best.name, statement=best.text)
    if best is not None and best.role == "stdlib":
        return words("stdlib_import_do", name=best.name)
    if best is not None and best.role == "builtin":
        return words("near_builtin_do", near=best.name, language=holes["language"])
    if best is not None and best.role == "own_member":
        return words("own_member_do", me=me_of(document.language), name=best.name, place=f"`{best.place}`")
    if best is not None and best.role == "imported_so":
        return words("imported_so_do", module=best.text, place=f"`{best.place}`")
    if best is not None and best.role == "lacks_self":
        return words("lacks_self_do", function=best.name, name=holes.get("name", "self"))
    if best is not None and best.role == "import" and words.has(f"{kind}_import_do"):
        statement = import_line(snapshot, document, best.name, best.path)
        line = words("import_line", statement=statement) if statement else ""
        return f"{words(f'{kind}_import_do', **holes, place=f'`{best.place}`')} {line}".rstrip()
    if best is not None and best.role == "near" and words.has(f"{kind}_near_do"):
        return words(f"{kind}_near_do", **holes, near=best.name, place=f"`{best.place}`")
    if reading.suggestion:
        return words("suggested_do", near=reading.suggestion)
    return usual


def _fit_sentence(words: Words, fit: CallFit) -> str:
    nothing = words("call_nothing")
    said = [
        words(
            "call_fits",
            call=fit.call,
            wanted=_named(fit.wanted) or nothing,
            given=_named(fit.given) or nothing,
        )
    ]
    if fit.missing:
        said.append(words("call_lacks", names=_named(fit.missing)))
    if fit.unknown:
        said.append(words("call_unknown", names=_named(fit.unknown)))
    if fit.surplus:
        said.append(words("call_surplus", count=str(fit.surplus)))
    return " ".join(said)


def _named(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
