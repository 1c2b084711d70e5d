"""A loaded data set, and the two ways in which a check varies it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograder.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

KEPT = 0.9  # of the training rows of a disguised data set: as many as any assignment trains with, and never the same
# Of the second pixel. Below, sorting the pixels of an image would nearly give the same as before; above, the map that
# undoes the mixture would make small differences large, and networks would learn more slowly.
LEAST_SHARE = 0.1
MOST_SHARE = 0.35


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

    def disguised(self, generator: torch.Generator, *, rename_classes: bool = True) -> Dataset:
        """The same examples in a form in which weights, tables of labels and numbers of rows from before are useless.

        Pixels are mixed in pairs and classes get other numbers; a random part of the training rows is left out, and
        all rows are in a random order. A network that knows nothing of all this learns as well as before.

        Args:
            generator: CPU generator that makes all of these choices.
            rename_classes: False where a class means something to the student's code.
        """
        import torch

        mixed = _mixture(self.X_train.shape[1], generator)
        numbers = torch.arange(self.classes)
        if rename_classes:
            numbers = torch.randperm(self.classes, generator=generator)
        train = torch.randperm(len(self.y_train), generator=generator)[: round(KEPT * len(self.y_train))]
        test = torch.randperm(len(self.y_test), generator=generator)
        return replace(
            self,
            X_train=mixed(self.X_train[train]),
            y_train=numbers[self.y_train[train]],
            X_test=mixed(self.X_test[test]),
            y_test=numbers[self.y_test[test]],
        )


def _mixture(columns: int, generator: torch.Generator) -> Callable[[torch.Tensor], torch.Tensor]:
    """A random way to make each column of a matrix out of two of its columns, which can be undone.

    Shares are positive and add up to 1, so that pixels stay in 0..1. The larger one is more than half, so that no two
    images become alike.
    """
    import torch

    first = torch.randperm(columns, generator=generator)
    second = first.roll(1)
    share = LEAST_SHARE + (MOST_SHARE - LEAST_SHARE) * torch.rand(columns, generator=generator)

    def mixed(X: torch.Tensor) -> torch.Tensor:
        return torch.lerp(X[:, first], X[:, second], share.to(X.dtype))

    return mixed
