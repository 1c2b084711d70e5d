"""What the handout quotes: `autograder measure linear_unit`."""

import torch
from torch.nn import functional

from autograder.checking import accuracy, measurement

from .checks import solved


@measurement(
    says="Always predicting the mean has a squared error of about 5,900 on the training rows",
    quoted={"digits": 5900.0},
    tolerance=250.0,
)
def error_of_the_mean(student, case):
    """mean squared error of always predicting the mean"""
    y = case.regression.y_train
    return functional.mse_loss(y.mean().expand_as(y), y).item()


@measurement(says="the least possible one, which is about 2,850", quoted={"digits": 2850.0}, tolerance=150.0)
def error_of_least_squares(student, case):
    """mean squared error of the least-squares solution"""
    data = case.regression
    w, b = solved(data.X_train.double(), data.y_train.double())
    return functional.mse_loss(data.X_train.double() @ w + b, data.y_train.double()).item()


@measurement(says="On the digits a correct one gets nearly 100 %", quoted={"digits": 1.0}, tolerance=0.015)
def accuracy_on_ones_and_sevens(student, case):
    """test accuracy on ones and sevens"""
    data = case.subset(case.training["rows"])
    w, b, _ = student.fit_one_or_seven(data.X_train, data.y_train, case.training["max_epochs"])
    chosen = torch.isin(data.y_test, torch.tensor([1, 7]))
    return accuracy(student.predict_one_or_seven(data.X_test[chosen], w, b), data.y_test[chosen])
