"""What the handout quotes: `autograder measure batch_norm --repeat 40`. The tolerances are for a few starts."""

from autograder.checking import accuracy, measurement

from .checks import trained_network

RATES = (0.03, 0.1, 0.3, 1.0)


def accuracies(student, case, *, batch_norm):
    """Test accuracy after training with each of the rates."""
    data = case.subset(case.training["rows"])
    found = {}
    for rate in RATES:
        case.training = {**case.training, "lr": rate}
        _, predictions = trained_network(student, case, data, batch_norm=batch_norm)
        found[f"lr {rate}"] = accuracy(predictions, data.y_test)
    return found


@measurement(
    says="| with batch normalisation | 0.47 | 0.80 | 0.91 | 0.94 |",
    quoted={"digits": {"lr 0.03": 0.47, "lr 0.1": 0.80, "lr 0.3": 0.91, "lr 1.0": 0.94}},
    tolerance=0.1,
)
def accuracy_with_norms(student, case):
    """test accuracy with batch normalisation"""
    return accuracies(student, case, batch_norm=True)


@measurement(
    says="| plain network | 0.28 | 0.57 | 0.53 | 0.12 |",
    quoted={"digits": {"lr 0.03": 0.28, "lr 0.1": 0.57, "lr 0.3": 0.53, "lr 1.0": 0.12}},
    tolerance=0.25,
)
def accuracy_without_norms(student, case):
    """test accuracy of the plain network"""
    return accuracies(student, case, batch_norm=False)
