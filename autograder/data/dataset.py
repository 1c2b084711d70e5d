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
# By how much the shares of two neighbours of a pixel may differ from what they are elsewhere in the image. With it, all
# neighbours together stay below half of a pixel, so that the smoothing can be undone.
WAVERING = 0.2
# Of each pixel, before it is mixed: one level of the coarsest grey, that of the digits. Without it, mixed levels lie on
# a lattice that tells the shares; with it, they lie everywhere.
GRAIN = 1 / 16


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

    def disguised(self, generator: torch.Generator, *, rename_classes: bool = True, images: bool = False) -> Dataset:
        """The same examples in a form in which weights, tables of labels and numbers of rows from before are useless.

        Pixels get a little noise and are mixed in pairs, and classes get other numbers; a random part of the training
        rows is left out, and all rows are in a random order. A network that knows nothing of all this learns as well
        as before. Where it looks at neighbouring pixels, images are turned or mirrored and smoothed instead of mixed,
        and remain images.

        Args:
            generator: CPU generator that makes all of these choices.
            rename_classes: False where a class means something to the student's code.
            images: True where the student's code knows which pixels lie side by side.
        """
        import torch

        if images:
            mixed = _other_view(self.image_shape, generator)
        else:
            mixed = _mixture(self.X_train.shape[1], generator)
        numbers = torch.arange(self.classes)
        if rename_classes:
            numbers = torch.randperm(self.classes, generator=generator)
        train = torch.randperm(len(self.y_train), generator=generator)[: round(KEPT * len(self.y_train))]
        test = torch.randperm(len(self.y_test), generator=generator)
        return replace(
            self,
            X_train=mixed(_grained(self.X_train[train], generator)),
            y_train=numbers[self.y_train[train]],
            X_test=mixed(_grained(self.X_test[test], generator)),
            y_test=numbers[self.y_test[test]],
        )


def _grained(X: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Images in which no two pixels have the same level of grey; they stay in 0..1."""
    import torch

    noise = torch.rand(X.shape, generator=generator, dtype=X.dtype)
    return torch.lerp(X, noise, GRAIN)


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


def _other_view(shape: tuple[int, int], generator: torch.Generator) -> Callable[[torch.Tensor], torch.Tensor]:
    """A random way to make an image out of each flattened image, in which neighbours are neighbours still.

    It is one of the symmetries of the rectangle, or of the square where height and width agree, and then each pixel is
    mixed with the eight around it. All shares are positive and add up to 1, and more than half is the pixel's own, so
    that no two images become alike. The shares differ a little from place to place.
    """
    import torch

    height, width = shape
    turned = _symmetry(shape, generator)
    total = LEAST_SHARE + (MOST_SHARE - LEAST_SHARE) * torch.rand((), generator=generator)
    shares = torch.rand(8, 1, 1, generator=generator)
    wavering = 1 + WAVERING * (2 * torch.rand(8, height, width, generator=generator) - 1)
    neighbours = total * shares / shares.sum() * wavering
    own = 1 - neighbours.sum(dim=0, keepdim=True)
    kernel = torch.cat([neighbours[:4], own, neighbours[4:]])

    def viewed(X: torch.Tensor) -> torch.Tensor:
        framed = torch.nn.functional.pad(turned(X.reshape(-1, height, width)), (1, 1, 1, 1))
        smoothed = torch.zeros_like(X).reshape(-1, height, width)
        for place, share in enumerate(kernel.to(X.dtype)):
            i, j = divmod(place, 3)
            smoothed += share * framed[:, i : i + height, j : j + width]
        # A sum of shares may round to a little more than 1.
        return smoothed.clamp_(0, 1).flatten(1)

    return viewed


def _symmetry(shape: tuple[int, int], generator: torch.Generator) -> Callable[[torch.Tensor], torch.Tensor]:
    """One of the ways to turn and mirror images that keep their shape: eight for a square, four for a rectangle."""
    import torch

    height, width = shape
    upside_down, mirrored, along_diagonal = torch.randint(2, (3,), generator=generator).bool().tolist()
    axes = [axis for axis, flipped in ((1, upside_down), (2, mirrored)) if flipped]

    def turned(images: torch.Tensor) -> torch.Tensor:
        if along_diagonal and height == width:
            images = images.transpose(1, 2)
        return images.flip(axes)

    return turned
