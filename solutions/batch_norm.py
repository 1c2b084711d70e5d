"""Batch normalisation: the layer, its gradients by hand, and a network that needs it.

Shapes: x [n, d] rows of features or [n, c, h, w] images, gamma and beta [d] (or [c]) scale and shift,
X [n, d] inputs of a network, y [n] labels, logits [n, k]. Everything works for any float dtype on any device,
and nothing changes the tensors it is given.
Source throughout: Ioffe and Szegedy, Batch Normalization, 2015, arXiv:1502.03167.
"""

import torch
from torch import Tensor


def batch_statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and biased variance (divided by n) of every feature over the rows of the batch.

    Source: Ioffe and Szegedy, section 3, algorithm 1, first two lines.

    Args:
        x: [n, d] one row per example, n at least 1.
    Returns:
        mean: [d] mean of each feature.
        var: [d] mean squared distance from that mean.
    """
    # Two passes: subtract first, square afterwards. The shortcut E[x^2] - E[x]^2 takes the difference of
    # two huge numbers when the mean is large, and no digit of the variance survives.
    mean = x.mean(dim=0)
    return mean, (x - mean).square().mean(dim=0)


def _standardise(x: Tensor, mean: Tensor, var: Tensor, eps: float) -> Tensor:
    """x with `mean` taken off and divided by the root of var + eps, feature by feature."""
    return (x - mean) * torch.rsqrt(var + eps)


def batch_norm_forward(x: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> Tensor:
    """Normalise every feature with the statistics of this batch, then scale by gamma and shift by beta.

    Source: Ioffe and Szegedy, section 3, algorithm 1.

    Args:
        x: [n, d] one row per example.
        gamma: [d] scale of each feature.
        beta: [d] shift of each feature.
        eps: added to the biased variance, inside the square root.
    Returns:
        [n, d] the output, in the dtype of x.
    """
    # A [d] tensor lines up with the last axis of [n, d], so each feature meets its own numbers.
    mean, var = batch_statistics(x)
    return _standardise(x, mean, var, eps) * gamma + beta


def batch_norm_backward(grad_out: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of a loss through `batch_norm_forward`, for its input, its scale and its shift.

    Source: Ioffe and Szegedy, section 3, the equations that follow algorithm 1.

    Args:
        grad_out: [n, d] gradient of the loss for the output.
        x: [n, d] the input that the forward function got.
        gamma: [d] the scale that it got.
        eps: the eps that it got.
    Returns:
        dx: [n, d] gradient for x, in the dtype of x.
        dgamma: [d] gradient for gamma.
        dbeta: [d] gradient for beta.
    """
    mean, var = batch_statistics(x)
    x_hat = _standardise(x, mean, var, eps)
    # Every row shares gamma and beta, so their gradients are sums over the rows.
    dgamma, dbeta = (grad_out * x_hat).sum(dim=0), grad_out.sum(dim=0)
    # An entry of x acts directly, through the mean and through the variance of its column. The last two
    # take the average of the gradient away, and the part of it that points along x_hat.
    centred = grad_out - dbeta / len(x) - x_hat * dgamma / len(x)
    return gamma * torch.rsqrt(var + eps) * centred, dgamma, dbeta


class BatchNorm:
    """A batch normalisation layer for [n, d] input, with running statistics for evaluation.

    Attributes:
        gamma: [d] scale; changed only from outside, by whoever trains the layer.
        beta: [d] shift; changed only from outside.
        eps: added to the variance inside the square root, in both modes.
        momentum: weight of the newest batch in the running statistics, as in torch.
        training: True, as it is at the start, for training mode; False for evaluation mode.
        running_mean: [d] running average of the batch means, 0 at the start.
        running_var: [d] running average of the unbiased batch variances, 1 at the start.
    """

    def __init__(self, gamma: Tensor, beta: Tensor, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.gamma, self.beta, self.eps, self.momentum = gamma, beta, eps, momentum
        self.running_mean, self.running_var = torch.zeros_like(gamma), torch.ones_like(gamma)
        self.training = True

    def forward(self, x: Tensor) -> Tensor:
        """Normalise x: by its own statistics in training mode, by the running ones in evaluation mode.

        Training mode also moves both running statistics:
        new = (1 - momentum) * old + momentum * (that of the batch),
        where the batch's variance is the unbiased one, divided by n - 1. Evaluation mode changes neither.

        Source: Ioffe and Szegedy, section 3.1, algorithm 2 (there a plain average, in torch a moving one).

        Args:
            x: [n, d] rows; in training mode n is at least 2.
        Returns:
            [n, d] normalised, scaled and shifted.
        """
        self._x = x
        if not self.training:
            # Fixed numbers take the batch's place: a row's output no longer depends on its neighbours.
            x_hat = _standardise(x, self.running_mean, self.running_var, self.eps)
            return x_hat * self.gamma + self.beta
        mean, var = batch_statistics(x)
        # n rows estimate the variance of all data with a bias of (n - 1) / n, which is undone for storage.
        unbiased = var * len(x) / (len(x) - 1)
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * unbiased
        return batch_norm_forward(x, self.gamma, self.beta, self.eps)

    def backward(self, grad_out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Gradients of a loss through the latest call of `forward`; the mode is still the one of that call.

        Source: Ioffe and Szegedy, section 3, the equations that follow algorithm 1.

        Args:
            grad_out: [n, d] gradient of the loss for the output of that call.
        Returns:
            dx: [n, d] gradient for the input of that call.
            dgamma: [d] gradient for gamma.
            dbeta: [d] gradient for beta.
        """
        if self.training:
            return batch_norm_backward(grad_out, self._x, self.gamma, self.eps)
        # In evaluation mode the statistics are constants, and the layer is a straight line in x.
        x_hat = _standardise(self._x, self.running_mean, self.running_var, self.eps)
        slope = self.gamma * torch.rsqrt(self.running_var + self.eps)
        return grad_out * slope, (grad_out * x_hat).sum(dim=0), grad_out.sum(dim=0)


def _pixels_as_rows(images: Tensor) -> Tensor:
    """[n, c, h, w] images as [n * h * w, c] rows: one row for each pixel, one column for each channel."""
    return images.permute(0, 2, 3, 1).reshape(-1, images.shape[1])


def _rows_as_pixels(rows: Tensor, like: Tensor) -> Tensor:
    """The way back from `_pixels_as_rows`, to the shape of the images `like`."""
    n, c, h, w = like.shape
    return rows.reshape(n, h, w, c).permute(0, 3, 1, 2)


class BatchNorm2d(BatchNorm):
    """Batch normalisation of [n, c, h, w] images: statistics, scale and shift belong to a channel.

    The attributes are those of `BatchNorm`, with one entry per channel. All n * h * w values of a channel are
    its batch, also for the unbiased variance.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalise every channel of x, as `BatchNorm.forward` does every feature.

        Source: Ioffe and Szegedy, section 3.2.

        Args:
            x: [n, c, h, w] images; in training mode n * h * w is at least 2.
        Returns:
            [n, c, h, w] normalised, scaled and shifted.
        """
        # At every place of every image the same gamma and beta apply, so a pixel is a row like any other.
        return _rows_as_pixels(super().forward(_pixels_as_rows(x)), x)

    def backward(self, grad_out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Gradients of a loss through the latest call of `forward`; the mode is still the one of that call.

        Source: Ioffe and Szegedy, section 3.2.

        Args:
            grad_out: [n, c, h, w] gradient of the loss for the output of that call.
        Returns:
            dx: [n, c, h, w] gradient for the input of that call.
            dgamma: [c] gradient for gamma.
            dbeta: [c] gradient for beta.
        """
        dx, dgamma, dbeta = super().backward(_pixels_as_rows(grad_out))
        return _rows_as_pixels(dx, grad_out), dgamma, dbeta


class Network:
    """A deep classifier: each hidden layer is a linear map, a BatchNorm and a ReLU, the last one is linear.

    Attributes:
        weights: list of matrices, one per linear map; the network's own copies.
        norms: list of BatchNorm, one per hidden layer, with gamma 1 and beta 0 at the start.
        bias: [k] bias of the last layer, 0 at the start; the hidden layers need none, beta does their work.
        batch_norm: False keeps the norms in evaluation mode for good. Their mean is 0 and their variance 1,
            so what is left is a plain network with one scale and one bias for each hidden unit.
    """

    def __init__(self, weights: list[Tensor], batch_norm: bool = True) -> None:
        widths = [W.shape[1] for W in weights]
        self.weights = [W.clone() for W in weights]
        self.norms = [BatchNorm(weights[0].new_ones(h), weights[0].new_zeros(h)) for h in widths[:-1]]
        self.bias = weights[0].new_zeros(widths[-1])
        self.batch_norm = batch_norm
        self.set_training(True)

    def set_training(self, training: bool) -> None:
        """Switch every norm to training mode (True) or evaluation mode (False)."""
        for norm in self.norms:
            norm.training = training and self.batch_norm

    def forward(self, X: Tensor) -> Tensor:
        """The logits of X, in the mode that the norms are in.

        Source: Ioffe and Szegedy, section 3.2 (the norm stands between the linear map and the ReLU).

        Args:
            X: [n, d] one row per example.
        Returns:
            [n, k] logits.
        """
        # What enters each linear map is kept: backward needs it for the weights, and to see which ReLU was
        # open.
        self._inputs = [X]
        for W, norm in zip(self.weights[:-1], self.norms, strict=True):
            self._inputs.append(norm.forward(self._inputs[-1] @ W).clamp(min=0))
        return self._inputs[-1] @ self.weights[-1] + self.bias

    def backward(self, grad_logits: Tensor) -> dict:
        """Gradients of a loss for all parameters, through the latest call of `forward`.

        Source: Goodfellow, Bengio and Courville, Deep Learning, section 6.5.4, algorithm 6.4.

        Args:
            grad_logits: [n, k] gradient of the loss for the logits of that call.
        Returns:
            a dict with the keys "weights", "gamma", "beta" (lists, first layer first) and "bias" (a tensor);
            every gradient has the shape of its parameter.
        """
        weights, gamma, beta = [], [], []
        inputs, grad = self._inputs, grad_logits
        # From the last layer to the first: the weights, then back through matrix, ReLU and norm.
        for i in reversed(range(len(self.weights))):
            weights.insert(0, inputs[i].T @ grad)
            if i > 0:
                grad = (grad @ self.weights[i].T) * (inputs[i] > 0)
                grad, dgamma, dbeta = self.norms[i - 1].backward(grad)
                gamma.insert(0, dgamma)
                beta.insert(0, dbeta)
        return {"weights": weights, "bias": grad_logits.sum(dim=0), "gamma": gamma, "beta": beta}


def _loss_gradient(logits: Tensor, y: Tensor) -> Tensor:
    """Gradient of the mean cross-entropy for the logits: probabilities minus one-hot labels, over n."""
    # The largest logit of a row becomes 0, so that exp cannot overflow.
    scores = torch.exp(logits - logits.amax(dim=1, keepdim=True))
    error = scores / scores.sum(dim=1, keepdim=True)
    error[torch.arange(len(y), device=y.device), y] -= 1
    return error / len(y)


def _descend(network: Network, grads: dict, lr: float) -> None:
    """One step of gradient descent on every parameter of the network."""
    network.weights = [W - lr * dW for W, dW in zip(network.weights, grads["weights"], strict=True)]
    network.bias = network.bias - lr * grads["bias"]
    for norm, dgamma, dbeta in zip(network.norms, grads["gamma"], grads["beta"], strict=True):
        norm.gamma, norm.beta = norm.gamma - lr * dgamma, norm.beta - lr * dbeta


def train(
    network: Network,
    X: Tensor,
    y: Tensor,
    *,
    lr: float,
    epochs: int,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> None:
    """Train the network in place, in training mode, by mini-batch gradient descent on the mean cross-entropy.

    All parameters move with the same rate: weights, bias, and gamma and beta of every norm.

    Source: Ioffe and Szegedy, section 3.1, algorithm 2, and section 3.3 (why the rate may be large).

    Args:
        network: may arrive in either mode.
        X: [n, d] one row per example.
        y: [n] int64 labels in 0..k-1.
        lr: learning rate of every step.
        epochs: number of passes over all rows.
        batch_size: rows in a batch; the last batch of an epoch keeps what is left over (at least two rows).
        generator: draws a new order of the rows for every epoch; None means the given order each time.
    """
    # Whoever used the network last may have left it in evaluation mode.
    network.set_training(True)
    for _ in range(epochs):
        if generator is None:
            order = torch.arange(len(X), device=X.device)
        else:
            order = torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)
        for rows in order.split(batch_size):
            # Gradients of all layers exist before the first parameter moves.
            logits = network.forward(X[rows])
            _descend(network, network.backward(_loss_gradient(logits, y[rows])), lr)


def predict(network: Network, X: Tensor) -> Tensor:
    """The most likely class of every row, in evaluation mode: no row depends on the others.

    Source: Ioffe and Szegedy, section 3.1, algorithm 2 (inference).

    Args:
        network: may arrive in either mode; its parameters and running statistics stay as they are.
        X: [n, d] one row per example, n at least 1.
    Returns:
        [n] int64 class indices.
    """
    network.set_training(False)
    return network.forward(X).argmax(dim=1)
