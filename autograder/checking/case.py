"""`case`: the inputs of one check, all drawn from one seed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch

from ..model import Seed

if TYPE_CHECKING:
    from ..data import Dataset

READABLE_ENTRIES, READABLE_DIGITS = 40, 4  # arrays that people read have numbers that people can read


class Case:
    """Draws inputs for one check.

    Args:
        seed: decides everything drawn here.
        load_data: gives the run's data set when a check asks for it.
        training: the settings that `assignment.toml` states for that data set.
        secret_pixels: whether `data` comes with its pixels permuted, so that pre-trained weights are useless
            while honest training of a network without knowledge of pixel order is unaffected.
    """

    def __init__(self, seed: int, *, load_data: Callable[[], Dataset], training: dict, secret_pixels: bool) -> None:
        self.seed = seed
        self._generator = torch.Generator().manual_seed(seed)
        self._recipes: list[tuple[torch.Tensor, int, str]] = []
        self._load_data = load_data
        self._secret_pixels = secret_pixels
        self._data: Dataset | None = None
        self.rows = 0  # of the largest training set that was asked for
        self.training = training

    def normal(
        self, *shape: int, mean: float = 0.0, std: float = 1.0, dtype: torch.dtype = torch.float64
    ) -> torch.Tensor:
        """Independent normal draws of the given shape."""
        return self._drawn("randn", shape, mean, std, dtype)

    def uniform(
        self, *shape: int, low: float = 0.0, high: float = 1.0, dtype: torch.dtype = torch.float64
    ) -> torch.Tensor:
        """Independent uniform draws between `low` and `high`."""
        return self._drawn("rand", shape, low, high - low, dtype)

    def recipe(self, x: torch.Tensor) -> str:
        """An expression that draws this very tensor again, or "" if it is small, or was not drawn here, or changed."""
        return next((text for y, version, text in self._recipes if y is x and y._version == version), "")

    def _drawn(self, law: str, shape: tuple, start: float, scale: float, dtype: torch.dtype) -> torch.Tensor:
        """start + scale * draws: small arrays with few digits, large ones from a seed of their own."""
        if math.prod(shape) <= READABLE_ENTRIES:
            exact = start + scale * getattr(torch, law)(shape, generator=self._generator, dtype=torch.float64)
            return _rounded(exact, scale).to(dtype)
        seed = int(torch.randint(2**31, (), generator=self._generator))
        own = torch.Generator().manual_seed(seed)
        x = (start + scale * getattr(torch, law)(shape, generator=own, dtype=torch.float64)).to(dtype)
        size, maker = ", ".join(map(str, shape)), f"torch.Generator().manual_seed({seed})"
        text = f"torch.{law}({size}, generator={maker}, dtype=torch.float64)"
        text = text if (start, scale) == (0, 1) else f"{start!r} + {scale!r} * {text}"
        if dtype != torch.float64:
            text = f"({text}).to({dtype})"
        self._recipes.append((x, x._version, text))
        return x

    def integers(self, low: int, high: int, *shape: int) -> torch.Tensor:
        """int64 draws from low..high-1."""
        return torch.randint(low, high, shape, generator=self._generator)

    def labels(self, n: int, k: int) -> torch.Tensor:
        """[n] int64 class indices in 0..k-1; every class occurs if n >= k."""
        drawn = self.integers(0, k, n)
        drawn[: min(n, k)] = self.permutation(k)[: min(n, k)]
        return drawn[self.permutation(n)]

    def permutation(self, n: int) -> torch.Tensor:
        """[n] int64, the numbers 0..n-1 in random order."""
        return torch.randperm(n, generator=self._generator)

    def generator(self) -> Seed:
        """A seed that reaches the student's function as a fresh `torch.Generator`."""
        return Seed(int(self.integers(0, 2**31, 1)))

    @property
    def data(self) -> Dataset:
        """The run's data set; a training check must never send `y_test`."""
        data = self._whole()
        self.rows = len(data.X_train)
        return data

    def subset(self, n: int) -> Dataset:
        """`data` with only n random training rows; the test set whole."""
        self.rows = max(self.rows, n)
        return self._whole().subset(n, self._generator)

    def _whole(self) -> Dataset:
        if self._data is None:
            data = self._load_data()
            self._data = data.permuted(self._generator) if self._secret_pixels else data
        return self._data


def _rounded(x: torch.Tensor, spread: float) -> torch.Tensor:
    """The nearest numbers with few significant digits, next to their spread if that is smaller; none becomes 0."""
    digits = READABLE_DIGITS - 1 - x.abs().clamp(max=abs(spread)).clamp(min=1e-300).log10().floor()
    scale = torch.pow(10.0, digits)
    return torch.where(digits < 300, (x * scale).round() / scale, x)
