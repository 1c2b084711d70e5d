"""What the handout quotes: `autograder measure dropout_scaling`."""

from autograder.checking import measurement

from .checks import gaps


@measurement(
    says="the gap must come out at 0.8 of that or less, and usually is about a third of it",
    quoted={"digits": 0.33},
    tolerance=0.1,
)
def share_of_the_gap(student, case):
    """gap with dropout, as a share of the gap without"""
    without, dropped = gaps(student, case)
    return dropped / without
