"""What the handout quotes: `autograder measure conv_net --repeat 20`. The tolerances are for a few starts."""

from torch.nn import functional

from autograder.checking import measurement

from .checks import maps, trained_accuracy


def mean_square(case, W, b):
    """The mean square behind a ReLU, of 32 filters of 5 x 5 on normal images."""
    x = case.normal(100, 1, 28, 28, dtype=W.dtype)
    return functional.relu(maps(x, W, b)).square().mean().item()


@measurement(says="| Kaiming, $a = 0$ | normal, variance $2/25$ | 1.0 |", quoted={"digits": 1.0}, tolerance=0.1)
def size_behind_kaiming(student, case):
    """the mean square behind 32 filters by Kaiming"""
    return mean_square(case, *student.init_kernels(32, 1, 5, case.generator()))


@measurement(says="| torch's own `Conv2d` | uniform in $\\pm 1/5$ | 0.17 |", quoted={"digits": 0.17}, tolerance=0.03)
def size_behind_torch(student, case):
    """the mean square behind 32 filters that start as torch's"""
    both = [case.uniform(*shape, low=-0.2, high=0.2) for shape in ((32, 1, 5, 5), (32,))]
    return mean_square(case, *both)


@measurement(says="test accuracy of 0.74 after three epochs", quoted={"digits": 0.74}, tolerance=0.12)
def accuracy_of_the_check(student, case):
    """test accuracy of the training that checks ask for"""
    return trained_accuracy(student, case)


@measurement(says="and 0.92 with 1,200 images", quoted={"digits": 0.92}, tolerance=0.08)
def accuracy_with_more_images(student, case):
    """test accuracy with 1,200 images"""
    case.training["rows"] = 1200
    return trained_accuracy(student, case)
