"""What the handout quotes: `autograder measure softmax_backprop --dataset mnist`, which takes minutes."""

from autograder.checking import measurement

from .checks import trained_accuracy


@measurement(
    says="on the full MNIST set, the reference exceeds 98 % on the test images after ten epochs",
    quoted={"mnist": 0.984},
    tolerance=0.003,
)
def accuracy_after_training(student, case):
    """test accuracy after the training of the table"""
    return trained_accuracy(student, case)
