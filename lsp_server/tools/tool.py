"""What a tool is: a name, words for the model that chooses it, typed arguments, and work that only reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from lsp_server.cancellation import Cancellation
from lsp_server.errors import KibitzError
from lsp_server.index.snapshot import Snapshot


class Arguments(BaseModel):
    """Of one tool. What a schema does not name is refused, so that a misspelt argument is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NothingFound(KibitzError):
    """A tool looked where it was told and found nothing; its hint says where else to look."""


Work = Callable[[Snapshot, Any, Cancellation], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """`work` is pure over the snapshot, which holds no ignored file and no secret."""

    name: str
    description: str
    arguments: type[Arguments]
    work: Work  # raises KibitzError for what cannot be answered

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of its arguments."""
        return self.arguments.model_json_schema()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolLimits:
    """What one call may cost. No defaults: the caller knows better."""

    seconds: float
    characters_max: int  # of one result; what is longer is cut, and says so


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    text: str
    is_error: bool = False
    is_malformed: bool = False  # an error of the call itself, which its author may repair
    is_cut: bool = False
