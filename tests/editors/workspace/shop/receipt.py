"""The receipt that is printed for a cart."""

from shop.cart import Cart


def receipt_lines(cart: Cart) -> list[str]:
    lines = [f"{item.quantity} x {item.name}" for item in cart.items]
    lines.append(f"total {cart.total():.2f}")
    return lines


def discounted(total: float, discount: float) -> float:
    return total * (1 - rate)
