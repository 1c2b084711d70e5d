"""What the handout quotes: `autograder measure layer_norm --repeat 20`. The tolerances are for a few starts."""

from autograder.checking import measurement

from .checks import data_settings, start_params

# A deeper network than that of the checks, with larger steps.
HIDDEN = (32, 32, 32)
LR = 0.1
BATCH_SIZE = 50
TARGET = 0.5
MOST = 30
SCALES = {"0.3": 0.3, "1": 1.0, "3": 3.0}


def epochs_needed(student, case, norm):
    """Epochs until the training loss is at most TARGET, from starts of three sizes; one more than MOST for never."""
    _, data, how = data_settings(case)
    how |= {"lr": LR, "epochs": MOST, "batch_size": BATCH_SIZE}
    sizes = (data.X_train.shape[1], *HIDDEN, data.classes)
    found = {}
    for name, scale in SCALES.items():
        start = start_params(case, *sizes, scale=scale, dtype=data.X_train.dtype)
        _, losses = student.train(start, data.X_train, data.y_train, norm=norm, **how)
        found[f"scale {name}"] = student.epochs_to(losses, TARGET) or MOST + 1
    return found


NEEDED = {"none": (31, 9, 31), "batch": (4, 6, 10), "layer": (8, 7, 13)}


def of(norm):
    """The measurement of one row of the table."""
    row = " | ".join("never" if epochs > MOST else str(epochs) for epochs in NEEDED[norm])
    names = [f"scale {name}" for name in SCALES]
    quoted = {"digits": dict(zip(names, NEEDED[norm], strict=True))}
    return measurement(says=f"| {norm} | {row} |", quoted=quoted, tolerance=4)


@of("none")
def epochs_without_a_norm(student, case):
    """epochs to a training loss of 0.5 without a norm"""
    return epochs_needed(student, case, "none")


@of("batch")
def epochs_with_batch_norm(student, case):
    """epochs to a training loss of 0.5 with batch normalisation"""
    return epochs_needed(student, case, "batch")


@of("layer")
def epochs_with_layer_norm(student, case):
    """epochs to a training loss of 0.5 with layer normalisation"""
    return epochs_needed(student, case, "layer")
