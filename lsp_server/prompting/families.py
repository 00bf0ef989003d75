"""The families of models that fill in the middle, one TOML file of prompts/fim each.

A model that nobody wrote a file for still works if its vocabulary names the usual three tokens and
it is no chat model: then prefix, suffix, middle is the order nearly all were trained with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from lsp_server.errors import ModelUnavailable
from lsp_server.prompting.folder import prompts_folder
from lsp_server.prompting.pieces import SpecialToken
from lsp_server.prompting.recognition import (
    RECOGNITION_KEYS,
    ModelFacts,
    Recognition,
    plain_name,
    recognition_of,
)
from lsp_server.prompting.template import Hole, Part, holes_of
from lsp_server.prompting.toml_file import TomlFile, read_toml

PROMPT_HOLES = ("repository", "path", "snippets", "prefix", "suffix")
SNIPPET_HOLES = ("path", "text", "comment_path", "comment_text")
OWN_KEYS = (
    "title", "special_tokens", "end_tokens", "cache_share", "names_must_be_known", "template.prompt",
    "template.snippet", "confidence.intercept", "confidence.weights",
)  # fmt: skip
FEATURES = 4  # see completion/confidence.py
CHAT_WORDS = ("instruct", "chat", "-it", "thinking", "reasoning", "assistant")
ADVICE = "choose one that was, such as the bundled model, Qwen2.5-Coder (base) or StarCoder2"


class CannotFillIn(ModelUnavailable):
    """The model runs, but nothing tells how to ask it for the middle of a text."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a model's own certainty becomes the probability that it is right; see completion/confidence.py."""

    intercept: float
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """How models of one kind are asked for the text between a prefix and a suffix."""

    name: str  # of the file, without .toml
    title: str  # for a person
    prompt: tuple[Part, ...]  # holes: PROMPT_HOLES
    snippet: tuple[Part, ...]  # holes: SNIPPET_HOLES
    end_tokens: tuple[str, ...]
    recognition: Recognition
    cache_share: float = 0.0  # see GenerationRequest
    names_must_be_known: bool = False  # a name that is bound nowhere is a mistake, not an import to come
    calibration: Calibration | None = None  # None: nobody measured it, so nothing is hidden for doubt

    @property
    def is_suffix_first(self) -> bool:
        """The suffix comes before the prefix, so that text typed later changes nothing before it."""
        holes = holes_of(self.prompt)
        return holes.index("suffix") < holes.index("prefix")

    @property
    def continues_prefix(self) -> bool:
        """Nothing stands between the prefix and the answer, not even a middle token."""
        return self.prompt[-1] == Hole("prefix")


def family_of(facts: ModelFacts) -> Family | None:
    """The family of the model behind *facts*, or None if it cannot be asked to fill in."""
    best = max(families(), key=lambda it: it.recognition.fit(facts), default=None)
    if best is not None and best.recognition.fit(facts):
        return best
    return None if _seems_chat_only(facts) else unnamed_family(facts.fim_tokens)


def family_for(facts: ModelFacts) -> Family:
    """As family_of. Raises CannotFillIn, saying why and what to choose instead."""
    family = family_of(facts)
    if family is not None:
        return family
    named = max(families(), key=lambda it: it.recognition.fits_name(facts.name))
    if named.recognition.fits_name(facts.name):
        missing = ", ".join(named.recognition.missing_in(facts.special_tokens))
        raise CannotFillIn(
            f"{facts.name} looks like {named.title}, but its vocabulary lacks {missing}",
            hint=f"This variant was not trained to fill in the middle; {ADVICE}.",
        )
    if _seems_chat_only(facts):
        raise CannotFillIn(
            f"{facts.name} was not trained to fill in the middle",
            hint=f"Use it for explanations and docstrings; for completions {ADVICE}.",
        )
    raise CannotFillIn(
        f"{facts.name} ({facts.architecture}) is of no known family and names no fill-in-the-middle tokens",
        hint=f"For completions {ADVICE}; or describe it in a file under prompts/fim.",
    )


@cache
def families() -> tuple[Family, ...]:
    """All of prompts/fim, in order of name. Raises PromptMissing or PromptInvalid."""
    names = sorted(path.name for path in (prompts_folder() / "fim").glob("*.toml"))
    return tuple(read_family(read_toml(f"fim/{name}")) for name in names)


def read_family(file: TomlFile) -> Family:
    """Raises PromptInvalid."""
    file.has_only((*OWN_KEYS, *RECOGNITION_KEYS))
    tokens = file.texts("special_tokens")
    return Family(
        name=file.name.removeprefix("fim/").removesuffix(".toml"),
        title=file.text("title"),
        prompt=file.template("template.prompt", tokens, PROMPT_HOLES, ("prefix", "suffix", "snippets")),
        snippet=file.template("template.snippet", tokens, SNIPPET_HOLES, ()),
        end_tokens=file.texts("end_tokens"),
        recognition=recognition_of(file),
        cache_share=file.share("cache_share"),
        names_must_be_known=file.flag("names_must_be_known"),
        calibration=_calibration(file),
    )


def _calibration(file: TomlFile) -> Calibration | None:
    weights = file.numbers("confidence.weights")
    if not weights:
        return None
    if len(weights) != FEATURES:
        raise file.invalid("confidence.weights", f"must be {FEATURES} numbers")
    [intercept] = file.numbers("confidence.intercept") or (0.0,)
    return Calibration(intercept, weights)


def unnamed_family(fim_tokens: Mapping[str, str]) -> Family | None:
    """A family made of what a vocabulary says of itself; None if it lacks one of the three tokens."""
    texts = [fim_tokens.get(role, "") for role in ("prefix", "suffix", "middle")]
    if not all(texts):
        return None
    prefix, suffix, middle = (SpecialToken(text) for text in texts)
    return Family(
        name="unnamed",
        title="unnamed family",
        prompt=(prefix, Hole("snippets"), Hole("prefix"), suffix, Hole("suffix"), middle),
        snippet=(Hole("comment_path"), "\n", Hole("comment_text"), "\n\n"),
        end_tokens=tuple(fim_tokens[role] for role in ("pad", "repo", "sep") if fim_tokens.get(role)),
        recognition=Recognition(needs=tuple(texts), names=(), not_names=()),
    )


def _seems_chat_only(facts: ModelFacts) -> bool:
    """Many chat models carry fill-in tokens in their vocabulary that they were never trained with."""
    name = plain_name(facts.name)
    return facts.has_chat_template or any(word in name for word in CHAT_WORDS)
