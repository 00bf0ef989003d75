"""Find secrets in text and blank them, so that no model, cache or log ever sees one.

A secret is replaced by as many `*`: no offset and no line moves. Every pattern is linear in the
length of the text: what repeats is bounded, and nothing optional stands before the first literal.
Missing a secret is worse than blanking a harmless token, but code must stay readable: a name
("token = request.token") or a placeholder ("<password>", "${TOKEN}") is never blanked.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from string import ascii_lowercase

import numpy as np

from lsp_server.text.words import words

BLANK = "*"
NEAR_CHARACTERS = 1_600  # of a text's end: where somebody types
_PATHS_KEPT = 1 << 16
_KELVIN = "\u212a"  # of all other letters, it alone has one of ours, k, as its whole lower case

# Tokens whose issuers gave them a form of their own; the first group, if there is one, is the secret.
# (a text it must contain, the form); the text is looked for first, which is fast. What a form finds is made
# of _RUN_BYTES alone and not shorter than _RUN_MIN_BYTES.
_FORMS = tuple(
    (literal, re.compile(form))
    for literal, form in (
        ("AKIA", r"AKIA[A-Z0-9]{16}\b"),  # AWS access key id
        ("ASIA", r"ASIA[A-Z0-9]{16}\b"),
        ("AIza", r"AIza[\w-]{35}"),  # Google API key
        ("ya29.", r"ya29\.[\w-]{20,400}"),  # Google OAuth access token
        ("GOCSPX-", r"GOCSPX-[\w-]{20,60}"),  # Google OAuth client secret
        ("gh", r"gh[opsur]_[A-Za-z0-9]{30,255}"),  # GitHub
        ("github_pat_", r"github_pat_\w{22,255}"),
        ("gl", r"gl(?:pat|dt|rt|cbt|ptt|soat)-[\w-]{20,60}"),  # GitLab
        ("xapp-", r"xapp-\d-[\w-]{20,250}"),
        ("hooks.slack.com", r"hooks\.slack\.com/services/(T\w{6,20}/B\w{6,20}/\w{16,40})"),
        ("/api/webhooks/", r"/api/webhooks/(\d{15,20}/[\w-]{60,80})"),  # Discord
        ("_live_", r"[srp]k_live_[A-Za-z0-9]{16,250}"),  # Stripe
        ("_test_", r"[srp]k_test_[A-Za-z0-9]{16,250}"),
        ("whsec_", r"whsec_[A-Za-z0-9+/=]{20,100}"),
        ("sk-", r"sk-(?:ant-|proj-|svcacct-|or-v1-)?[\w-]{24,250}"),  # OpenAI, Anthropic, OpenRouter
        ("hf_", r"hf_[A-Za-z]{30,60}"),  # Hugging Face
        ("gsk_", r"gsk_[A-Za-z0-9]{40,80}"),  # Groq
        ("r8_", r"r8_[A-Za-z0-9]{36,40}"),  # Replicate
        ("npm_", r"npm_[A-Za-z0-9]{36}"),
        ("pypi-", r"pypi-[\w-]{50,250}"),
        ("rubygems_", r"rubygems_[a-f0-9]{40,60}"),
        ("SG.", r"SG\.[\w-]{16,32}\.[\w-]{30,60}"),  # SendGrid
        ("SK", r"SK[0-9a-f]{32}\b"),  # Twilio
        ("key-", r"key-[0-9a-f]{32}\b"),  # Mailgun
        ("_v1_", r"do[opr]_v1_[a-f0-9]{64}"),  # DigitalOcean
        ("shp", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),  # Shopify
        ("sq0", r"sq0(?:atp|csp)-[\w-]{22,60}"),  # Square
        ("EAAA", r"EAAA[\w-]{60}"),
        ("dapi", r"dapi[a-f0-9]{32}"),  # Databricks
        ("hv", r"hv[sb]\.[\w-]{24,200}"),  # Vault
        ("lin_api_", r"lin_api_[A-Za-z0-9]{32,60}"),  # Linear
        ("dp.", r"dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9]{40,60}"),  # Doppler
        ("ATATT3", r"ATATT3[\w=-]{50,300}"),  # Atlassian
        ("NRAK-", r"NRAK-[A-Z0-9]{27}"),  # New Relic
        ("AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
        ("PMAK-", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),  # Postman
        ("EAACEdEose0cBA", r"EAACEdEose0cBA[A-Za-z0-9]{20,250}"),  # Facebook
        (":AA", r"\b\d{8,10}:AA[\w-]{33}"),  # Telegram bot
        ("AccountKey=", r"AccountKey=([A-Za-z0-9+/]{60,100}={0,2})"),  # Azure storage
        ("SharedAccessKey=", r"SharedAccessKey=([A-Za-z0-9+/]{30,100}={0,2})"),
        ("sig=", r"sig=([A-Za-z0-9%+/]{30,120}={0,2})"),  # Azure shared access signature
    )
)

# What these find may be shorter. (a word, or a part of one, that it must contain, the form)
_SHORT_FORMS = (
    ("xox", re.compile(r"xox[abeoprs]-[\w-]{10,250}")),  # Slack
    ("eyJ", re.compile(r"\.eyJ[\w-]{4,4000}\.[\w-]{8,1000}")),  # JSON web token, all but its header
)

_RUN_MIN_BYTES = 20  # an AWS access key id
_KEY_LINE_RUN = re.compile(rb"[A-Za-z0-9+/]{60}")
_RUN_BYTES = frozenset(b"_-./+=:%") | {it for it in range(256) if it >= 0x80 or chr(it).isalnum()}
_PLAIN_BYTES = b"_-./+=:%" + ascii_lowercase.encode()  # alone, they make words: see `_has_capital_or_digit`
_IS_RUN = bytes(it in _RUN_BYTES for it in range(256))
_RUN_STEPS = (1, 2, 4, 8, 4)  # their sum is one less than the least length of a run

_URL_PASSWORD = re.compile(r"://[^\s:/@'\"<>{}$]{0,100}:(?P<secret>[^\s@/'\"<>{}$%]{3,200})@(?=[\w.\[-])")
_SCHEMES = ("bearer", "basic", "token")
_HEADER = re.compile(
    r"\b(?:Bearer|Basic|Token|token|bearer|basic) (?P<secret>[A-Za-z0-9+/._~-]{20,2000}={0,2})"
)
# What a variable that holds a secret is called, in lower case; a key only behind one of the words.
_SECRET_NAMES_HELD = ("passwd", "password", "passphrase", "pwd", "secret", "token", "credential")
_KEYS = ("api", "access", "account", "private", "signing", "encryption", "auth", "client")
_KEYS_MAX_CHARACTERS = max(map(len, _KEYS)) + 1
# What follows such a name: = "value", ": "value", = value to the line's end, , "value", : str = "value"
_ASSIGNED = re.compile(
    r"[\w.-]{0,30}[\"'\]]{0,2}(?::[ \t]{0,4}[\w.\[\]| ]{1,40}(?=[ \t]{0,4}=))?[ \t]{0,8}"
    r"(?:(?:=>|:=|=|:|,|[ ])[ \t]{0,8}(?:[rbf]|[A-Za-z]{1,12}\()?"
    r"(?P<quote>[\"'`])(?P<quoted>[^\"'`\n]{6,300})(?P=quote)"
    r"|[=:][ \t]{0,8}(?P<bare>[^\s\"'`,;(){}\[\]<>$\\|]{8,300})[ \t]{0,8}(?=\r|\n|$|#))"
)
_PLACEHOLDER = re.compile(
    r"^(?:[*x.•_-]+|<.*>|\$.*|%.*|\{.*\}|.*\$\{.*|.*\{\{.*)$"
    r"|example|sample|dummy|change[_-]?me|replace|placeholder|your|redacted|insert|fake|none|null|undefined|test[_-]?only",
    re.IGNORECASE,
)
_KEY_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
# A line in the middle of one, if it may stand in a comment or a string.
_KEY_LINE = re.compile(
    r"^[ \t\"'#*/;-]{0,16}([A-Za-z0-9+/]{60,80}={0,2})(?=[\"'\\, \t\r\n)+]|$)", re.MULTILINE
)
_KEY_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
# Colours, paths, versions and names.
_HARMLESS_VALUE = re.compile(
    r"^(?:#[0-9a-fA-F]{3,8}|[\w.-]*/[\w./-]*|\.{0,2}/.*|\d+(?:\.\d+)+|[\w.]+\[.*\]"
    r"|[A-Za-z_$][A-Za-z]*(?:[_.:/ -][A-Za-z]+)*\d{0,2}[.:]?)$"
)


def redact(text: str) -> str:
    """Return *text* with every secret blanked; same length, same line ends."""
    if "PRIVATE KEY" in text:
        return redact_at_once(text)
    # Any other secret lies on one line, so lines may be looked at apart; those far above a text's end are the
    # same from keystroke to keystroke.
    far = text.rfind("\n", 0, max(0, len(text) - NEAR_CHARACTERS)) + 1
    return _redacted_before(text[:far]) + redact_at_once(text[far:])


@lru_cache(maxsize=64)
def _redacted_before(text: str) -> str:
    return redact_at_once(text)


def redact_at_once(text: str, words: str | None = None) -> str:
    """As `redact`, nothing remembered.

    *words*, if they are known: all runs of A-Z, a-z, 0-9, _ and $ in *text*, each once, with a space between
    them, whatever digits one begins with left out. They are much shorter, and tell what need not be looked
    for.
    """
    held = words.lower() if words is not None and _KELVIN not in text else _lowered(text)
    words, runs = words or text, _long_runs(text)
    spans = [
        *_private_keys(text, words, runs), *_tokens(text, words, runs), *_passwords_in_urls(text),
        *_named(text, held),
    ]  # fmt: skip
    if not spans:
        return text
    pieces, done = [], 0
    for start, end in sorted(spans):
        if end <= done:
            continue
        start = max(start, done)
        pieces += [text[done:start], _blank(text[start:end])]
        done = end
    return "".join([*pieces, text[done:]])


@lru_cache(maxsize=_PATHS_KEPT)
def is_secret_file(path: str) -> bool:
    """Whether a file of this name holds secrets by its nature; its content is never read."""
    folder, _, name = path.lower().rpartition("/")
    if name.endswith(_HARMLESS_ENDINGS):
        return False
    folders = folder.split("/")
    return (
        name in _SECRET_NAMES
        or name[name.rfind(".") :] in _SECRET_SUFFIXES
        or name.startswith((".env.", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"))
        or (name.startswith("service") and "account" in name and name.endswith(".json"))
        or (folders[-1], name) in _SECRET_PLACES
        or not _SECRET_FOLDERS.isdisjoint(folders)
    )


_HARMLESS_ENDINGS = (".example", ".sample", ".template", ".dist", ".pub", ".defaults")
_SECRET_NAMES = words(
    """
    .env .envrc .netrc _netrc .npmrc .pypirc .pgpass .my.cnf .htpasswd .dockercfg .git-credentials
    .s3cfg .boto .vault-token .terraformrc terraform.tfstate terraform.tfstate.backup kubeconfig
    credentials credentials.json secrets.json secrets.yaml secrets.yml secrets.toml secrets.env
    client_secret.json key.json master.key .bash_history .zsh_history .python_history .psql_history
    wp-config.php local.settings.json .yarnrc.yml
    """
)
_SECRET_SUFFIXES = words(
    """
    .pem .key .p12 .pfx .p8 .jks .keystore .kdbx .kdb .gpg .asc .ppk .ovpn .tfvars .agekey .keytab
    .pkcs12
    """
)
_SECRET_PLACES = {
    (".kube", "config"),
    (".docker", "config.json"),
    (".git", "config"),
    (".aws", "config"),
    (".cargo", "credentials.toml"),
    (".gem", "credentials"),
}
_SECRET_FOLDERS = {".ssh", ".gnupg", ".aws", ".azure", ".gcloud"}


def _long_runs(text: str) -> list[bytes]:
    """Whatever in *text* may be a token, each once: a tenth of it, so that many forms are soon looked for."""
    data = text.encode("utf-8", "surrogatepass")
    # Where so many bytes of a run begin, by doubling: 2, 4, 8, 16, 20.
    begins = np.frombuffer(data.translate(_IS_RUN), np.bool_)
    if len(begins) < _RUN_MIN_BYTES:
        return []
    for step in _RUN_STEPS:
        begins = begins[:-step] & begins[step:]
    places = begins.nonzero()[0]
    if not len(places):
        return []
    gaps = (places[1:] - places[:-1] > 1).nonzero()[0]
    starts = [int(places[0]), *places[gaps + 1].tolist()]
    ends = [*(places[gaps] + _RUN_MIN_BYTES).tolist(), int(places[-1]) + _RUN_MIN_BYTES]
    long = {data[start:end] for start, end in zip(starts, ends, strict=True)}
    return [run for run in long if run.translate(None, _PLAIN_BYTES)]


def _private_keys(text: str, words: str, runs: Sequence[bytes]) -> list[tuple[int, int]]:
    """Bodies of keys. What is looked at may be a piece of a file, which begins or ends within a key."""
    spans = []
    if _KEY_LINE_RUN.search(b" ".join(it for it in runs if len(it) >= 60)):
        spans = [match.span(1) for match in _KEY_LINE.finditer(text) if _is_base64(match[1])]
    if "PRIVATE" not in words or "PRIVATE KEY" not in text:
        return spans
    position = 0
    first_end = _KEY_END.search(text)
    if first_end is not None and _KEY_BEGIN.search(text, 0, first_end.start()) is None:
        spans.append((0, first_end.start()))
        position = first_end.end()
    while begin := _KEY_BEGIN.search(text, position):
        end = _KEY_END.search(text, begin.end())
        position = end.start() if end else len(text)
        spans.append((begin.end(), position))
    return spans


def _is_base64(line: str) -> bool:
    """No digest and no row of a letter."""
    kinds = (str.isupper, str.islower, str.isdigit)
    return all(any(map(kind, line)) for kind in kinds) and _is_random(line, bits=4.0)


def _tokens(text: str, words: str, runs: Sequence[bytes]) -> list[tuple[int, int]]:
    possible = b" ".join(runs).decode("utf-8", "surrogatepass")
    # A form ends where a run ends, if not before.
    forms = [form for literal, form in _FORMS if literal in possible and form.search(possible)]
    forms += [form for part, form in _SHORT_FORMS if part in words]
    return [
        match.span(match.lastindex or 0)
        for form in forms
        for match in form.finditer(text)
        if _has_capital_or_digit(match[match.lastindex or 0]) and not _is_inside_word(text, match.start())
    ]


def _has_capital_or_digit(text: str) -> bool:
    """Else it is words: `sk-some-long-class-name`."""
    return any(it.isdigit() or it.isupper() for it in text)


def _is_inside_word(text: str, start: int) -> bool:
    return start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_") and text[start].isalnum()


def _passwords_in_urls(text: str) -> list[tuple[int, int]]:
    if "@" not in text or "://" not in text:
        return []
    return [
        match.span("secret")
        for match in _URL_PASSWORD.finditer(text)
        if not _PLACEHOLDER.search(match["secret"])
        and match["secret"].lower() not in ("password", "pass", "secret", "pw", "pwd", "passwd")
    ]


def _named(text: str, held: str) -> list[tuple[int, int]]:
    """What stands behind a word that says what it is; *held* has all words of *text*, in lower case."""
    schemes = [it for it in _SCHEMES if it in held]
    names = [it for it in _SECRET_NAMES_HELD if it in held]
    # A word that begins with it may stand behind another and a hyphen.
    has_key = any(_is_key(held, it) or held[it - 1 : it] in ("", " ") for it in _starts(held, "key"))
    if not schemes and not names and not has_key:
        return []
    lowered = _lowered(text)
    ends = [start + len(name) for name in names for start in _starts(lowered, name)]
    if has_key:
        ends += [start + len("key") for start in _starts(lowered, "key") if _is_key(lowered, start)]
    return _in_headers(text, lowered, schemes) + _assigned(text, ends)


def _in_headers(text: str, lowered: str, schemes: Sequence[str]) -> list[tuple[int, int]]:
    found = (_HEADER.match(text, start) for it in schemes for start in _starts(lowered, f"{it} "))
    return [it.span("secret") for it in found if it is not None and _is_random(it["secret"], bits=3.2)]


def _assigned(text: str, ends: Sequence[int]) -> list[tuple[int, int]]:
    """What is assigned to the names under which secrets are kept, which have these *ends*."""
    spans = []
    for end in ends:
        match = _ASSIGNED.match(text, end)
        if match is None:
            continue
        group = "quoted" if match["quoted"] is not None else "bare"
        value = match[group]
        if not _PLACEHOLDER.search(value) and _is_secret_value(value, is_quoted=group == "quoted"):
            spans.append(match.span(group))
    return spans


def _is_key(lowered: str, start: int) -> bool:
    before = lowered[max(0, start - _KEYS_MAX_CHARACTERS) : start]
    return before.endswith(_KEYS) or (before[-1:] in ("_", "-") and before[:-1].endswith(_KEYS))


def _starts(text: str, literal: str) -> Iterator[int]:
    """Where *literal* stands. Several such searches are much faster than one for a pattern of them all."""
    start = text.find(literal)
    while start >= 0:
        yield start
        start = text.find(literal, start + 1)


def _lowered(text: str) -> str:
    """Lower case that moves no offset: some capitals have a lower case of two characters."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(it if len(it) == 1 else "?" for it in map(str.lower, text))


def _is_secret_value(value: str, *, is_quoted: bool) -> bool:
    if _HARMLESS_VALUE.match(value) or " " in value.strip() or "://" in value or "\\" in value:
        return False
    if not is_quoted and ("." in value.strip(".") or "::" in value or value[0] in "-/&@*"):
        return False
    return _is_random(value, bits=2.5 if is_quoted else 3.0)


def _is_random(value: str, *, bits: float) -> bool:
    """Letters with digits or signs among them, and hardly a repetition: nothing a person names."""
    kinds = sum(
        any(test(character) for character in value)
        for test in (str.islower, str.isupper, str.isdigit, lambda character: not character.isalnum())
    )
    counts = Counter(value)
    entropy = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    has_digit = any(character.isdigit() for character in value)
    return kinds >= 2 and (has_digit or kinds >= 3) and entropy >= bits


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", BLANK, text)
