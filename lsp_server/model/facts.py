"""What a model's file says of itself, as the `ModelInfo` that the rest of Kibitz reads."""

from collections.abc import Mapping
from pathlib import Path

from lsp_server.errors import ModelUnavailable
from lsp_server.model.digest import sha256_of
from lsp_server.model.gguf import Header, read_header
from lsp_server.model.port import ModelInfo

CONTROL, USER_DEFINED = 3, 4
CONTEXT_BYTES_PER_VALUE = 2  # f16

FIM_ROLES = {"prefix": "pre", "suffix": "suf", "middle": "mid", "pad": "pad", "repo": "rep", "sep": "sep"}
# The texts that models of each family know them by: a file often leaves the ids out.
FIM_TEXTS = {
    "prefix": "<|fim_prefix|> <fim_prefix> <fim-prefix> <｜fim▁begin｜> <[fim-prefix]> ▁<PRE> <PRE> "
    "<|code_prefix|> [PREFIX]",
    "suffix": "<|fim_suffix|> <fim_suffix> <fim-suffix> <｜fim▁hole｜> <[fim-suffix]> ▁<SUF> <SUF> "
    "<|code_suffix|> [SUFFIX]",
    "middle": "<|fim_middle|> <fim_middle> <fim-middle> <｜fim▁end｜> <[fim-middle]> ▁<MID> <MID> "
    "<|code_middle|> [MIDDLE]",
    "pad": "<|fim_pad|> <fim_pad> <fim-pad>",
    "repo": "<|repo_name|> <repo_name> <reponame> <|fim_repo|>",
    "sep": "<|file_sep|> <file_sep> <filename> <|file_separator|>",
}

FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S",
    12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K",
    19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL",
    26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S", 29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0",
    37: "TQ2_0", 38: "MXFP4", 39: "NVFP4", 40: "Q1_0", 41: "Q2_0",
}  # fmt: skip


def read_model_info(path: Path) -> ModelInfo:
    """Raises ModelUnavailable if the file is not a language model that can be used as it is."""
    path = path.absolute()
    header = read_header(path)
    architecture = _checked_architecture(path, header)
    special_tokens = _special_tokens(header)
    return ModelInfo(
        name=header.text("general.name") or path.stem,
        path=str(path),
        sha256=sha256_of(path),
        size_bytes=header.size_bytes,
        architecture=architecture,
        parameters=header.parameters or None,
        quantization=_quantization(header),
        context_length=header.number(f"{architecture}.context_length") or 0,
        vocabulary_size=header.count("tokenizer.ggml.tokens"),
        special_tokens=special_tokens,
        fim_tokens=_fim_tokens(header, special_tokens),
        has_chat_template=bool(header.text("tokenizer.chat_template")),
        licence=header.text("general.license"),
    )


def context_bytes_per_token(header: Header) -> int:
    """What one token of context costs in memory; 0 if the file does not say enough to tell."""
    architecture = header.text("general.architecture")

    def number(name: str) -> int:
        key = f"{architecture}.{name}"
        return header.number(key) or int(max(header.numbers(key), default=0))

    layers, heads, width = number("block_count"), number("attention.head_count"), number("embedding_length")
    head_width = number("attention.key_length") or (width // heads if heads else 0)
    value_width = number("attention.value_length") or head_width
    return (
        layers * (number("attention.head_count_kv") or heads) * (head_width + value_width)
    ) * CONTEXT_BYTES_PER_VALUE


def _checked_architecture(path: Path, header: Header) -> str:
    architecture = header.text("general.architecture")
    kind = header.text("general.type") or "model"
    if kind != "model":
        raise _unfit(path, f"is a {kind}, not a whole model", "Choose the model's main .gguf file.")
    if not architecture:
        raise _unfit(path, "does not say what model it is", "Convert it to GGUF again.")
    if not header.tensor_types:
        raise _unfit(path, "holds no weights", "Choose the model's main .gguf file.")
    if not header.count("tokenizer.ggml.tokens"):
        raise _unfit(path, "holds no vocabulary", "Choose the model's main .gguf file.")
    return architecture


def _special_tokens(header: Header) -> dict[str, int]:
    types = header.numbers("tokenizer.ggml.token_type")
    wanted = {number for number, kind in enumerate(types) if kind in (CONTROL, USER_DEFINED)}
    if not wanted:
        return {}
    texts = enumerate(header.strings("tokenizer.ggml.tokens"))
    return {text.decode("utf-8", "replace"): number for number, text in texts if number in wanted}


def _fim_tokens(header: Header, special_tokens: Mapping[str, int]) -> dict[str, str]:
    by_id = {number: text for text, number in special_tokens.items()}
    found: dict[str, str] = {}
    for role, short in FIM_ROLES.items():
        stated = header.number(f"tokenizer.ggml.fim_{short}_token_id")
        text = by_id.get(stated) if stated is not None else None
        text = text or next((known for known in FIM_TEXTS[role].split() if known in special_tokens), None)
        if text:
            found[role] = text
    return found


def _quantization(header: Header) -> str:
    stated = header.number("general.file_type")
    if stated is not None and stated in FILE_TYPES:
        return FILE_TYPES[stated]
    return "unknown" if stated is None else f"type {stated}"


def _unfit(path: Path, what: str, hint: str) -> ModelUnavailable:
    return ModelUnavailable(f"The model file {path} {what}.", hint=hint)
