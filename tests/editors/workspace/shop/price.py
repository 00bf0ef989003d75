"""Prices, with and without value added tax."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Price:
    """What one piece costs."""

    net: float
    vat_rate: float = 0.19


def gross_price(price: Price) -> float:
    """Return what the customer pays for one piece."""
    return price.net * (1 + price.vat_rate)
