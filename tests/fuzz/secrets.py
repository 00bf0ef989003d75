"""Secrets in a repository and around the cursor, and a whole server that works there. Counted in secrets.

None of them is ever in a prompt, in an answer, in the log, or in any file that the server keeps.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import string
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

from lsp_server.index.encoding import decoded
from tests.fuzz.effort import Effort
from tests.lsp.editor import VS_CODE, Editor, runtime_folder, scripted_server

PER_TRY = 200
FILES_PER_TRY = 40
PIECE = 10  # characters of a secret that nobody may see
ALL = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
# How secrets of these kinds are made up; all random.
KINDS: dict[str, Callable[[Random], str]] = {
    "AWS key id": lambda r: "AKIA" + some(r, string.ascii_uppercase + string.digits, 16),
    "GitHub": lambda r: "ghp_" + some(r, ALL, 36),
    "GitHub fine-grained": lambda r: "github_pat_" + some(r, ALL, 60),
    "GitLab": lambda r: "glpat-" + some(r, ALL, 20),
    "Slack": lambda r: "xoxb-" + some(r, string.digits, 12) + "-" + some(r, ALL, 24),
    "Stripe": lambda r: "sk_live_" + some(r, ALL, 24),
    "OpenAI": lambda r: "sk-proj-" + some(r, ALL, 48),
    "Anthropic": lambda r: "sk-ant-" + "api03-" + some(r, ALL, 60),
    "Hugging Face": lambda r: "hf_" + some(r, string.ascii_letters, 34),
    "Google API": lambda r: "AIza" + some(r, ALL, 35),
    "npm": lambda r: "npm_" + some(r, ALL, 36),
    "PyPI": lambda r: "pypi-" + some(r, ALL, 80),
    "SendGrid": lambda r: "SG." + some(r, ALL, 22) + "." + some(r, ALL, 43),
    "Twilio": lambda r: "SK" + some(r, HEX, 32),
    "DigitalOcean": lambda r: "dop_v1_" + some(r, HEX, 64),
    "Databricks": lambda r: "dapi" + some(r, HEX, 32),
    "Vault": lambda r: "hvs." + some(r, ALL, 30),
    "Telegram": lambda r: some(r, "123456789", 9) + ":AA" + some(r, ALL, 33),
    "JSON web token": lambda r: "eyJhbGciOiJIUzI1NiJ9.eyJ" + some(r, ALL, 30) + "." + some(r, ALL, 43),
    "private key": lambda r: some(r, ALL, 64),
    "password": lambda r: some(r, ALL, 10) + some(r, "!%+?~", 2) + some(r, string.digits, 4),
    "hexadecimal key": lambda r: some(r, HEX, 40),
}
NAMED = {"password": "password", "hexadecimal key": "api_key"}  # known by what they are called
SHOWN = {"JSON web token": 21}  # its header says what it is and nothing more
LINES = [
    '{name} = "{secret}"', "{name} = '{secret}'", '    {name}: str = "{secret}"', 'client.connect({name}="{secret}")',
    'config["{name}"] = "{secret}"', '{{"{name}": "{secret}"}}', 'os.environ["{name}"] = "{secret}"',
]  # fmt: skip
ANYWHERE = [
    "# use {secret} for now",
    "call('{secret}')",
    "curl -H 'X-Key: {secret}' x",
    'x = ["{secret}", 1]',
    "{secret}",
]


def fuzz(effort: Effort) -> None:
    for random in effort:
        home = Path(tempfile.mkdtemp(prefix="kibitz-fuzz-"))
        try:
            look_for_leaks(random, home, f"seed {effort.seed}, try {effort.number}")
        finally:
            shutil.rmtree(home, ignore_errors=True)
            shutil.rmtree(runtime_folder(home), ignore_errors=True)
        effort.done += PER_TRY


def look_for_leaks(random: Random, home: Path, where: str) -> None:
    root = home / "repository"
    root.mkdir()
    names = list(KINDS)
    planted = {KINDS[kind](random): kind for kind in (names * PER_TRY)[:PER_TRY]}
    lines = [line(random, kind, secret) for secret, kind in planted.items()]
    random.shuffle(lines)
    texts = [source(number, lines[number::FILES_PER_TRY]) for number in range(FILES_PER_TRY)]
    for number, text in enumerate(texts):
        (root / f"module_{number}.py").write_text(text)
    server = scripted_server(home)
    try:
        editor = Editor(server, root, VS_CODE, {"log": {"level": "debug"}}, shows_explanations=True)
        editor.wait_for_status("ready", 60)
        for number in random.sample(range(FILES_PER_TRY), 12):
            work_in(editor, random, f"module_{number}.py", texts[number])
        seen = json.dumps([server.request("test/prompts"), server.received], ensure_ascii=False)
        editor.quit()
        assert "*" * 16 in seen, f"{where}: nobody looked at them"
        check(planted, seen, f"{where}: in a prompt or an answer")
        check(planted, server.log(), f"{where}: in the log")
    finally:
        server.kill()
    for path in home.rglob("*"):
        if path.is_file() and not path.is_relative_to(root):
            check(planted, kept_in(path), f"{where}: in {path.name}")


def work_in(editor: Editor, random: Random, file: str, text: str) -> None:
    """Complete at a place anywhere in the file, and look at what would be shown of others."""
    editor.model_will_say("argument)")
    offset = random.randrange(len(text))  # in the middle of a secret, too
    editor.open(file, text[:offset] + "│" + text[offset:])
    editor.suggestions(trigger=1)
    editor.context()
    lines = text.split("\n")
    at = random.randrange(2, len(lines))
    editor.open(file, "\n".join([*lines[:at], "total = value_0(│)", *lines[at:]]))
    editor.suggestions(trigger=1)
    editor.type(" ")
    editor.suggestions()


def source(number: int, lines: list[str]) -> str:
    """A module that others would like to see."""
    imports = "".join(
        f"from module_{other % FILES_PER_TRY} import value_{other % FILES_PER_TRY}\n"
        for other in range(number + 1, number + 6)
    )
    middle = "\n".join(lines)
    return f"{imports}\n{middle}\n\n\ndef value_{number}(argument):\n    return argument + {number}\n\n{middle}\n"


def line(random: Random, kind: str, secret: str) -> str:
    if kind == "private key":
        return f"KEY = '''-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----'''"
    if kind in NAMED:
        return random.choice(LINES).format(name=NAMED[kind], secret=secret)
    form = random.choice(LINES + ANYWHERE)
    return form.format(name=random.choice(["value", "token", "thing"]), secret=secret)


def kept_in(path: Path) -> str:
    """All that a file holds, unpacked."""
    if path.suffix != ".sqlite":
        return path.read_bytes().decode("utf-8", "replace")
    parts = [path.read_bytes().decode("latin-1")]
    with sqlite3.connect(path) as database:
        if path.name == "answers.sqlite":  # sealed, not packed
            values = database.execute("SELECT value FROM answers").fetchall()
            return "\n".join(parts + [bytes(value).decode("utf-8", "replace") for (value,) in values])
        rows = database.execute("SELECT path, entry FROM file").fetchall()
    for name, entry in rows:
        file = decoded(entry)
        parts += [name, file.text, repr(file.outline)]
    return "\n".join(parts)


def check(planted: dict[str, str], text: str, where: str) -> None:
    leaked = [
        (kind, secret)
        for secret, kind in planted.items()
        if any(
            secret[first : first + PIECE] in text
            for first in range(SHOWN.get(kind, 6), len(secret) - PIECE + 1, 4)
        )
    ]
    assert not leaked, f"{where}: {leaked[:3]}"


def some(random: Random, alphabet: str, length: int) -> str:
    return "".join(random.choices(alphabet, k=length))
