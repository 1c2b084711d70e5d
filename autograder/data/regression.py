"""The data set with real numbers as targets that travels inside the package (provenance: README.md beside)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

import numpy as np
import torch

NAME = "diabetes"
_TRAINING_ROWS = 353  # four fifths of all


# No __eq__: comparing two data sets would ask a tensor with many entries whether it is true.
@dataclass(frozen=True, eq=False)
class Regression:
    """Rows of measurements with a number to be predicted for each. Shared: never change it in place.

    Attributes:
        name: what it is called.
        X_train: [n, d] float32; each feature has mean 0 and standard deviation 1 over these rows.
        y_train: [n] float32, in its own unit.
        X_test: [m, d] float32, moved and scaled as the training rows were.
        y_test: [m] float32.
    """

    name: str
    X_train: torch.Tensor
    y_train: torch.Tensor
    X_test: torch.Tensor
    y_test: torch.Tensor

    def permuted(self, generator: torch.Generator) -> Regression:
        """The same rows with their features in a random order, the same one for both parts."""
        order = torch.randperm(self.X_train.shape[1], generator=generator)
        return replace(self, X_train=self.X_train[:, order], X_test=self.X_test[:, order])


def load(generator: torch.Generator) -> Regression:
    """Diabetes, 442 patients and 10 features, split at random into 353 and 89 rows."""
    X, y = _embedded()
    order = torch.randperm(len(y), generator=generator)
    train = order[:_TRAINING_ROWS]
    test = order[_TRAINING_ROWS:]
    std, mean = torch.std_mean(X[train], dim=0, correction=0)
    X = ((X - mean) / std).float()
    y = y.float()
    return Regression(NAME, X[train], y[train], X[test], y[test])


@lru_cache(maxsize=1)
def _embedded() -> tuple[torch.Tensor, torch.Tensor]:
    """X [442, 10] and y [442] float64, in the order and the units of the original file."""
    source = files(__package__) / f"{NAME}.npz"
    with source.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        features = archive["features"]
        target = archive["target"]
    return torch.from_numpy(features), torch.from_numpy(target.astype("float64"))
