"""Undoes a mixture of pixels in pairs: with few levels of grey, a mixed column lies on a lattice that tells its shares.

A submission can hold all of it: it needs nothing but torch, and of the images from before their histograms alone.
"""

import torch

LEVELS = 16  # the brightest pixel; a pixel is a whole number of these
RIDGE = 0.02  # so that columns that cannot be told apart make no large weights


def histograms(X):
    """[d, 17] how often each column of images [n, d] has each level of grey."""
    levels = (X * LEVELS).round().long()
    return torch.stack([(levels == level).double().mean(0) for level in range(LEVELS + 1)], 1)


def mixture(X, known):
    """[d, d] by which images were multiplied before they became X [n, d], as far as the lattices of the columns tell.

    Args:
        known: [d, 17] the histogram of each column before.
    """
    found = torch.zeros(X.shape[1], X.shape[1])
    for column, mixed in enumerate(X.T):
        share, parts = _parts(mixed.double() * LEVELS)
        for part, weight in zip(parts, (1 - share, share), strict=True):
            place = (known - histograms(part[:, None] / LEVELS)).abs().sum(1).argmin()
            found[place, column] += weight
    return found


def _parts(mixed):
    """The smaller share in a column [n], and the levels [n] of both pixels; the one with the larger share first."""
    levels = torch.arange(LEVELS + 1).double()
    pairs = torch.cartesian_prod(levels, levels)
    best, found = float("inf"), (0.0, [mixed, mixed])
    low = mixed[(mixed > 0) & (mixed < 1)].unique()
    for share in torch.cat([low, 1 - low]).unique().tolist():
        if not 0.05 < share < 0.45:
            continue
        points, order = (pairs @ torch.tensor([1 - share, share]).double()).sort()
        nearest = torch.bucketize(mixed, (points[1:] + points[:-1]) / 2)
        error = (points[nearest] - mixed).abs().max()
        if error < best:
            best, found = error, (share, list(pairs[order[nearest]].T))
    return found


def fitted(params, X, y, known):
    """Weights from before, as they must be for images that were mixed and classes that got other numbers.

    Args:
        params: (W, b) for each layer; W [inputs, outputs].
        X: [n, d] images of the new kind, with labels y [n].
        known: [d, 17] the histogram of each column before.
    """
    (W, b), *others = params
    M = mixture(X, known)
    eye = torch.eye(len(W))
    layers = [(torch.linalg.solve(M.T @ M + RIDGE * eye, M.T @ W), b), *others]
    rows = X
    for W, b in layers[:-1]:
        rows = (rows @ W + b).clamp(min=0)
    W, b = layers[-1]
    classes = (rows @ W + b).argmax(1)
    numbers = torch.arange(W.shape[1])
    votes = torch.stack([(classes[y == number, None] == numbers).sum(0) for number in numbers])
    old = votes.argmax(1)
    return [*layers[:-1], (W[:, old], b[old])]
