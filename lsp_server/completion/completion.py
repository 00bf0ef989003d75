"""The answer to one completion request, with what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lsp_server.context.snippet import Snippet
from lsp_server.model.port import TokenCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Milliseconds:
    """Where the time of one request went; `total` holds all the others and the gaps between them."""

    total: float = 0.0
    context: float = 0.0
    queue: float = 0.0
    prompt: float = 0.0
    generation: float = 0.0
    postprocess: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """Text to show at `offset`, in place of what stands between it and `replace_end_offset`.

    Offsets are code points of the document version the request was made for; both are on one line.
    An empty `text` means that nothing is worth showing; `dropped_by` then says which step decided so.
    """

    path: str
    document_version: int | None
    offset: int
    replace_end_offset: int
    text: str
    model_name: str
    model_sha256: str
    tokens: TokenCounts = field(default_factory=TokenCounts)
    milliseconds: Milliseconds = field(default_factory=Milliseconds)
    context: tuple[Snippet, ...] = ()
    dropped_by: str = ""
    # Where it comes from: a "new" prompt, a "quick" one (short, for speed) or one that was "kept", with what
    # was typed since; a suggestion that is "shown", without the model; one made "ahead", in idle time; one
    # "remembered" from an earlier session; or "imports", what the repository says that the file lacks.
    source: str = "new"
    logprobs: tuple[float, ...] = ()  # natural, of the tokens that `text` was made of
    confidence: float | None = None  # that a person would have written just this, 0..1; None: not calibrated
    line: int = 0  # 0-based, of `offset`
    column: int = 0  # 0-based, in code points
    replace_end_column: int = 0


def as_json(completion: Completion) -> Mapping[str, object]:
    """What `kibitz complete --json` prints and `kibitz/lastRequest` answers; lines and columns from 1."""
    line, column = completion.line + 1, completion.column + 1
    times, tokens = completion.milliseconds, completion.tokens
    return {
        "text": completion.text,
        "path": completion.path,
        "line": line,
        "column": column,
        "range": {
            "start": {"line": line, "column": column},
            "end": {"line": line, "column": completion.replace_end_column + 1},
        },
        "model": {"name": completion.model_name, "sha256": completion.model_sha256},
        "tokens": {
            "prompt": tokens.prompt,
            "reused": tokens.reused,
            "evaluated": tokens.evaluated,
            "generated": tokens.generated,
            "drafted": tokens.drafted,
            "accepted": tokens.accepted,
        },
        "milliseconds": {
            "total": round(times.total, 2),
            "context": round(times.context, 2),
            "queue": round(times.queue, 2),
            "prompt": round(times.prompt, 2),
            "generation": round(times.generation, 2),
            "postprocess": round(times.postprocess, 2),
        },
        "context": [
            {
                "path": snippet.path,
                "start_line": snippet.start_line + 1,
                "end_line": snippet.end_line + 1,
                "reason": snippet.reason,
            }
            for snippet in completion.context
        ],
        "dropped_by": completion.dropped_by,
        "source": completion.source,
        "confidence": None if completion.confidence is None else round(completion.confidence, 3),
    }
