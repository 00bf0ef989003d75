"""The key of a model server, which no file of settings holds."""

import importlib
import os

KEY = "KIBITZ_ENDPOINT_KEY"


def key_for(url: str) -> str:
    """From the environment, or the system's keyring where the package `keyring` is installed."""
    key = os.environ.get(KEY, "")
    if key:
        return key
    try:
        return str(importlib.import_module("keyring").get_password("kibitz", url) or "")
    except Exception:  # noqa: BLE001 - not installed, locked or broken: it holds no key for us
        return ""
