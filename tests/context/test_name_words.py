"""What names say on their own, asked of many at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lsp_server.context.name_words import FORMS, SELDOM_MEANT, NameWords
from tests.index.check import snapshot_of


def known(words, names, weights):
    return words.known(words.numbers(names), words.weights(weights)).tolist()


def test_a_name_is_known_by_the_share_of_its_words_that_stand_near():
    words = NameWords()
    weights = {"stop_updates": 1.0, "updates": 0.5}
    assert known(words, ["updatesStop", "stopSub", "subject"], weights) == [1.0, 0.5, 0.0]


def test_words_that_come_later_are_not_near():
    words = NameWords()
    near = words.weights({"cart": 1.0})
    later = words.numbers(["newly_found", "cart"])
    assert words.known(later, near).tolist() == [0.0, 1.0]


def test_its_form_is_known():
    words = NameWords()
    forms = words.forms(words.numbers(["_private", "Capital", "abc", "len", "zz", "return"])).tolist()
    short, everyday = FORMS["is_short"], FORMS["is_everyday"]
    private, capital = FORMS["is_private"] | SELDOM_MEANT, FORMS["is_capital"]
    assert forms == [private, capital, short, short | everyday, short | SELDOM_MEANT, SELDOM_MEANT]


def test_what_the_index_calls_a_name_is_remembered():
    """Names that come later are looked up, too, and so are those that nothing defines."""
    snapshot, words = snapshot_of({"a.py": "def net(gross): ...\n"}), NameWords()
    for names in (["net", "absent"], ["gross", "net", *(f"name{it}" for it in range(5_000)), "absent"]):
        numbers = words.numbers(names)
        for _ in range(2):
            terms = words.terms(numbers, snapshot.names.settled)
            assert terms.tolist() == snapshot.names.settled.terms(names).tolist()


@pytest.mark.parametrize("threads", [1, 8])
def test_thousands_of_names_keep_their_words(threads):
    """What they are kept in grows meanwhile, and several requests may ask at once."""
    words = NameWords()
    parts = [[f"part{part}_of_name{number}_x_y" for number in range(2_000)] for part in range(8)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(words.numbers, parts))
    names = [it for part in parts for it in part]
    assert known(words, names, dict.fromkeys(names, 1.0)) == [1.0] * len(names)
    assert len(set(words.numbers(names).tolist())) == len(names)
    assert known(words, ["name7_z"], {"name7": 0.5}) == [pytest.approx(1 / 3)]
