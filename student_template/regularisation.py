# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""Regularisation and model selection.

Read assignments/regularisation/handout.html, then write the functions below. `autograder check regularisation` tells how you are doing.
"""

from collections.abc import Callable
from typing import Any
import torch
from torch import Tensor


# Exercise 1: A price on large weights (14 points)


def l1_penalty(params: list[Tensor], strength: float) -> tuple[Tensor, list[Tensor]]:
    """The L1 penalty of a network, strength times the sum of |w| over all weights, and its subgradient.

    Biases are not penalised.

    Args:
        params: list of floating-point tensors W1, b1, W2, b2 ...
        strength: lambda, 0 or more.

    Returns:
        [] the penalty.
        List of tensors shaped like `params`: the subgradient, 0 where a weight is 0 and for all biases.

    Source: Tibshirani, Regression Shrinkage and Selection via the Lasso, 1996; Goodfellow, Bengio and Courville,
    Deep Learning, section 7.1.2.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def l2_penalty(params: list[Tensor], strength: float) -> tuple[Tensor, list[Tensor]]:
    """The L2 penalty of a network, strength / 2 times the sum of w^2 over all weights, and its gradient.

    Biases are not penalised.

    Args:
        params: list of floating-point tensors W1, b1, W2, b2 ...
        strength: lambda, 0 or more.

    Returns:
        [] the penalty.
        List of tensors shaped like `params`: the gradient, 0 for all biases.

    Source: Deep Learning, section 7.1.1, equation 7.1.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 2: Weights that are exactly 0 (16 points)


def soft_threshold(w: Tensor, threshold: float) -> Tensor:
    """Move every entry towards 0 by `threshold`, but not beyond: entries no larger than that become exactly 0.

    Args:
        w: floating-point tensor of any shape.
        threshold: 0 or more.

    Returns:
        Tensor shaped like `w`.

    Source: Donoho, De-noising by soft-thresholding, IEEE Transactions on Information Theory 41, 1995.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def subgradient_step(w: Tensor, grad: Tensor, *, lr: float, strength: float) -> Tensor:
    """One step of descent on a loss with an L1 penalty, by the subgradient of their sum.

    Args:
        w: floating-point tensor of any shape, all of it penalised.
        grad: tensor shaped like `w`, the gradient of the loss without the penalty.
        lr: learning rate.
        strength: of the penalty.

    Returns:
        Tensor shaped like `w`, the weights after the step.

    Source: Boyd, Xiao and Mutapcic, Subgradient Methods, 2003, section 2.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def proximal_step(w: Tensor, grad: Tensor, *, lr: float, strength: float) -> Tensor:
    """One step of descent on a loss with an L1 penalty: down the loss alone, then soft thresholding for the penalty.

    Args:
        w: floating-point tensor of any shape, all of it penalised.
        grad: tensor shaped like `w`, the gradient of the loss without the penalty.
        lr: learning rate.
        strength: of the penalty.

    Returns:
        Tensor shaped like `w`, the weights after the step.

    Source: Beck and Teboulle, A Fast Iterative Shrinkage-Thresholding Algorithm, 2009, equation (1.4).
    """
    # YOUR CODE HERE
    raise NotImplementedError


def sparse_descent(
    gradient: Callable, w: Tensor, *, step: Callable, lr: float, strength: float, steps: int
) -> tuple[Tensor, list[int]]:
    """Descend a loss with an L1 penalty, and count the weights that are exactly 0.

    Args:
        gradient: function that gives the gradient of the loss without the penalty, a tensor shaped like `w`.
        w: floating-point tensor of any shape, the start; it is left as it is.
        step: `proximal_step`, `subgradient_step`, or any function with their arguments.
        lr: learning rate.
        strength: of the penalty.
        steps: number of steps.

    Returns:
        Tensor shaped like `w`, the weights after the last step.
        A list with the number of weights that are exactly 0 after each step.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 3: Stop when it gets no better (24 points)


class EarlyStopping:
    """Ends a training when a measured value has not improved for some epochs, and keeps the best parameters.

    Args:
        patience: number of epochs in a row without an improvement after which training ends, 1 or more.
        min_delta: an improvement beats the best value by more than this, 0 or more.
        mode: "min" if small values are good, "max" if large ones are; anything else raises a ValueError.
        restore_best: whether `restore` gives the parameters of the best epoch.

    Attributes:
        best_value: float, the value of the latest improvement; inf (in mode "max" -inf) before the first one.
        waited: int, the number of epochs since then.

    Source: Prechelt, Early Stopping - But When?, 1998; Deep Learning, section 7.8, algorithm 7.1.
    """

    def __init__(self, patience: int, min_delta: float = 0.0, mode: str = "min", restore_best: bool = True):
        """Keep the settings; nothing has been measured yet."""
        # YOUR CODE HERE
        raise NotImplementedError

    def update(self, value: float | Tensor, params: list[Tensor]) -> bool:
        """Take notice of an epoch.

        Args:
            value: number or [] tensor, what was measured after the epoch; nan is no improvement.
            params: list of tensors, the parameters after the epoch; training may change them in place later.

        Returns:
            Whether to stop now.
        """
        # YOUR CODE HERE
        raise NotImplementedError

    def restore(self, params: list[Tensor]) -> list[Tensor]:
        """The parameters to go on with when training is over, whoever ended it.

        Args:
            params: list of tensors, the parameters after the last epoch.

        Returns:
            List of the parameters of the best epoch; `params` where `restore_best` is off or nothing ever improved.
        """
        # YOUR CODE HERE
        raise NotImplementedError


def descend_in_place(
    params: list[Tensor],
    *,
    gradients: Callable,
    evaluate: Callable,
    stopping: EarlyStopping,
    lr: float,
    max_epochs: int,
) -> list[Tensor]:
    """A training that changes its parameters in place, as the optimizers of torch do. It is given.

    Args:
        params: list of tensors; they are changed.
        gradients: function of the parameters that gives the list of their gradients.
        evaluate: function of the parameters that gives the value which is watched.
        stopping: told after every epoch.
        lr: learning rate.
        max_epochs: epochs after which training ends anyway.

    Returns:
        List of the parameters that `stopping` restores.
    """
    for _number in range(max_epochs):
        for w, slope in zip(params, gradients(params), strict=True):
            w -= lr * slope
        if stopping.update(evaluate(params), params):
            break
    return stopping.restore(params)


# Exercise 4: Rows that nobody trains on (14 points)


def split(labels: Tensor, share: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Put a random part of the rows aside for validation, the same share of every class.

    Args:
        labels: [n] int64 classes, any whole numbers.
        share: of the rows of each class that go to validation, between 0 and 1; where that is no whole number of
            rows, it may be rounded up or down.
        generator: source of all random choices.

    Returns:
        [m] int64, the numbers of the rows for training, in any order.
        [v] int64, the numbers of the rows for validation, in any order.

    Source: Kohavi, A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection, 1995.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def k_folds(n: int, k: int, generator: torch.Generator) -> list[tuple[Tensor, Tensor]]:
    """Divide rows at random into k folds of nearly equal size; each is the validation part once.

    Args:
        n: number of rows, at least k.
        k: number of folds, at least 2.
        generator: source of the random order.

    Returns:
        List of k pairs of int64 tensors: the numbers of the rows for training and those for validation, each in any
        order. The validation parts hold every row once; their sizes differ by 1 at most.

    Source: Stone, Cross-Validatory Choice and Assessment of Statistical Predictions, 1974; Deep Learning,
    algorithm 5.1.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 5: Choose by validation, test once (12 points)


def cross_validate(candidate: Any, fit: Callable, evaluate: Callable, folds: list[tuple[Tensor, Tensor]]) -> float:
    """The validation loss of a candidate, as a mean over folds.

    Args:
        candidate: settings of a model, whatever `fit` takes.
        fit: `fit(candidate, rows)` trains on these rows and gives a model.
        evaluate: `evaluate(model, rows)` gives the loss on these rows, a number.
        folds: list of pairs of int64 tensors: rows for training, rows for validation.

    Returns:
        The mean over the folds, each with a model of its own.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def select(
    candidates: list, fit: Callable, evaluate: Callable, *, train: Tensor, validation: Tensor, test: Tensor
) -> tuple[Any, float, float]:
    """Fit every candidate once, choose by validation, and only then test the chosen one, once.

    Args:
        candidates: list of settings, whatever `fit` takes; at least one.
        fit: `fit(candidate, rows)` trains on these rows and gives a model.
        evaluate: `evaluate(model, rows)` gives the loss on these rows, a number.
        train: [m] int64, the rows to train on.
        validation: [v] int64, the rows to choose by.
        test: [t] int64, the rows for the final report.

    Returns:
        The candidate with the smallest validation loss, the first one of several; nan is never the smallest.
        Its validation loss, a number.
        The test loss of the model that was chosen, a number.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 6: How much fits into a network? (8 points)


def count_parameters(sizes: list[int]) -> int:
    """The number of weights and biases of a network of linear layers, its capacity.

    Args:
        sizes: list with the number of inputs, the units of each hidden layer and the number of outputs.

    Returns:
        The number of parameters.

    Source: Deep Learning, section 5.2.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def network_loss(params: list[Tensor], X: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy of a network with ReLU between its linear layers. It is given.

    Args:
        params: list of tensors W1, b1, W2, b2 ...
        X: [n, d] one row per example.
        labels: [n] int64 classes in 0..k-1.

    Returns:
        [] the loss, without any penalty.
    """
    return network_gradients(params, X, labels)[0]


def network_gradients(params: list[Tensor], X: Tensor, labels: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Mean cross-entropy of a network with ReLU between its linear layers, and its gradients. It is given.

    Args:
        params: list of tensors W1, b1, W2, b2 ...
        X: [n, d] one row per example.
        labels: [n] int64 classes in 0..k-1.

    Returns:
        [] the loss, without any penalty.
        List of tensors shaped like `params`, the gradient of the loss for each.
    """
    acts = [X]
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        acts.append((acts[-1] @ W + b).clamp(min=0))
    log_p = acts[-1] @ params[-2] + params[-1]
    log_p = log_p - log_p.amax(dim=1, keepdim=True)
    log_p = log_p - log_p.exp().sum(dim=1, keepdim=True).log()
    at_labels = (torch.arange(len(X), device=X.device), labels)
    delta = log_p.exp()
    delta[at_labels] -= 1.0
    delta = delta / len(X)

    # From the last layer to the first; the list is filled from its end.
    slopes: list[Tensor] = []
    for act, W in zip(reversed(acts), reversed(params[::2]), strict=True):
        slopes = [act.T @ delta, delta.sum(0), *slopes]
        delta = (delta @ W.T) * (act > 0)
    return -log_p[at_labels].mean(), slopes


def fit_network(
    X: Tensor, labels: Tensor, params: list[Tensor], *, lr: float, epochs: int, strength: float = 0.0
) -> list[Tensor]:
    """Train a network with an L2 penalty by gradient descent, all rows in each step.

    Args:
        X: [n, d] one row per example.
        labels: [n] int64 classes in 0..k-1.
        params: list of tensors W1, b1, W2, b2 ..., the start; they are left as they are.
        lr: learning rate.
        epochs: number of steps.
        strength: of the L2 penalty.

    Returns:
        List of the parameters after the last step.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 7: Training that knows when to end (6 points)


def fit_early(
    X: Tensor,
    labels: Tensor,
    params: list[Tensor],
    *,
    validation: tuple[Tensor, Tensor],
    lr: float,
    strength: float,
    stopping: EarlyStopping,
    max_epochs: int,
) -> tuple[list[Tensor], Tensor]:
    """Train a network with an L2 penalty until its loss on other rows stops improving.

    Args:
        X: [n, d] the rows to train on.
        labels: [n] int64 classes in 0..k-1.
        params: list of tensors W1, b1, W2, b2 ..., the start; they are left as they are.
        validation: pair of the rows that are held out and their labels.
        lr: learning rate.
        strength: of the L2 penalty.
        stopping: told the loss on the rows that are held out, after every epoch.
        max_epochs: epochs after which training ends anyway, 1 or more.

    Returns:
        List of the parameters that `stopping` restores.
        [e] the loss after each epoch on the rows that are held out, without the penalty.

    Source: Deep Learning, section 7.8, algorithm 7.1.
    """
    # YOUR CODE HERE
    raise NotImplementedError
