"""Every setting of Kibitz, in one place: the tree `kibitz`, as editors send it.

The same tree comes from `initializationOptions: {"kibitz": {…}}` and from `workspace/configuration`.
The VS Code manifest and the table in the README are checked against this file. Nothing here raises
for what a user wrote: a wrong value is a complaint in one sentence, and the default is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Scope = Literal["machine", "window"]  # machine: never from a workspace, since it picks what runs
Value = bool | int | str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    key: str  # below `kibitz.`
    default: Value
    scope: Scope
    description: str
    minimum: int = 0
    maximum: int = 0  # 0: no limit
    choices: tuple[str, ...] = ()


LANGUAGES = ("auto", "en", "zh", "de", "es", "fr", "ja", "ko", "pt", "ru")
LOG_LEVELS = ("error", "warning", "info", "debug")

SETTINGS: tuple[Setting, ...] = (
    Setting(key="enabled", default=True, scope="window", description="Run Kibitz."),
    Setting(
        key="model", default="", scope="machine",
        description="`bundled`, a name that `kibitz models list` shows, or the path of a `.gguf` file. "
        "Empty: what `kibitz models use` chose, at first the bundled one.",
    ),
    Setting(
        key="threads", default=0, scope="machine", maximum=256,
        description="Threads that the model may use; 0 picks a number that suits this machine.",
    ),
    Setting(
        key="language", default="auto", scope="window", choices=LANGUAGES,
        description="Natural language of explanations; `auto` follows the editor.",
    ),
    Setting(
        key="log.level", default="warning", scope="window", choices=LOG_LEVELS,
        description="How much the server writes to its log.",
    ),
    Setting(
        key="completion.enabled", default=True, scope="window", description="Suggest code while you type."
    ),
    Setting(
        key="completion.maxLines", default=8, scope="window", minimum=1, maximum=100,
        description="Most lines that one suggestion may have.",
    ),
    Setting(
        key="completion.maxTokens", default=96, scope="window", minimum=1, maximum=1024,
        description="Most tokens that the model may write for one suggestion.",
    ),
    Setting(
        key="completion.deadlineMs", default=3000, scope="window", minimum=100, maximum=60_000,
        description="A suggestion that would come later than this, in milliseconds, is not shown.",
    ),
    Setting(
        key="completion.minConfidence", default=15, scope="window", maximum=100,
        description="A suggestion that is less likely right than this, in percent, stays hidden while you "
        "type; 0 shows all. Only for models whose certainty was calibrated, such as the bundled one, and for "
        "imports.",
    ),
    Setting(
        key="context.enabled", default=True, scope="window",
        description="Let the model see related code of other files, not only the open one.",
    ),
    Setting(
        key="context.budgetTokens", default=0, scope="window",
        description="Most tokens of other files in one prompt; 0 means what fits the model.",
    ),
    Setting(
        key="context.exclude", default=(), scope="window",
        description="Files that the model never sees, as patterns like those of a `.gitignore`.",
    ),
    Setting(
        key="endpoint.url", default="", scope="machine",
        description="A model server that tells explanations, as `http://127.0.0.1:8080/v1`: llama-server, "
        "Ollama, vLLM, LM Studio or any that speaks the OpenAI protocol. Its key comes from the environment "
        "variable `KIBITZ_ENDPOINT_KEY` or from the system's keyring. Empty: the model of this machine "
        "tells them.",
    ),
    Setting(
        key="endpoint.model", default="", scope="machine",
        description="The model of that server to ask; empty means the first that it lists.",
    ),
    Setting(
        key="endpoint.lookAround", default=False, scope="machine",
        description="Let a model server on another machine look things up in the repository by itself. "
        "One on this machine always may.",
    ),
    Setting(
        key="endpoint.completes", default=False, scope="machine",
        description="Let that server complete code, too. Its model must be one that was trained to fill in. "
        "llama-server says itself how it is asked; of other servers the model's name must tell, such as "
        "`qwen2.5-coder:1.5b-base`.",
    ),
    Setting(
        key="fixes.checker", default=(), scope="machine",
        description="A checker of your own that fixes are tried with, as a list: `[\"mypy\"]` or "
        "`[\"tsc\", \"--noEmit\", \"{file}\"]`, where `{file}` is a copy in a temporary folder. It is run "
        "when you open the menu, sees no configuration of the workspace, and decides what is verified.",
    ),
    Setting(
        key="cache.url", default="", scope="machine",
        description="A Redis server, as `redis://user:password@host:6379/0`, in which explanations, "
        "docstrings and completions are kept for all your machines. Empty: in a file of this one.",
    ),
    Setting(
        key="statistics.enabled", default=True, scope="window",
        description="Count, on this machine only, how fast suggestions come and how many are accepted: "
        "`kibitz stats`.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What was configured; `settings_of` makes one."""

    enabled: bool
    model: str
    threads: int
    language: str
    log_level: str
    completion_enabled: bool
    completion_max_lines: int
    completion_max_tokens: int
    completion_deadline_ms: int
    completion_min_confidence: int
    context_enabled: bool
    context_budget_tokens: int
    context_exclude: tuple[str, ...]
    endpoint_url: str
    endpoint_model: str
    endpoint_look_around: bool
    endpoint_completes: bool
    fixes_checker: tuple[str, ...]
    cache_url: str
    statistics_enabled: bool


_FIELDS = {
    "log.level": "log_level",
    "completion.enabled": "completion_enabled",
    "completion.maxLines": "completion_max_lines",
    "completion.maxTokens": "completion_max_tokens",
    "completion.deadlineMs": "completion_deadline_ms",
    "completion.minConfidence": "completion_min_confidence",
    "context.enabled": "context_enabled",
    "context.budgetTokens": "context_budget_tokens",
    "context.exclude": "context_exclude",
    "endpoint.url": "endpoint_url",
    "endpoint.model": "endpoint_model",
    "endpoint.lookAround": "endpoint_look_around",
    "endpoint.completes": "endpoint_completes",
    "fixes.checker": "fixes_checker",
    "cache.url": "cache_url",
    "statistics.enabled": "statistics_enabled",
}
# What clients use themselves and may send along.
CLIENT_KEYS = ("server.command", "server.python", "trace.server")


def settings_of(*trees: object) -> tuple[Settings, list[str]]:
    """(settings, complaints) of the *trees* under `kibitz`, nested or with dotted keys; a later one wins.

    None, as a tree or as a value, says nothing.
    """
    given: dict[str, object] = {}
    complaints: list[str] = []
    for tree in trees:
        flat, wrong = _flat(tree)
        given |= {key: value for key, value in flat.items() if value is not None}
        complaints += wrong
    values: dict[str, Value] = {}
    for setting in SETTINGS:
        value, complaint = _checked(setting, given.pop(setting.key, None))
        values[_FIELDS.get(setting.key, setting.key)] = value
        if complaint:
            complaints.append(complaint)
    complaints += [f"kibitz.{key} is no setting of Kibitz" for key in given if key not in CLIENT_KEYS]
    return Settings(**values), complaints  # type: ignore[arg-type]


def for_windows(tree: object) -> tuple[object, list[str]]:
    """(*tree* without the keys of machine scope, those it had): all that a folder without trust may say."""
    machine = {setting.key for setting in SETTINGS if setting.scope == "machine"}
    flat, wrong = _flat(tree)
    if wrong:
        return tree, []
    refused = sorted(machine.intersection(key for key, value in flat.items() if value is not None))
    return {key: value for key, value in flat.items() if key not in machine}, refused


def markdown_table() -> str:
    rows = ["| setting | default | |", "|---|---|---|"]
    for it in SETTINGS:
        default = (
            "[]"
            if it.default == ()
            else str(it.default).lower()
            if it.default in (True, False)
            else it.default
        )
        rows.append(f"| `kibitz.{it.key}` | `{default}` | {it.description} |")
    return "\n".join(rows) + "\n"


def _flat(tree: object) -> tuple[dict[str, object], list[str]]:
    if tree is None or tree == []:  # Lua, and so Neovim, cannot tell an empty tree from an empty list
        return {}, []
    if not isinstance(tree, Mapping):
        return {}, [f"the settings under `kibitz` are {type(tree).__name__}, not a tree; defaults are used"]
    flat: dict[str, object] = {}
    leaves = {setting.key for setting in SETTINGS} | set(CLIENT_KEYS)
    waiting: list[tuple[str, object]] = [(str(key), value) for key, value in tree.items()]
    while waiting:
        key, value = waiting.pop(0)
        if isinstance(value, Mapping) and key not in leaves and key.count(".") < 4:
            waiting += [(f"{key}.{inner}", it) for inner, it in value.items()]
        elif value != [] or key in leaves:
            flat[key] = value
    return flat, []


def _checked(setting: Setting, value: object) -> tuple[Value, str]:
    """(value to use, complaint or "")."""
    wrong = f"kibitz.{setting.key} is {value!r}"[:200]
    instead = f"{'[]' if setting.default == () else setting.default!r} is used"
    if value is None:
        return setting.default, ""
    if isinstance(setting.default, bool):
        return (
            (value, "")
            if isinstance(value, bool)
            else (setting.default, f"{wrong}, not true or false; {instead}")
        )
    if isinstance(setting.default, int):
        if not isinstance(value, int) or isinstance(value, bool):
            return setting.default, f"{wrong}, not a whole number; {instead}"
        if value < setting.minimum or (setting.maximum and value > setting.maximum):
            limits = f"{setting.minimum} to {setting.maximum or 'any'}"
            return setting.default, f"{wrong}, outside of {limits}; {instead}"
        return value, ""
    if isinstance(setting.default, tuple):
        if isinstance(value, list | tuple) and all(isinstance(it, str) for it in value):
            return tuple(value), ""
        return setting.default, f"{wrong}, not a list of texts; {instead}"
    if not isinstance(value, str):
        return setting.default, f"{wrong}, not a text; {instead}"
    if setting.choices and value not in setting.choices:
        return setting.default, f"{wrong}, none of {', '.join(setting.choices)}; {instead}"
    return value, ""
