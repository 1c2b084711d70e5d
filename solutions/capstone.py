"""A network of your own: the parts of a course become one network, which is trained, stopped in time and trusted.

Shapes: X [n, d] inputs, y [n] labels in 0..k-1, W [d, h] and b [h] in X @ W + b, logits [n, k]. Everything works for
any float dtype on any device. Nothing here computes a formula anew: each part was written once, in its own assignment.
Source throughout: Goodfellow, Bengio and Courville, Deep Learning, chapters 6 to 8.
"""

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

ACTIVATIONS = {
    "relu": (relu, relu_derivative),
    "leaky_relu": (leaky_relu, leaky_relu_derivative),
    "tanh": (tanh, tanh_derivative),
}
NORMALISATIONS = {"none": None, "batch": BatchNorm, "layer": LayerNorm}
INITIALISATIONS = {"kaiming": kaiming_normal, "xavier": xavier_normal}


def _known(name: str, table: dict) -> None:
    if name not in table:
        raise ValueError(f"there is no {name!r}; known are {', '.join(table)}")


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
        _known(activation, ACTIVATIONS)
        _known(normalisation, NORMALISATIONS)
        _known(init, INITIALISATIONS)
        self.sizes, self.activation, self.normalisation = list(sizes), activation, normalisation
        self.dropout, self.bias, self.init, self.training = dropout, bias, init, True
        self.weights, self.biases, self.norms, self.dropouts = [], [], [], []
        self._last = len(sizes) - 2
        make_norm = NORMALISATIONS[normalisation]
        kind = {"dtype": dtype, "device": generator.device}
        for i, (d, h) in enumerate(pairwise(sizes)):
            # Nothing follows the last layer, so that nothing has to be made up for there.
            followed_by = "linear" if i == self._last else activation
            weight = INITIALISATIONS[init]((h, d), generator, nonlinearity=followed_by, dtype=dtype)
            self.weights.append(weight.T.contiguous())
            self.biases.append(torch.zeros(h, **kind))
            if i < self._last:
                self.dropouts.append(Dropout(dropout, generator))
                if make_norm is not None:
                    self.norms.append(make_norm(torch.ones(h, **kind), torch.zeros(h, **kind)))

    def set_mode(self, training: bool) -> None:
        """Switch to training mode or to evaluation mode, with everything in the network that has a mode."""
        self.training = bool(training)
        for part in (*self.norms, *self.dropouts):
            part.training = training

    def parameters(self) -> list[Tensor]:
        """The parameters, layer by layer: W, then b if there are biases, then gamma and beta if it is normalised."""
        in_order = []
        for i, W in enumerate(self.weights):
            in_order.append(W)
            if self.bias:
                in_order.append(self.biases[i])
            if i < len(self.norms):
                in_order += [self.norms[i].gamma, self.norms[i].beta]
        return in_order

    def set_parameters(self, params: list[Tensor]) -> None:
        """Put other parameters in the place of all, in the order of `parameters`."""
        following = iter(params)
        for i in range(len(self.weights)):
            self.weights[i] = next(following)
            if self.bias:
                self.biases[i] = next(following)
            if i < len(self.norms):
                self.norms[i].gamma, self.norms[i].beta = next(following), next(following)

    def state(self) -> list[Tensor]:
        """All that a prediction depends on: the parameters, then running_mean and running_var of each batch norm."""
        statistics = []
        if self.normalisation == "batch":
            for each in self.norms:
                statistics += [each.running_mean, each.running_var]
        return self.parameters() + statistics

    def load_state(self, state: list[Tensor]) -> None:
        """Go back to a state, in the order of `state`."""
        n = len(self.parameters())
        self.set_parameters(state[:n])
        statistics = iter(state[n:])
        if self.normalisation == "batch":
            for each in self.norms:
                each.running_mean, each.running_var = next(statistics), next(statistics)

    def forward(self, X: Tensor) -> Tensor:
        """The logits of rows, in the mode that is set.

        Args:
            X: [n, d] inputs.
        Returns:
            [n, k] logits.
        """
        activate, _ = ACTIVATIONS[self.activation]
        # What backward needs of the way: the input of each linear layer and of each activation.
        self._inputs, self._sums = [X], []
        for i in range(self._last):
            z = linear(self._inputs[i], self.weights[i], self.biases[i])
            if self.norms:
                z = self.norms[i].forward(z)
            self._sums.append(z)
            self._inputs.append(self.dropouts[i].forward(activate(z)))
        return linear(self._inputs[-1], self.weights[-1], self.biases[-1])

    def backward(self, grad_logits: Tensor) -> list[Tensor]:
        """The gradients of a loss, from its gradient for the logits of the latest `forward`.

        Source: Deep Learning, section 6.5.4, algorithm 6.4.

        Args:
            grad_logits: [n, k] gradient for the logits.
        Returns:
            A list of the gradients, in the order of `parameters`.
        """
        _, slope = ACTIVATIONS[self.activation]
        grads, grad = [], grad_logits
        for i in reversed(range(len(self.weights))):
            of_layer = []
            if i < self._last:
                grad = self.dropouts[i].backward(grad) * slope(self._sums[i])
                if self.norms:
                    grad, dgamma, dbeta = self.norms[i].backward(grad)
                    of_layer = [dgamma, dbeta]
            grad, dW, db = linear_backward(grad, self._inputs[i], self.weights[i])
            if self.bias:
                of_layer.insert(0, db)
            # From the last layer to the first: what comes later in the list is there already.
            grads = [dW, *of_layer, *grads]
        return grads


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
    logits = network.forward(X)
    return cross_entropy(logits, y), network.backward(cross_entropy_backward(logits, y))


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
    before = network.training
    network.set_mode(training=False)
    logits = network.forward(X)
    network.set_mode(training=before)
    return cross_entropy(logits, y).item(), (logits.argmax(dim=1) == y).double().mean().item()


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
    X, y = train
    history = {"loss": [], "accuracy": [], "validation_loss": [], "validation_accuracy": []}
    step = 0
    network.set_mode(training=True)
    for _ in range(epochs):
        order = torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)
        for rows in order.split(batch_size):
            _, grads = loss_and_gradients(network, X[rows], y[rows])
            if schedule is not None:
                optimizer.lr = float(schedule(step))
            optimizer.step(grads)
            # An optimizer may have put new tensors into its list, which the network does not know.
            network.set_parameters(optimizer.params)
            step += 1
        measured = (*evaluate(network, *train), *evaluate(network, *validation))
        for name, value in zip(history, measured, strict=True):
            history[name].append(value)
        if early_stopping is not None and early_stopping.update(history["validation_loss"][-1], network.state()):
            break
    if early_stopping is not None:
        network.load_state(early_stopping.restore(network.state()))
    network.set_mode(training=False)
    return history


def my_network(d: int, k: int, generator: torch.Generator) -> Network:
    """A network of your own for images in rows.

    Args:
        d: pixels of an image.
        k: number of classes.
        generator: for the network.
    Returns:
        A network in training mode, whose first size is d and whose last is k.
    """
    return Network([d, 256, 128, k], generator, normalisation="batch", dropout=0.1)


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
    rows_in_a_batch = 64
    steps = epochs * -(-len(train[1]) // rows_in_a_batch)
    warmup = 1 + steps // 20

    def after_the_warm_up(step):
        return cosine_restarts(step, lr=3e-3, lr_min=1e-5, period=1 + steps - warmup)

    optimizer = AdamW(network.parameters(), lr=3e-3, weight_decay=0.01)
    how = {"batch_size": rows_in_a_batch, "epochs": epochs, "generator": generator, "optimizer": optimizer}
    how["schedule"] = lambda step: warmed_up(step, schedule=after_the_warm_up, warmup=warmup)
    how["early_stopping"] = EarlyStopping(patience=epochs)
    return fit(network, train, validation, **how)
