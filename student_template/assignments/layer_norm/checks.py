"""What students can check themselves in layer_norm."""

import torch

from autograder.checking import check, close, unchanged


@check("mean_square")
def averages_the_squares(student, case):
    """mean_square(x) is the mean of x^2 over all entries."""
    x = case.normal(3, 2)
    close(student.mean_square(x), torch.nn.functional.mse_loss(x, torch.zeros_like(x)), factors={"n": 3, "n d": 6})


@check("mean_square")
def keeps_dtype_and_input(student, case):
    """mean_square works in float32 and leaves its input alone."""
    x = case.normal(4, 5, dtype=torch.float32)
    close(unchanged(student.mean_square, x), x.square().mean())
