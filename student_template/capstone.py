# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""A network of your own.

Read assignments/capstone/handout.html, then write the functions below. `autograder check capstone` tells how you are doing.
"""

# Exercise 1: Your own parts (10 points), imported here

from collections.abc import Callable
from itertools import pairwise
import torch
from activations import leaky_relu, leaky_relu_derivative, relu, relu_derivative, tanh, tanh_derivative
from adamw import SGD, AdamW
from batch_norm import BatchNorm
from dropout_scaling import Dropout
from kaiming_init import kaiming_normal, xavier_normal
from layer_norm import LayerNorm
from regularisation import EarlyStopping
from schedules import cosine_restarts, warmed_up
from softmax_backprop import cross_entropy, cross_entropy_backward, linear, linear_backward
from torch import Tensor


# Exercise 2: One network of all parts (38 points)


class Network:
    """A multilayer perceptron: in each hidden layer linear, normalisation, activation, dropout; at the end linear only.

    Args:
        sizes: list of widths, from the inputs over the hidden layers to the logits.
        generator: source of every random number, of the weights now and of the dropped entries later.
        activation: "relu", "leaky_relu" or "tanh".
        normalisation: "none", "batch" or "layer"; gamma starts at 1 and beta at 0.
        dropout: probability of dropping an entry behind each activation.
        bias: whether the linear layers add a bias, which starts at 0.
        init: "kaiming" or "xavier", normal, with the gain of the activation in front of which a layer stands, and with
            that of "linear" in the last one.
        dtype: of the parameters.

    Attributes:
        sizes, activation, normalisation, dropout, bias, init: as given.
        training: whether batches are normalised by themselves and entries are dropped; True at first.
        dropouts: a list with the Dropout of each hidden layer.

    Raises:
        ValueError: a name is none of these.

    Source: Deep Learning, section 6.4.
    """

    def __init__(
        self,
        sizes: list[int],
        generator: torch.Generator,
        *,
        activation: str = "relu",
        normalisation: str = "none",
        dropout: float = 0.0,
        bias: bool = True,
        init: str = "kaiming",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        # YOUR CODE HERE
        raise NotImplementedError

    def set_mode(self, training: bool) -> None:
        """Switch to training mode or to evaluation mode, with everything in the network that has a mode."""
        # YOUR CODE HERE
        raise NotImplementedError

    def parameters(self) -> list[Tensor]:
        """The parameters, layer by layer: W, then b if there are biases, then gamma and beta if it is normalised."""
        # YOUR CODE HERE
        raise NotImplementedError

    def set_parameters(self, params: list[Tensor]) -> None:
        """Put other parameters in the place of all, in the order of `parameters`."""
        # YOUR CODE HERE
        raise NotImplementedError

    def state(self) -> list[Tensor]:
        """All that a prediction depends on: the parameters, then running_mean and running_var of each batch norm."""
        # YOUR CODE HERE
        raise NotImplementedError

    def load_state(self, state: list[Tensor]) -> None:
        """Go back to a state, in the order of `state`."""
        # YOUR CODE HERE
        raise NotImplementedError

    def forward(self, X: Tensor) -> Tensor:
        """The logits of rows, in the mode that is set.

        Args:
            X: [n, d] inputs.
        Returns:
            [n, k] logits.
        """
        # YOUR CODE HERE
        raise NotImplementedError

    def backward(self, grad_logits: Tensor) -> list[Tensor]:
        """The gradients of a loss, from its gradient for the logits of the latest `forward`.

        Source: Deep Learning, section 6.5.4, algorithm 6.4.

        Args:
            grad_logits: [n, k] gradient for the logits.
        Returns:
            A list of the gradients, in the order of `parameters`.
        """
        # YOUR CODE HERE
        raise NotImplementedError


# Exercise 3: How good is it? (12 points)


def loss_and_gradients(network: Network, X: Tensor, y: Tensor) -> tuple[Tensor, list[Tensor]]:
    """The mean cross-entropy of a batch in the mode that is set, and its gradients.

    Args:
        network: stays as it is, but for what its batch norms note in training mode.
        X: [n, d] inputs.
        y: [n] int64 labels.
    Returns:
        loss: [] mean over the rows, in nats.
        grads: a list of gradients, in the order of `parameters`.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def evaluate(network: Network, X: Tensor, y: Tensor) -> tuple[float, float]:
    """How good a network is when it is used; nothing about it is different afterwards, its mode neither.

    Args:
        network: in either mode.
        X: [n, d] inputs.
        y: [n] int64 labels.
    Returns:
        The mean cross-entropy in evaluation mode, a Python float.
        The share of rows, 0 to 1, whose largest logit is that of their label, a Python float.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 4: Training, and when to stop (28 points)


def fit(
    network: Network,
    train: tuple[Tensor, Tensor],
    validation: tuple[Tensor, Tensor],
    *,
    optimizer: SGD | AdamW,
    schedule: Callable | None = None,
    early_stopping: EarlyStopping | None = None,
    batch_size: int,
    epochs: int,
    generator: torch.Generator,
) -> dict[str, list[float]]:
    """Train a network, and leave it in evaluation mode.

    Source: Deep Learning, algorithms 8.1 and 7.1.

    Args:
        network: is trained.
        train: inputs [n, d] and labels [n].
        validation: inputs [m, d] and labels [m] that nothing is learned from.
        optimizer: an SGD or AdamW that was made with `network.parameters()`.
        schedule: gives the learning rate of each step, counted from 0 over all epochs; None leaves the optimizer's.
        early_stopping: is told the validation loss and the network's state after each epoch, and may end the training;
            at the end the network has the state that it restores. None trains for all epochs and keeps the last state.
        batch_size: rows in a batch; the last batch of an epoch has what is left over.
        epochs: most passes over all rows.
        generator: draws a new order of the rows for each epoch.
    Returns:
        A dict of lists with a float for each epoch, measured after it by `evaluate`: "loss" and "accuracy" on `train`,
        "validation_loss" and "validation_accuracy" on `validation`.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 5: A network of your own (12 points)


def my_network(d: int, k: int, generator: torch.Generator) -> Network:
    """A network of your own for images in rows.

    Args:
        d: pixels of an image.
        k: number of classes.
        generator: for the network.
    Returns:
        A network in training mode, whose first size is d and whose last is k.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def my_training(
    network: Network,
    train: tuple[Tensor, Tensor],
    validation: tuple[Tensor, Tensor],
    *,
    epochs: int,
    generator: torch.Generator,
) -> dict[str, list[float]]:
    """Train it in a way of your own.

    Args:
        network: as `my_network` made it; it is trained, and left in evaluation mode.
        train: inputs [n, d], pixels in 0..1, and labels [n].
        validation: inputs [m, d] and labels [m] that nothing is learned from.
        epochs: most passes over the rows of `train`.
        generator: for the order of the rows.
    Returns:
        The history, as `fit` gives it.
    """
    # YOUR CODE HERE
    raise NotImplementedError
