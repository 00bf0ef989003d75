"""From the name of a model to something that completes, or the sentence that says why not."""

from dataclasses import dataclass

from lsp_server.errors import KibitzError
from lsp_server.model.port import Model
from lsp_server.prompting.chat import ChatFamily, chat_family_of
from lsp_server.prompting.families import Family, family_for


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model and what it can be asked for. `cannot_complete` is set exactly when `family` is None."""

    model: Model
    family: Family | None
    chat: ChatFamily | None
    cannot_complete: KibitzError | None


def recognised(model: Model) -> LoadedModel:
    chat = chat_family_of(model.info)
    try:
        return LoadedModel(model=model, family=family_for(model.info), chat=chat, cannot_complete=None)
    except KibitzError as error:
        return LoadedModel(model=model, family=None, chat=chat, cannot_complete=error)
