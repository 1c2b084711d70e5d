# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""Layer norm.

Read assignments/layer_norm/handout.md, then write the functions below. `autograder check layer_norm` tells how you are doing.
"""

import torch


# Exercise 1: The mean square (10 points)


def mean_square(x: torch.Tensor) -> torch.Tensor:
    """Mean of the squared entries.

    Args:
        x: [n, d] any float dtype.
    Returns:
        [] the mean over all n d entries.
    """
    # YOUR CODE HERE
    raise NotImplementedError
