"""The first sentence: from the model where it says something usable, else from the name, honestly."""

import math
import re

from lsp_server.cancellation import Cancellation
from lsp_server.docstring.python_facts import Facts
from lsp_server.errors import ModelUnavailable
from lsp_server.model.port import GenerationRequest, Model, Priority
from lsp_server.prompting.families import Family
from lsp_server.prompting.window import window_prompt
from lsp_server.text.document import Document
from lsp_server.text.secrets import redact

SENTENCE_TOKENS = 40
PROMPT_TOKENS_MAX = 1_024
SENTENCE_CHARACTERS_MAX = 100
SENTENCE_WORDS_MIN = 3
# Set by hand from a few dozen answers of the bundled model: below it the sentence had nothing to do with
# the function. Not yet measured.
MEAN_PROBABILITY_MIN = 0.35

_WORD = re.compile(r"[A-Za-z]+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def sentence_from_model(
    document: Document,
    offset: int,
    opening: str,
    closing: str,
    *,
    name: str,
    repository: str,
    model: Model,
    family: Family,
    cancellation: Cancellation,
) -> str:
    """What the model writes between *opening* and *closing*, both inserted at *offset*; "" if unusable."""
    shown = redact(document.text)
    window = window_prompt(
        family,
        repository=repository,
        document=document,
        prefix=shown[:offset] + opening,
        suffix=closing + shown[offset:],
        snippets=(),
        prompt_tokens=min(PROMPT_TOKENS_MAX, model.info.context_length - SENTENCE_TOKENS - 8),
        suffix_share=0.5,
        count_tokens=model.count_tokens,
    )
    request = GenerationRequest(
        pieces=window,
        max_tokens=SENTENCE_TOKENS,
        priority=Priority.ACTION,
        stop_tokens=family.end_tokens,
        is_healed=family.continues_prefix,
        min_tokens=1,
    )
    try:
        generation = model.generate(request, cancellation, lambda text: not _is_over(text))
    except ModelUnavailable:
        return ""
    cancellation.check()
    if generation.logprobs:
        mean = math.exp(sum(generation.logprobs) / len(generation.logprobs))
        if mean < MEAN_PROBABILITY_MIN:
            return ""
    return usable_sentence(generation.text, name)


def usable_sentence(text: str, name: str) -> str:
    """One clean sentence out of *text*; "" if it is no prose, repeats itself, or is about something else."""
    line = text.strip().strip("\"'`").split('"""')[0].split("'''")[0].split("\n")[0].strip()
    sentence = re.split(r"(?<=[.!?])\s", line)[0].rstrip(" ,;:")
    words = [word.lower() for word in _WORD.findall(sentence)]
    if len(words) < SENTENCE_WORDS_MIN or len(sentence) > SENTENCE_CHARACTERS_MAX:
        return ""
    if len(set(words)) < len(words) * 0.7 or re.search(r"[{}=<>\\]|\w\(|TODO|FIXME|>>>", sentence):
        return ""
    stems = {part.lower()[:4] for part in _PART.findall(name) if len(part) > 2}
    if stems and not stems & {word[:4] for word in words}:
        return ""
    return sentence[0].upper() + sentence[1:] + ("" if sentence[-1] in ".!?" else ".")


def sentence_from_name(facts: Facts, owner: str) -> str:
    """Says no more than the name does."""
    name = facts.name
    if name == "__init__" and owner:
        return f"Make a new {_spaced(owner.rpartition('.')[2])}."
    words = _spaced(name.strip("_")) or name
    first, _, rest = words.partition(" ")
    if facts.is_class:
        return f"{words[0].upper()}{words[1:]}."
    if first in ("is", "has", "can", "should", "was", "are"):
        return f"Whether it {first} {rest}." if rest else f"Whether it {first}."
    if facts.is_property:
        return f"The {words}."
    if first == "test" and rest:
        return f"Test that {rest}."
    return f"{words[0].upper()}{words[1:]}."


def _spaced(name: str) -> str:
    return " ".join(
        part if part.isupper() and len(part) > 1 else part.lower() for part in _PART.findall(name)
    )


def _is_over(text: str) -> bool:
    return "\n" in text.strip() or '"""' in text.lstrip('"')
