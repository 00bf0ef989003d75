"""Fixes as the editor is offered them: from rules, from a model, as a checker of the person's own says."""

import logging
from collections.abc import Callable, Sequence

from lsp_server.app.actions import core_problem
from lsp_server.app.loaded_model import LoadedModel
from lsp_server.cancellation import Cancellation
from lsp_server.chat.port import Chat
from lsp_server.editor.services import OfferedFix, Problem, Replacement
from lsp_server.errors import KibitzError
from lsp_server.fixes.find import fixes_for
from lsp_server.fixes.fix import Fix
from lsp_server.fixes.from_model import Propose, filled_in, one_after_the_other, told
from lsp_server.fixes.from_model import model_fixes as model_fixes_for
from lsp_server.fixes.own_checker import CheckerFailed, OwnChecker, rechecked
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

_log = logging.getLogger(__name__)

PROPOSING_S_MAX = 20.0  # a person who asked the model for a fix waits


class NoFix(KibitzError):
    """A model was asked, and nothing that it said held."""


def fixes(snapshot: Snapshot, document: Document, problem: Problem) -> list[OfferedFix]:
    return offered(fixes_for(core_problem(problem), document, snapshot))


def checked_fixes(
    snapshot: Snapshot,
    document: Document,
    problem: Problem,
    checker: OwnChecker,
    read: Callable[[str], Document | None],
    *,
    cancellation: Cancellation,
) -> list[OfferedFix]:
    """As *checker* says; where it is none, or fails, as what runs in this process says."""
    if not checker.command:
        return fixes(snapshot, document, problem)
    asked = core_problem(problem)
    found = fixes_for(asked, document, snapshot)
    try:
        return offered(rechecked(found, asked, document, snapshot, checker, read, cancellation))
    except CheckerFailed as trouble:
        _log.warning("%s. %s", trouble, trouble.hint)
        return offered(found)


def proposers(loaded: LoadedModel | None, chat: Chat | None, snapshot: Snapshot) -> list[Propose]:
    """Who may propose a fix, in the order in which they are asked."""
    found: list[Propose] = [] if chat is None else [told(chat)]
    if loaded is not None and loaded.family is not None:
        found.append(filled_in(loaded.model, loaded.family, snapshot.name))
    return found


def model_fixes(
    snapshot: Snapshot,
    document: Document,
    problem: Problem,
    asked: Sequence[Propose],
    checker: OwnChecker,
    read: Callable[[str], Document | None],
    *,
    cancellation: Cancellation,
) -> list[OfferedFix]:
    """Raises NoFix, ModelUnavailable and CheckerFailed."""
    core = core_problem(problem)
    found = model_fixes_for(
        core, document, snapshot, one_after_the_other(asked), seconds=PROPOSING_S_MAX,
        cancellation=cancellation,
    )  # fmt: skip
    found = rechecked(found, core, document, snapshot, checker, read, cancellation)
    verified = [it for it in found if it.is_verified]
    if not verified:
        raise NoFix(
            "no line that the model proposed could be verified",
            hint='"Explain this error" says what is known.',
        )
    return offered(verified)


def offered(found: Sequence[Fix]) -> list[OfferedFix]:
    return [
        OfferedFix(
            title=it.title,
            replacements=tuple(
                Replacement(start=each.start, end=each.end, text=each.text) for each in it.changes
            ),
            is_verified=it.is_verified,
            is_by_model=it.is_by_model,
            checked_by=it.checked_by,
        )
        for it in found
    ]
