"""What one completion may cost."""

from dataclasses import dataclass

from lsp_server.completion.anchoring import typed_tokens
from lsp_server.prompting.window import visible_range
from lsp_server.text.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionLimits:
    """No defaults: the caller knows better."""

    max_tokens: int  # generated
    max_lines: int  # shown
    deadline_ms: int  # after it, an automatic completion shows what it has
    prompt_tokens: int  # whole prompt, counted by the model's own tokenizer
    context_tokens: int  # of them, for snippets of the repository
    suffix_share: float  # 0..1 of what is left, for the text after the cursor
    confidence_min: float  # 0..1; an automatic suggestion below it is not shown


# Set by hand: on two cores a prompt of this size is the most that a 0.5 B model reads in about three
# seconds; a larger one only makes the first ghost text later.
AUTOMATIC_PROMPT_TOKENS = 1536
# Measured with the bundled model (`bench.model_quality --places 150`): of lines with a name that another file
# defines, 20.7 % are exact with 0.3, 22.7 with 0.45, 23.3 with 0.6; at other places (`--seed 12`) 18.0 with
# 0.3, 20.0 with 0.6. All within the error; with more, little of the file itself is left.
AUTOMATIC_CONTEXT_SHARE = 0.45
SUFFIX_SHARE = 0.22
_OWN_TOKENS = (
    AUTOMATIC_PROMPT_TOKENS
    - typed_tokens(AUTOMATIC_PROMPT_TOKENS)
    - int(AUTOMATIC_PROMPT_TOKENS * AUTOMATIC_CONTEXT_SHARE)
)


def visible_automatically(document: Document, offset: int) -> tuple[int, int]:
    """Offsets between which an automatic completion's prompt shows *document* itself, about."""
    return visible_range(document, offset, tokens=_OWN_TOKENS, suffix_share=SUFFIX_SHARE)


def limits_for(
    context_length: int,
    *,
    max_tokens: int,
    max_lines: int,
    deadline_ms: int,
    context_tokens: int,
    is_with_context: bool = True,
    confidence_min: float = 0.0,
) -> CompletionLimits:
    """Fit a completion into a model's *context_length* tokens; *context_tokens* 0 means: decide here."""
    max_tokens = min(max_tokens, context_length // 4)
    room = context_length - max_tokens - 8
    if not is_with_context:
        context, prompt = 0, min(room, AUTOMATIC_PROMPT_TOKENS)
    elif context_tokens > 0:
        context = min(context_tokens, room // 2)
        prompt = min(room, context + AUTOMATIC_PROMPT_TOKENS)
    else:
        prompt = min(room, AUTOMATIC_PROMPT_TOKENS)
        context = int(prompt * AUTOMATIC_CONTEXT_SHARE)
    return CompletionLimits(
        max_tokens=max_tokens,
        max_lines=max_lines,
        deadline_ms=deadline_ms,
        prompt_tokens=prompt,
        context_tokens=context,
        suffix_share=SUFFIX_SHARE,
        confidence_min=confidence_min,
    )
