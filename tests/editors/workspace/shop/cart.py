"""A shopping cart: what is in it, and what it costs."""

from dataclasses import dataclass, field

from shop.price import Price, gross_price


@dataclass
class Item:
    """Some pieces of one product."""

    name: str
    price: Price
    quantity: int = 1


@dataclass
class Cart:
    """The items that a customer has chosen."""

    items: list[Item] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Put *item* into the cart."""
        self.items.append(item)

    def total(self) -> float:
        """Return what the customer pays for everything."""
        return sum(gross_price(item.price) * item.quantity for item in self.items)
