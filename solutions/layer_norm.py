"""Layer normalisation: every row by its own numbers, its gradients by hand, and what it does to a training.

Shapes: x [n, d] rows of features or [n, t, d] sequences of t of them, gamma and beta [d] scale and shift,
X [n, d] inputs of a network, y [n] labels, logits [n, k]. Everything works for any float dtype on any device,
and nothing changes the tensors it is given.
Sources: Ba, Kiros and Hinton, Layer Normalization, 2016, arXiv:1607.06450; Zhang and Sennrich, Root Mean
Square Layer Normalization, 2019, arXiv:1910.07467.
"""

from collections.abc import Callable

import torch
from torch import Tensor


def layer_statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and biased variance (divided by d) of every row over its features.

    Source: Ba, Kiros and Hinton, section 3, equation 3.

    Args:
        x: [..., d] rows of features; the axes in front of d are free.
    Returns:
        mean: [...] mean of each row: the shape of x without its last axis.
        var: [...] mean squared distance from that mean.
    """
    # The distances come first and their squares second. With a mean of a million, the difference of
    # E[x^2] and E[x]^2 would hold nothing but rounding.
    mean = x.mean(dim=-1)
    return mean, (x - mean[..., None]).square().mean(dim=-1)


def _standardise(x: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """x_hat, the rows with mean 0 and variance 1, and the factor that each of them was multiplied by."""
    mean, var = layer_statistics(x)
    factor = torch.rsqrt(var + eps)[..., None]
    return (x - mean[..., None]) * factor, factor


def layer_norm_forward(x: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> Tensor:
    """Normalise every row with its own statistics, then scale its features by gamma and shift them by beta.

    Source: Ba, Kiros and Hinton, section 3, equations 3 and 4.

    Args:
        x: [..., d] rows of features; the axes in front of d are free.
        gamma: [d] scale of each feature.
        beta: [d] shift of each feature.
        eps: added to the biased variance, inside the square root.
    Returns:
        [..., d] the output, of the shape and in the dtype of x.
    """
    # Statistics belong to a row, scale and shift to a feature: two different axes of the same tensor.
    x_hat, _ = _standardise(x, eps)
    return x_hat * gamma + beta


def _through_the_statistics(grad_hat: Tensor, x_hat: Tensor, factor: Tensor) -> Tensor:
    """The gradient for x, given the one for x_hat; both run along the last axis."""
    # The path through the mean takes the average of the gradient away. The path through the variance takes
    # away what points along x_hat.
    along = (grad_hat * x_hat).mean(dim=-1, keepdim=True)
    return factor * (grad_hat - grad_hat.mean(dim=-1, keepdim=True) - x_hat * along)


def layer_norm_backward(grad_out: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of a loss through `layer_norm_forward`, for its input, its scale and its shift.

    Source: Ba, Kiros and Hinton, section 3, equations 3 and 4, differentiated.

    Args:
        grad_out: [..., d] gradient of the loss for the output.
        x: [..., d] the input that the forward function got, at least two axes.
        gamma: [d] the scale that it got.
        eps: the eps that it got.
    Returns:
        dx: [..., d] gradient for x, of its shape and in its dtype.
        dgamma: [d] gradient for gamma.
        dbeta: [d] gradient for beta.
    """
    x_hat, factor = _standardise(x, eps)
    # Every row of every sequence uses the same gamma and beta, so all axes but the last are summed over.
    shared = tuple(range(x.dim() - 1))
    dgamma, dbeta = (grad_out * x_hat).sum(dim=shared), grad_out.sum(dim=shared)
    # gamma differs from feature to feature of a row: it must be in before the row is averaged.
    dx = _through_the_statistics(grad_out * gamma, x_hat, factor)
    return dx, dgamma, dbeta


class LayerNorm:
    """A layer normalisation layer: nothing to keep from batch to batch, and the same in training and in use.

    Attributes:
        gamma: [d] scale; changed only from outside, by whoever trains the layer.
        beta: [d] shift; changed only from outside.
        eps: added to the variance inside the square root.
    """

    def __init__(self, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> None:
        self.gamma, self.beta, self.eps = gamma, beta, eps

    def forward(self, x: Tensor) -> Tensor:
        """Normalise every row of x by its own statistics, whatever the layer has seen before.

        Source: Ba, Kiros and Hinton, section 3.

        Args:
            x: [..., d] rows of features, at least two axes.
        Returns:
            [..., d] normalised, scaled and shifted.
        """
        # The input is all that backward needs: the statistics follow from it.
        self._x = x
        return layer_norm_forward(x, self.gamma, self.beta, self.eps)

    def backward(self, grad_out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Gradients of a loss through the latest call of `forward`.

        Source: Ba, Kiros and Hinton, section 3, equations 3 and 4, differentiated.

        Args:
            grad_out: [..., d] gradient of the loss for the output of that call.
        Returns:
            dx: [..., d] gradient for the input of that call.
            dgamma: [d] gradient for gamma.
            dbeta: [d] gradient for beta.
        """
        return layer_norm_backward(grad_out, self._x, self.gamma, self.eps)


def _inverse_rms(x: Tensor, eps: float) -> Tensor:
    """One over the root mean square of every row, with an axis left to multiply by."""
    return torch.rsqrt(x.square().mean(dim=-1, keepdim=True) + eps)


def rms_norm_forward(x: Tensor, gamma: Tensor, eps: float = 1e-5) -> Tensor:
    """Divide every row by the root of its mean square plus eps, then scale its features by gamma.

    Source: Zhang and Sennrich, section 4, equation 4 (eps is not in the paper, but in its code).

    Args:
        x: [..., d] rows of features; the axes in front of d are free.
        gamma: [d] scale of each feature.
        eps: added to the mean square, inside the square root.
    Returns:
        [..., d] the output, of the shape and in the dtype of x.
    """
    # No mean is taken off, and no shift is added.
    return x * _inverse_rms(x, eps) * gamma


def rms_norm_backward(grad_out: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor]:
    """Gradients of a loss through `rms_norm_forward`, for its input and its scale.

    Source: Zhang and Sennrich, section 4, equation 4, differentiated.

    Args:
        grad_out: [..., d] gradient of the loss for the output.
        x: [..., d] the input that the forward function got, at least two axes.
        gamma: [d] the scale that it got.
        eps: the eps that it got.
    Returns:
        dx: [..., d] gradient for x, of its shape and in its dtype.
        dgamma: [d] gradient for gamma.
    """
    factor = _inverse_rms(x, eps)
    x_hat = x * factor
    dgamma = (grad_out * x_hat).sum(dim=tuple(range(x.dim() - 1)))
    # One path fewer than in layer normalisation: there is no mean for a gradient to pass through.
    grad_hat = grad_out * gamma
    along = (grad_hat * x_hat).mean(dim=-1, keepdim=True)
    return factor * (grad_hat - x_hat * along), dgamma


def batch_norm_forward(x: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> Tensor:
    """Batch normalisation in training mode: every feature by its statistics over the rows of the batch.

    Source: Ioffe and Szegedy, Batch Normalization, 2015, arXiv:1502.03167, section 3, algorithm 1.

    Args:
        x: [n, d] one row per example.
        gamma: [d] scale of each feature.
        beta: [d] shift of each feature.
        eps: added to the biased variance, inside the square root.
    Returns:
        [n, d] the output, in the dtype of x.
    """
    # The features of x are the rows of its transpose, and only scale and shift stay where they are.
    x_hat, _ = _standardise(x.T, eps)
    return x_hat.T * gamma + beta


def batch_norm_backward(grad_out: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of a loss through `batch_norm_forward`, for its input, its scale and its shift.

    Source: Ioffe and Szegedy, section 3, the equations that follow algorithm 1.

    Args:
        grad_out: [n, d] gradient of the loss for the output.
        x: [n, d] the input that the forward function got.
        gamma: [d] the scale that it got.
        eps: the eps that it got.
    Returns:
        dx: [n, d] gradient for x.
        dgamma: [d] gradient for gamma.
        dbeta: [d] gradient for beta.
    """
    x_hat, factor = _standardise(x.T, eps)
    dx = _through_the_statistics((grad_out * gamma).T, x_hat, factor).T
    return dx, (grad_out * x_hat.T).sum(dim=0), grad_out.sum(dim=0)


def depends_on_other_rows(normalise: Callable[[Tensor], Tensor], x: Tensor) -> bool:
    """Whether the output of any row of x changes with the rows beside it.

    Source: Ba, Kiros and Hinton, section 3 (layer norm has no dependencies between training cases).

    Args:
        normalise: maps rows [m, d] to rows [m, d], for every m from 1 on; not a random function.
        x: [n, d] one row per example, n at least 2.
    Returns:
        True if some row's output depends on another row by more than 1e-6, otherwise False.
    """
    # A row on its own has nobody to depend on.
    together = normalise(x)
    alone = torch.cat([normalise(row) for row in x.split(1)])
    # Rounding may differ with the number of rows, so an exact comparison would be a false alarm.
    return bool((together - alone).abs().max() > 1e-6)


def _forward(norm: str, z: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    """The normalisation of this name; "none" leaves its scale and its shift."""
    if norm == "layer":
        return layer_norm_forward(z, gamma, beta)
    if norm == "batch":
        return batch_norm_forward(z, gamma, beta)
    return z * gamma + beta


def _backward(norm: str, grad_out: Tensor, z: Tensor, gamma: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients of `_forward` for z, gamma and beta."""
    if norm == "layer":
        return layer_norm_backward(grad_out, z, gamma)
    if norm == "batch":
        return batch_norm_backward(grad_out, z, gamma)
    return grad_out * gamma, (grad_out * z).sum(dim=0), grad_out.sum(dim=0)


def _cross_entropy(logits: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The mean cross-entropy of the softmax, and its gradient for the logits."""
    # The largest logit of a row becomes 0, so that exp cannot overflow.
    shifted = logits - logits.amax(dim=1, keepdim=True)
    log_probs = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    rows = torch.arange(len(y), device=y.device)
    error = log_probs.exp()
    error[rows, y] -= 1
    return -log_probs[rows, y].mean(), error / len(y)


def network_gradients(params: dict, X: Tensor, y: Tensor, norm: str) -> tuple[Tensor, dict]:
    """Mean cross-entropy of a network whose hidden layers are linear, normalised and rectified, and its gradients.

    Source: Goodfellow, Bengio and Courville, Deep Learning, section 6.5.4, algorithms 6.3 and 6.4.

    Args:
        params: a dict with the lists "weights" (a matrix for each linear map), "gamma" and "beta" (for each
            hidden layer), and with "bias" [k], which the last linear map adds.
        X: [n, d] one row per example.
        y: [n] int64 labels in 0..k-1.
        norm: "layer", "batch" (in training mode) or "none" (gamma and beta only); eps is 1e-5.
    Returns:
        loss: [] mean cross-entropy over the rows, in nats.
        grads: a dict like params; every gradient has the shape of its parameter.
    """
    *hidden, head = params["weights"]
    # What each layer was given and what entered its norm is kept for the way back.
    inputs, sums = [X], []
    for W, gamma, beta in zip(hidden, params["gamma"], params["beta"], strict=True):
        sums.append(inputs[-1] @ W)
        inputs.append(_forward(norm, sums[-1], gamma, beta).clamp(min=0))
    loss, grad = _cross_entropy(inputs[-1] @ head + params["bias"], y)
    grads = {"weights": [inputs[-1].T @ grad], "gamma": [], "beta": [], "bias": grad.sum(dim=0)}
    # From the last hidden layer to the first: through the matrix above it, its ReLU and its norm.
    for i in reversed(range(len(hidden))):
        grad = (grad @ params["weights"][i + 1].T) * (inputs[i + 1] > 0)
        grad, dgamma, dbeta = _backward(norm, grad, sums[i], params["gamma"][i])
        grads["weights"].insert(0, inputs[i].T @ grad)
        grads["gamma"].insert(0, dgamma)
        grads["beta"].insert(0, dbeta)
    return loss, grads


def _moved(params: dict, grads: dict, lr: float) -> dict:
    """The parameters after one step of gradient descent on all of them."""
    after = {"bias": params["bias"] - lr * grads["bias"]}
    for name in ("weights", "gamma", "beta"):
        after[name] = [value - lr * slope for value, slope in zip(params[name], grads[name], strict=True)]
    return after


def train(
    params: dict,
    X: Tensor,
    y: Tensor,
    *,
    norm: str,
    lr: float,
    epochs: int,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> tuple[dict, Tensor]:
    """Train by mini-batch gradient descent on the mean cross-entropy, and record the loss of every epoch.

    Source: Ba, Kiros and Hinton, section 6 (training loss against the number of updates).

    Args:
        params: the start, as in `network_gradients`; it stays as it is.
        X: [n, d] one row per example.
        y: [n] int64 labels in 0..k-1.
        norm: "layer", "batch" or "none".
        lr: learning rate of every step, the same for all parameters.
        epochs: number of passes over all rows, at least 1.
        batch_size: rows in a batch; the last batch of an epoch keeps what is left over.
        generator: draws a new order of the rows for every epoch; None means the given order each time.
    Returns:
        params: a dict like the start.
        losses: [e] for each epoch the mean over all rows of their losses, each taken just before the step of its batch.
    """
    losses = []
    for _ in range(epochs):
        if generator is None:
            order = torch.arange(len(X), device=X.device)
        else:
            order = torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)
        total = X.new_zeros(())
        for rows in order.split(batch_size):
            loss, grads = network_gradients(params, X[rows], y[rows], norm)
            params = _moved(params, grads, lr)
            # A short batch has fewer rows, so its mean counts for less.
            total = total + loss * len(rows)
        losses.append(total / len(X))
    return params, torch.stack(losses)


def epochs_to(losses: Tensor, target: float) -> int | None:
    """The first epoch, counted from 1, whose loss is at most the target; None if there is none.

    Args:
        losses: [e] loss of each epoch.
        target: the loss to reach.
    """
    for epoch, loss in enumerate(losses.tolist(), start=1):
        if loss <= target:
            return epoch
    return None


def compare_norms(
    params: dict, X: Tensor, y: Tensor, *, target: float, lr: float, epochs: int, batch_size: int
) -> dict:
    """How many epochs a network needs to a training loss without, with batch and with layer normalisation.

    All three trainings begin with the same parameters and take the rows in the given order.

    Source: Ba, Kiros and Hinton, section 6.

    Args:
        params: the start of all three, as in `network_gradients`; it stays as it is.
        X: [n, d] one row per example.
        y: [n] int64 labels in 0..k-1.
        target: the training loss to reach.
        lr: learning rate of every step.
        epochs: number of epochs after which a training gives up.
        batch_size: rows in a batch.
    Returns:
        a dict with the keys "none", "batch" and "layer" and the answers of `epochs_to`.
    """
    needed = {}
    for norm in ("none", "batch", "layer"):
        _, losses = train(params, X, y, norm=norm, lr=lr, epochs=epochs, batch_size=batch_size)
        needed[norm] = epochs_to(losses, target)
    return needed
