"""What the handout quotes: `autograder measure schedules`, also with the other data sets."""

from autograder.checking import measurement

from .checks import losses_of_two_trainings


@measurement(
    says="of about 0.08, 0.23 and 0.11 times its mean",
    quoted={"digits": 0.08, "mnist": 0.23, "fashion_mnist": 0.11},
    tolerance=0.1,
)
def share_of_the_loss(student, case):
    """training loss with a schedule over its mean with a constant rate"""
    constant_loss, scheduled_loss = losses_of_two_trainings(student, case)
    return scheduled_loss / constant_loss
