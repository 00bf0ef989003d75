"""Documentation comments of other languages than Python, on real functions."""
