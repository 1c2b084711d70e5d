"""What a loaded data set is, and the two ways in which a check varies it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograder.errors import DataError

if TYPE_CHECKING:
    import torch


# No __eq__: comparing the fields would ask a whole tensor whether it is true.
@dataclass(frozen=True, eq=False)
class Dataset:
    """Labelled images, split into a training and a test set. Shared: never change it in place.

    Attributes:
        name: what it was loaded as.
        X_train: [n, d] float32 in 0..1, one flattened image per row.
        y_train: [n] int64; class index in 0..classes-1.
        X_test: [m, d] float32 in 0..1.
        y_test: [m] int64.
        classes: number of classes.
        image_shape: height and width in pixels; their product is d.
    """

    name: str
    X_train: torch.Tensor
    y_train: torch.Tensor
    X_test: torch.Tensor
    y_test: torch.Tensor
    classes: int
    image_shape: tuple[int, int]

    def subset(self, n: int, generator: torch.Generator) -> Dataset:
        """The same test set with `n` random training rows, none twice.

        Args:
            n: rows to keep, 1..len(y_train).
            generator: CPU generator that chooses the rows.
        Raises:
            DataError: there are fewer training rows than that, or none were asked for.
        """
        import torch

        rows = len(self.y_train)
        if not 1 <= n <= rows:
            raise DataError(f"{self.name} has {rows:,} training examples, {n:,} were asked for.")
        chosen = torch.randperm(rows, generator=generator)[:n]
        return replace(self, X_train=self.X_train[chosen], y_train=self.y_train[chosen])

    def permuted(self, generator: torch.Generator) -> Dataset:
        """The same examples with their pixels in one random order, alike in training and test.

        An MLP learns as well from them, but weights trained on the original order are useless.

        Args:
            generator: CPU generator that chooses the order.
        """
        import torch

        order = torch.randperm(self.X_train.shape[1], generator=generator)
        return replace(
            self,
            X_train=self.X_train.index_select(1, order),
            X_test=self.X_test.index_select(1, order),
        )
