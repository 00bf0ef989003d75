"""Every file in cases/ is a list of suggestions, and what of each is worth showing."""

import tomllib
from pathlib import Path

import pytest

from tests.postprocess.check import check, check_again

CASES = Path(__file__).parent / "cases"


def cases() -> list[object]:
    result = []
    for path in sorted(CASES.glob("*.toml")):
        file = tomllib.loads(path.read_text("utf-8"))
        for number, case in enumerate(file["case"], start=1):
            result.append(pytest.param(file["language"], case, id=f"{path.stem}-{number}: {case['note']}"))
    return result


@pytest.mark.parametrize(("language", "case"), cases())
def test_what_is_shown_of_a_suggestion(language: str, case: dict[str, str]) -> None:
    check(
        before=case["before"],
        generated=case["generated"],
        after=case.get("after"),
        language=language,
    )


@pytest.mark.parametrize(("language", "case"), cases())
def test_what_is_shown_once_is_shown_again(language: str, case: dict[str, str]) -> None:
    """A suggestion from the cache is cleaned like one that the model has just written."""
    check_again(before=case["before"], generated=case["generated"], language=language)
