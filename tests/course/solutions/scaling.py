"""Scaling: the reference of the miniature assignment."""

import torch


def double(x: torch.Tensor) -> torch.Tensor:
    """Twice a tensor.

    Args:
        x: [...] any float dtype.
    Returns:
        [...] the doubled entries.
    """
    # Multiplication reads better than x + x.
    return 2 * x


class Counter:
    """Adds up numbers; `total` holds the sum."""

    def __init__(self, start: int = 0) -> None:
        self.total = start

    def add(self, amount: int) -> int:
        """Add an amount and give the new total."""
        self.total += amount
        return self.total
