"""What the handout quotes: `autograder measure activations --repeat 20`. The tolerances are for a few starts."""

import math

import torch

from autograder.checking import accuracy, measurement

from .checks import data_settings, network, slope_function

UNITS = 64
ROWS = 32
DEPTHS = (2, 10, 50)
FUNCTIONS = {"logistic": torch.sigmoid, "tanh": torch.tanh, "elu": torch.nn.functional.elu, "relu": torch.relu}
FACTORS = {"logistic": 1.0, "tanh": 1.0, "relu": 2.0}
POWERS = {"logistic": (-1.3, -6.4, -32), "tanh": (-0.3, -0.6, -1.0), "relu": (0.1, 0.3, 0.4)}
REACHED = {"logistic": 0.37, "tanh": 0.89, "elu": 0.88, "relu": 0.82}
NEAR = {"logistic": 0.25, "tanh": 0.05, "elu": 0.05, "relu": 0.1}


def powers_of_ten(student, case, name):
    """The decimal logarithm of what reaches the input through stacks of several depths."""
    found = {}
    X = case.normal(ROWS, UNITS)
    std = math.sqrt(FACTORS[name] / UNITS)
    for depth in DEPTHS:
        weights = [case.normal(UNITS, UNITS, std=std) for _ in range(depth)]
        scales = student.gradient_scale(FUNCTIONS[name], slope_function(FUNCTIONS[name]), X, weights)
        found[f"{depth} layers"] = math.log10(scales[0])
    return found


def of_gradients(name):
    """The measurement of one column of the table of gradients."""
    quoted = dict(zip([f"{depth} layers" for depth in DEPTHS], POWERS[name], strict=True))
    return measurement(says=f" {name} |", quoted={"digits": quoted}, tolerance=1.5)


def test_accuracy(student, case, name):
    """The accuracy on test images after the training that the checks ask for."""
    params, data, target, how = data_settings(case)
    functions = {"activation": FUNCTIONS[name], "derivative": slope_function(FUNCTIONS[name])}
    trained = student.train(params, data.X_train, target, generator=case.generator(), **functions, **how)
    classes = network(trained, data.X_test, FUNCTIONS[name]).argmax(dim=1)
    return accuracy(classes, data.y_test)


def of_training(name):
    """The measurement of one row of the table of accuracies."""
    says = f"| {name} | {REACHED[name]:.2f} |"
    return measurement(says=says, quoted={"digits": REACHED[name]}, tolerance=NEAR[name])


@of_gradients("logistic")
def gradient_of_the_logistic(student, case):
    """powers of ten that reach the input through logistic layers"""
    return powers_of_ten(student, case, "logistic")


@of_gradients("tanh")
def gradient_of_the_tanh(student, case):
    """powers of ten that reach the input through tanh layers"""
    return powers_of_ten(student, case, "tanh")


@of_gradients("relu")
def gradient_of_the_relu(student, case):
    """powers of ten that reach the input through ReLU layers"""
    return powers_of_ten(student, case, "relu")


@of_training("logistic")
def accuracy_of_the_logistic(student, case):
    """test accuracy with the logistic function"""
    return test_accuracy(student, case, "logistic")


@of_training("tanh")
def accuracy_of_the_tanh(student, case):
    """test accuracy with tanh"""
    return test_accuracy(student, case, "tanh")


@of_training("elu")
def accuracy_of_the_elu(student, case):
    """test accuracy with the ELU"""
    return test_accuracy(student, case, "elu")


@of_training("relu")
def accuracy_of_the_relu(student, case):
    """test accuracy with the ReLU"""
    return test_accuracy(student, case, "relu")
