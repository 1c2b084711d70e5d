"""What the handout quotes: `autograder measure sigmoid_gd`."""

from autograder.checking import accuracy, measurement

from .checks import detected


@measurement(
    says="A correct solution usually gets between 94 and 98 %.",
    quoted={"digits": 0.96},
    tolerance=0.02,
)
def accuracy_of_the_detector(student, case):
    """test accuracy of the detector"""
    return accuracy(*detected(student, case))


@measurement(says="There is a second measure that cannot be fooled by rare nines")
def balanced_accuracy_of_the_detector(student, case):
    """mean of its accuracies on nines and on the rest"""
    decisions, truth = detected(student, case)
    shares = [accuracy(decisions[truth == side], truth[truth == side]) for side in (0, 1)]
    return sum(shares) / 2


@measurement(
    says="a function that always answers 0 is right in 90 % of the cases", quoted={"mnist": 0.9}, tolerance=0.01
)
def accuracy_of_always_no(student, case):
    """test accuracy of always answering 0"""
    return (case.data.y_test != 9).double().mean().item()
