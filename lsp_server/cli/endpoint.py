"""The options of commands that a model server may answer."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

C = TypeVar("C", bound=Callable[..., Any])


def endpoint_options(command: C) -> C:
    """Pass `endpoint` and `endpoint_model`."""
    url = click.option(
        "--endpoint",
        default="",
        envvar="KIBITZ_ENDPOINT_URL",
        metavar="URL",
        help="A model server that tells it, as http://127.0.0.1:8080/v1; its key in KIBITZ_ENDPOINT_KEY.",
    )
    model = click.option(
        "--endpoint-model",
        default="",
        envvar="KIBITZ_ENDPOINT_MODEL",
        metavar="NAME",
        help="The model of that server. Default: the first that it lists.",
    )
    return url(model(command))
