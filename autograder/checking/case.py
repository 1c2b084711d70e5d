"""`case`: the inputs of one check, all drawn from one seed."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ..evidence import Block
from ..model import Seed
from .verdict import Verdict

if TYPE_CHECKING:
    from ..data import Dataset
    from ..data.regression import Regression

# Arrays that people read have numbers that people can read. Two inputs of 40 entries are as much as a snippet writes
# out (`explaining.snippets.MOST_ENTRIES`); a larger one is drawn again from its seed.
READABLE_ENTRIES = 40
READABLE_DIGITS = 4
MOST_DIGITS = 300  # behind the point; a power of ten beyond overflows


class Case:
    """Draws inputs for one check.

    Args:
        seed: decides everything drawn here.
        load_data: returns the run's data set when a check asks for it; None where no check may.
        training: the settings that `assignment.toml` states for that data set.
        secret_pixels: whether `data` is disguised. Pre-trained weights are then useless, while a network that knows
            nothing of pixels and classes learns as well as before.
    """

    def __init__(
        self, seed: int, *, load_data: Callable[[], Dataset] | None, training: dict[str, Any], secret_pixels: bool
    ) -> None:
        self.seed = seed
        self._generator = torch.Generator().manual_seed(seed)
        self._recipes: list[_Recipe] = []
        self._load_data = load_data
        self._secret_pixels = secret_pixels
        self._data: Dataset | None = None
        self.rows = 0  # of the largest training set that was asked for
        self.training = training
        self.at_desk = False  # whether a student checks their own work
        self.shown: list[Block] = []

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
        for recipe in self._recipes:
            if recipe.tensor is x and recipe.version == x._version:
                return recipe.text
        return ""

    def _drawn(self, law: str, shape: tuple[int, ...], start: float, scale: float, dtype: torch.dtype) -> torch.Tensor:
        """start + scale * draws: small arrays with few digits, large ones from a seed of their own."""
        draw = getattr(torch, law)
        if math.prod(shape) <= READABLE_ENTRIES:
            exact = start + scale * draw(shape, generator=self._generator, dtype=torch.float64)
            return _rounded(exact, scale).to(dtype)
        # A seed of its own, so that a student can draw the array again without what was drawn before it.
        seed = int(torch.randint(2**31, (), generator=self._generator))
        own = torch.Generator().manual_seed(seed)
        # Always drawn in float64: in another dtype a generator yields other numbers, not the same ones rounded.
        x = (start + scale * draw(shape, generator=own, dtype=torch.float64)).to(dtype)
        text = _expression(law, shape, seed)
        if (start, scale) != (0, 1):
            text = f"{start!r} + {scale!r} * {text}"
        if dtype != torch.float64:
            text = f"({text}).to({dtype})"
        self._recipes.append(_Recipe(x, x._version, text))
        return x

    def integers(self, low: int, high: int, *shape: int) -> torch.Tensor:
        """int64 draws from low..high-1."""
        return torch.randint(low, high, shape, generator=self._generator)

    def labels(self, n: int, k: int) -> torch.Tensor:
        """[n] int64 class indices in 0..k-1; every class occurs if n >= k."""
        drawn = self.integers(0, k, n)
        some = min(n, k)
        drawn[:some] = self.permutation(k)[:some]
        return drawn[self.permutation(n)]  # so that the first rows are nothing special

    def permutation(self, n: int) -> torch.Tensor:
        """[n] int64, the numbers 0..n-1 in random order."""
        return torch.randperm(n, generator=self._generator)

    def generator(self) -> Seed:
        """A seed that reaches the student's function as a fresh `torch.Generator`."""
        return Seed(int(self.integers(0, 2**31, 1)))

    def show_at_desk(self, measure: Callable[[], Block]) -> None:
        """Show a student who checks their own work what this function measures; elsewhere it is not called.

        Nothing of it is judged: if the student's code fails in it, nothing is shown.
        """
        if self.at_desk:
            with contextlib.suppress(Verdict):
                self.shown.append(measure())

    @property
    def data(self) -> Dataset:
        """The run's data set; a training check must never send `y_test` to the student's code."""
        data = self._whole()
        self.rows = len(data.X_train)
        return data

    def subset(self, n: int) -> Dataset:
        """`data` with only n random training rows; the test set whole."""
        self.rows = max(self.rows, n)
        return self._whole().subset(n, self._generator)

    @property
    def regression(self) -> Regression:
        """The embedded patients with a number to predict for each, split anew; `y_test` stays with the check."""
        from ..data import regression

        data = regression.load(self._generator)
        if self._secret_pixels:
            data = data.permuted(self._generator)
        self.rows = max(self.rows, len(data.X_train))
        return data

    def _whole(self) -> Dataset:
        if self._data is None:
            if self._load_data is None:
                raise LookupError("This check asks for a data set, and the run has none.")
            self._data = self._load_data()
            if self._secret_pixels:
                rename = self.training.get("rename_classes", True)
                images = self.training.get("images", False)
                self._data = self._data.disguised(self._generator, rename_classes=rename, images=images)
        return self._data


@dataclass(frozen=True, eq=False)
class _Recipe:
    """A tensor that was drawn, torch's count of the changes made to it in place, and the expression that draws it."""

    tensor: torch.Tensor
    version: int
    text: str


def _expression(law: str, shape: tuple[int, ...], seed: int) -> str:
    size = ", ".join(map(str, shape))
    return f"torch.{law}({size}, generator=torch.Generator().manual_seed({seed}), dtype=torch.float64)"


def _rounded(x: torch.Tensor, spread: float) -> torch.Tensor:
    """The nearest numbers with few significant digits.

    Digits are counted from the leading one of the number or of the spread, whichever is smaller, so that numbers far
    from 0 that lie close together stay apart. None becomes 0.
    """
    values = x.numpy()  # numpy takes a third of torch's time for so few entries
    magnitude = np.maximum(np.minimum(np.abs(values), abs(spread)), 1e-300)  # the logarithm of 0 is not finite
    digits = np.minimum(READABLE_DIGITS - 1 - np.floor(np.log10(magnitude)), MOST_DIGITS)
    scale = np.power(10.0, digits)
    return torch.from_numpy(np.where(digits < MOST_DIGITS, np.rint(values * scale) / scale, values))
