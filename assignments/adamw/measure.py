"""What the handout quotes: `autograder measure adamw`, also with the other data sets."""

from autograder.checking import measurement

from .checks import accuracy_after_training


@measurement(
    says="The reference gets about 92, 88 and 77 %.",
    quoted={"digits": 0.92, "mnist": 0.88, "fashion_mnist": 0.77},
    tolerance=0.02,
)
def accuracy_with_adamw(student, case):
    """test accuracy with AdamW"""
    return accuracy_after_training(student, case)
