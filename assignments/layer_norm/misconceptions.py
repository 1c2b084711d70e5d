"""Known wrong answers of layer_norm: how each differs from the reference, and what the student reads."""

from autograder.checking import change, misconception, replacement

misconception("sum_for_mean", change("mean_square", "(x * x).mean()", "(x * x).sum()")).says(
    "Your result grows with the number of entries: is it a mean yet?"
)
misconception("forgot_the_square", change("mean_square", "(x * x).mean()", "x.mean()")).says(
    "Your result is the mean of x itself: what became of the square?"
)
misconception("root_taken", change("mean_square", "(x * x).mean()", "(x * x).mean().sqrt()")).says(
    "Your result is the root of the mean square: is the root asked for here?"
)
misconception("half_of_it", change("mean_square", "(x * x).mean()", "(x * x).mean() / 2")).says(
    "Your result is half of what must come back: where does the 1/2 come from?"
)
misconception("squares_in_place", replacement("def mean_square(x):\n    return x.mul_(x).mean()\n")).says(
    "Your function squares x itself: who else still needs it?"
)
