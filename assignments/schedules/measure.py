"""What the handout quotes: `autograder measure schedules`, also with the other data sets."""

from autograder.checking import measurement

from .checks import losses_of_two_trainings


@measurement(
    says="2.2, 1.6 and 7;",
    quoted={"digits": 2.2, "mnist": 1.6, "fashion_mnist": 7.0},
    tolerance=0.3,
)
def loss_with_a_constant_rate(student, case):
    """training loss with a constant rate"""
    return losses_of_two_trainings(student, case)[0]


@measurement(
    says="it ends with about 0.6, 0.7 and 1.3.",
    quoted={"digits": 0.6, "mnist": 0.7, "fashion_mnist": 1.3},
    tolerance=0.1,
)
def loss_with_a_schedule(student, case):
    """training loss with warm-up and a cosine"""
    return losses_of_two_trainings(student, case)[1]
