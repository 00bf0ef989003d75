"""What the model is shown stays while somebody types on a line, and changes when that would help."""

from tests.completion.place import Place

FILES = {
    "shop/price.py": "def net_price(gross, vat_rate):\n    return gross / (1 + vat_rate)\n",
    "shop/mail.py": "def send_receipt(address, lines):\n    ...\n",
}
ABOVE = "from shop.price import net_price\n\n\ndef total(items):\n"


def contexts(place: Place, *lines: str) -> list[tuple[tuple[str, int], ...]]:
    """What was shown after each of *lines*, as places."""
    return [
        tuple((it.path, it.start_line) for it in place.complete(ABOVE + line + "│\n").context)
        for line in lines
    ]


def test_keystrokes_on_a_line_change_nothing():
    place = Place(*(["x"] * 9), files=FILES)
    shown = contexts(place, "    ", "    s", "    su", "    sum", "    sum(", "    sum(n", "    sum(net")
    assert len(set(shown)) == 1


def test_a_name_that_is_not_shown_yet_is_looked_up_once_it_is_typed():
    place = Place(*(["x"] * 9), files=FILES)
    before, still, after = contexts(place, "    ", "    send_receipt", "    send_receipt(")
    assert before == still
    assert "shop/mail.py" in {path for path, _ in after}


def test_another_line_is_another_place():
    place = Place("x", "x", files=FILES)
    place.complete(ABOVE + "    │\n    y = 1\n")
    place.complete(ABOVE + "    y = 1\n    │\n")
    assert len(place.model.requests) == 2
