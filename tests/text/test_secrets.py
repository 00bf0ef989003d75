"""What is blanked, what stays, and how long it takes."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.text.secrets import BLANK, is_secret_file, redact, redact_at_once

# Made up for these tests. They are put together here so that no scanner takes this file for a leak.
HEX = "0123456789abcdef"
MIXED = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA"

SECRETS = {
    "AWS access key id": "AKIA" + "IOSFODNN7QZ4TKWB",
    "AWS temporary key id": "ASIA" + "IOSFODNN7QZ4TKWB",
    "Google API key": "AIza" + "SyA1bC3dE5fG7hI9jK1lM3nO5pQ7rS9tU1v",
    "Google OAuth token": "ya29." + "a0AfH6SMBx3dE5gH7jK9mN1",
    "Google client secret": "GOCSPX-" + MIXED[:28],
    "GitHub token": "ghp_" + MIXED + "bC2d",
    "GitHub fine-grained token": "github_pat_" + MIXED,
    "GitLab token": "glpat-" + MIXED[:20],
    "Slack bot token": "xoxb-" + "123456789012-abcdefABCDEF1234",
    "the shortest of all, an old Slack token": "xoxb-" + MIXED[:10],
    "the shortest JSON web token": ".eyJ" + "zdW2." + "dozjgNr9",
    "Slack webhook": "hooks.slack.com/services/" + "T01234567/B01234567/" + MIXED[:24],
    "Discord webhook": "discord.com/api/webhooks/" + "123456789012345678/" + MIXED * 2,
    "Stripe key": "sk_live_" + MIXED[:24],
    "Stripe test key": "rk_test_" + MIXED[:24],
    "OpenAI key": "sk-proj-" + MIXED,
    "Anthropic key": "sk-ant-" + "api03-" + MIXED,
    "Hugging Face token": "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH",
    "npm token": "npm_" + MIXED + "bC2d",
    "PyPI token": "pypi-" + "AgEIcHlwaS5vcmc" + MIXED * 2,
    "SendGrid key": "SG." + MIXED[:22] + "." + (MIXED * 2)[:43],
    "Twilio key": "SK" + HEX * 2,
    "Mailgun key": "key-" + HEX * 2,
    "DigitalOcean token": "dop_v1_" + HEX * 4,
    "Shopify token": "shpat_" + HEX * 2,
    "Databricks token": "dapi" + HEX * 2,
    "Vault token": "hvs." + MIXED,
    "Telegram bot token": "123456789:" + "AA" + MIXED + "b",
    "age key": "AGE-SECRET-KEY-1" + ("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" * 2)[:58],
    "JSON web token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N",
    "Azure storage key": "AccountKey=" + (MIXED * 3)[:86] + "==",
    "Azure shared access signature": "?sv=2022&sig=" + MIXED + "%2Bab%3D",
}

ASSIGNED = [
    'password = "hunter2!x"',
    "PASSWORD=Tr0ub4dor&3x",
    '"client_secret": "a8f5f167f44f4964e6c998dee827110c"',
    "api_key: 9f86d081884c7d659a2f",
    "const authToken = `Zx9-81kd-00vq`;",
    'def connect(password: str = "Zq9#kk12!"): ...',
    'curl --token "9f86d081884c7d659a2f"',
    'secrets["api_key"] = "9f86d081884c7d65"',
    "postgres://shop:n0tAgu3ss@db.internal/shop",
    'secretpassword = "hunter2!x"',
    'encryption-key: "9f86d081884c7d659a2f"',
    'PRIVATEKEY = "9f86d081884c7d659a2f"',
    "https://bot:9f86d081884c@git.example.org/x.git",
    "Authorization: Bearer 9f86d081884c7d659a2f9f86d081884c",
]

HARMLESS = [
    "token = request.token",
    'password = "password"',
    'token = os.environ["API_TOKEN"]',
    "secret: your-secret-here",
    'password = "<password>"',
    "API_KEY=${API_KEY}",
    'api_key = "changeme123"',
    'Token.Number: "#976806",',
    'token_url = "https://auth.shop.org/oauth2/token"',
    'password_field = "user.password_hash"',
    "def tokens(text: str) -> list[str]:",
    'join(pwd, "./data/set-1.csv")',
    "for token in tokenizer.encode(text, add_special_tokens=False):",
    "https://user:password@shop.org/",
    "sha = 9f86d081884c7d659a2feaa0c55ad015",
    'integrity: "sha512-9f86d081884c7d659a2feaa0c55ad015"',
    "risk-assessment-of-something-long-and-winding",
    "/reset-password/step2",
    "git+ssh://git@shop.org:22/x",
]  # fmt: skip


@pytest.mark.parametrize("kind", SECRETS)
def test_every_kind_of_token_is_blanked(kind):
    text = f'first = 1\nvalue = call("{SECRETS[kind]}")\nlast = 2\n'
    shown = redact(text)
    assert shown != text
    assert BLANK * 8 in shown
    assert len(shown) == len(text)
    assert shown.count("\n") == text.count("\n")
    assert shown.startswith("first = 1\n")
    assert shown.endswith("last = 2\n")


@pytest.mark.parametrize("line", ASSIGNED)
def test_what_is_assigned_to_a_secret_name_is_blanked(line):
    assert BLANK * 6 in redact(f"a = 1\n{line}\nb = 2\n")


@pytest.mark.parametrize("line", [*SECRETS.values(), *ASSIGNED, *HARMLESS])
@pytest.mark.parametrize("near", ["", "key = 1\n", "İ\u212aey = 1\n"])
def test_who_knows_the_words_of_a_text_finds_the_same(line, near):
    """They tell where not to look: no secret may hide there."""
    text = f"{near}{line}\r\n{line.upper()}\n"
    words = " ".join(dict.fromkeys(re.findall(r"[A-Za-z_$][A-Za-z0-9_$]*", text)))
    assert redact_at_once(text, words) == redact_at_once(text)


@pytest.mark.parametrize("line", HARMLESS)
def test_names_placeholders_and_digests_stay(line):
    """Code with holes in it teaches a model nothing."""
    assert redact(f"{line}\n") == f"{line}\n"


def test_a_private_key_loses_its_body_and_keeps_its_lines():
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\r\nq1w2e3r4\n-----END RSA PRIVATE KEY-----\n"
    text = f"before\n{key}after\n"
    shown = redact(text)
    assert "MIIE" not in shown
    assert "q1w2" not in shown
    assert [len(line) for line in shown.split("\n")] == [len(line) for line in text.split("\n")]
    assert "after" in shown


def test_a_private_key_without_an_end_is_blanked_to_the_end():
    assert "MIIE" not in redact("-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n")


def test_offsets_stay_where_lower_case_is_longer():
    """`İ`.lower() has two characters; blanking one place further left would leave the secret's end."""
    text = 'x = "İİİİ"; password = "hunter2!x"\n'
    assert redact(text) == 'x = "İİİİ"; password = "*********"\n'


@pytest.mark.parametrize(
    "hostile",
    [
        "-----BEGIN PRIVATE KEY-----\n" * 10_000,
        "password" * 25_000,
        "password=" * 25_000,
        "a" * 500_000,
        "://" * 150_000,
        "eyJ" * 150_000,
        "eyJaaaaaaaa." * 40_000,
        'token = "' * 50_000,
        "secret" + " " * 400_000,
        "_" * 200_000 + "token",
    ],
    ids=lambda text: text[:20].strip(),
)
def test_no_text_takes_more_than_linear_time(hostile):
    started = time.perf_counter()
    redact(hostile)
    assert time.perf_counter() - started < 3


def test_secret_files_are_known_by_name():
    secret = [
        ".env", "app/.env.production", "deploy/server.pem", "id_rsa", "home/.ssh/config", ".netrc",
        ".npmrc", ".pypirc",
        "ca/x.p12", "kubeconfig", ".kube/config", "x.tfvars", "terraform.tfstate", ".git-credentials",
        "app.keystore",
        "service-account-prod.json", "A/.AWS/credentials", "id_ed25519", "SERVER.KEY",
    ]  # fmt: skip
    harmless = [
        ".env.example", ".env.template", "id_rsa.pub", "environment.py", "keys.py", "config",
        "secrets.py", "token.go",
        "src/password.ts", "kube/config.yaml", "idle.py",
    ]  # fmt: skip
    assert [path for path in secret if not is_secret_file(path)] == []
    assert [path for path in harmless if is_secret_file(path)] == []


BODY = "\n".join((MIXED * 2)[shift : shift + 64].swapcase() + MIXED[:shift] for shift in range(4))


@pytest.mark.parametrize(
    "around", ["{}\n", 'KEY = """\n{}\n"""\n', "# {}\n", '"{}\\n"\n', "{}\n-----END PRIVATE KEY-----\n"]
)
def test_a_piece_of_a_private_key_is_blanked_too(around):
    """What a model sees is cut from a file, and the cut may go through a key."""
    shown = redact(around.format(BODY.replace("\n", "\n# " if around[0] == "#" else "\n")))
    assert not any(line[8:40] in shown for line in BODY.split("\n"))


@pytest.mark.parametrize(
    "line",
    [
        "9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015",
        "a" * 70,
        "AVeryLongNameOfAClassThatNobodyWouldWriteButSomebodyMayGenerateSomeday",
        "/" * 70,
        "path/to/some/file/that/is/deep/in/the/tree/and/has/many/folders/in/it",
    ],
)
def test_long_lines_that_are_no_key_stay(line):
    assert redact(f"{line}\n") == f"{line}\n"


LINES = [
    *(f'token = "{secret}"\n' for secret in SECRETS.values()),
    *(f"{secret}\n" for secret in SECRETS.values()),
    "-----BEGIN RSA " + "PRIVATE KEY-----\n",
    "-----END RSA " + "PRIVATE KEY-----\n",
    *(f"{MIXED * 2}\n", "total = price * 2\n", "\n", "İ = 'x'\n", "password = ", "\r", "\r\n"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=400).map("".join), st.integers(0, 3_000))
def test_far_lines_are_remembered_without_a_difference(text: str, cut: int) -> None:
    """A long text is looked at in two parts; where it is cut and what was seen before changes nothing."""
    for shown in (text, text[cut:], text[:cut], text + "x", text):
        assert redact(shown) == redact_at_once(shown)
