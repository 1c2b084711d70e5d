"""A loaded data set, and the two ways in which a check varies it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograder.errors import DataError

if TYPE_CHECKING:
    import torch


# No __eq__: comparing two data sets would ask a tensor with many entries whether it is true.
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
        """The same data set with only `n` random training rows, none twice; the test set stays whole.

        Args:
            n: rows to keep, 1..len(y_train).
            generator: CPU generator that chooses the rows.
        Raises:
            DataError: n is 0, or there are fewer training rows.
        """
        import torch

        rows = len(self.y_train)
        if not 1 <= n <= rows:
            raise DataError(f"{self.name} has {rows:,} training examples, {n:,} were asked for.")
        chosen = torch.randperm(rows, generator=generator)[:n]
        return replace(self, X_train=self.X_train[chosen], y_train=self.y_train[chosen])

    def permuted(self, generator: torch.Generator) -> Dataset:
        """The same examples with their pixels in a random order, the same one for training and test images.

        An MLP learns from them as well as before, but weights trained on the original order are useless.

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
