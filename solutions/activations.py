"""Activation functions, output functions and the losses that belong to them, and what an activation does to a gradient.

Shapes: z [...] sums that enter an activation, in any shape; X [n, d] rows of features, W [d, h] and b [h] a layer,
k classes, logits [n, k]. Everything works for any float dtype on any device, stays finite for inputs up to 1e4
in size, and changes nothing that it is given.
Sources: Goodfellow, Bengio and Courville, Deep Learning, 2016, sections 6.2.2 and 6.3; LeCun, Bottou, Orr and Mueller,
Efficient BackProp, 1998; Szegedy et al., Rethinking the Inception Architecture, 2016, arXiv:1512.00567.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def _sigma(z: Tensor) -> Tensor:
    """1 / (1 + exp(-z)) without an exponential of a large number."""
    # exp of a number below 0 cannot overflow. For z < 0 the fraction is written with exp(z) in both of its halves.
    small = torch.exp(-z.abs())
    return torch.where(z < 0, small, torch.ones_like(small)) / (1 + small)


def logistic(z: Tensor, steepness: float = 1.0) -> Tensor:
    """The logistic function 1 / (1 + exp(-steepness * z)), between 0 and 1.

    Source: Goodfellow, Bengio and Courville, section 3.10, equation 3.30.

    Args:
        z: [...] any numbers.
        steepness: factor of z, greater than 0.
    Returns:
        [...] the value for each of them.
    """
    return _sigma(steepness * z)


def logistic_derivative(z: Tensor, steepness: float = 1.0) -> Tensor:
    """The derivative of `logistic` for z.

    Args:
        z: [...] the input of the function, not its value.
        steepness: the steepness that the function got.
    Returns:
        [...] the slope at each of them.
    """
    # sigma(-x) is 1 - sigma(x), and keeps its digits where sigma(x) is nearly 1.
    return steepness * _sigma(steepness * z) * _sigma(-steepness * z)


def tanh(z: Tensor) -> Tensor:
    """The hyperbolic tangent (exp(z) - exp(-z)) / (exp(z) + exp(-z)), between -1 and 1.

    Source: LeCun, Bottou, Orr and Mueller, section 4.4.

    Args:
        z: [...] any numbers.
    Returns:
        [...] the value for each of them.
    """
    # It is a logistic function: twice as steep, twice as high, and shifted down so that it is odd.
    return 2 * _sigma(2 * z) - 1


def tanh_derivative(z: Tensor) -> Tensor:
    """The derivative of `tanh` for z.

    Args:
        z: [...] the input of the function, not its value.
    Returns:
        [...] the slope at each of them.
    """
    # One 2 is the height of the curve, and the chain rule brings the other.
    return 4 * _sigma(2 * z) * _sigma(-2 * z)


def arctan(z: Tensor) -> Tensor:
    """The arc tangent, scaled so that it lies between -1 and 1 and has the slope 1 at 0.

    Args:
        z: [...] any numbers.
    Returns:
        [...] the value for each of them.
    """
    # The outer factor makes the limits 1, the inner one repairs the slope that the outer one has spoiled.
    return 2 / math.pi * torch.atan(math.pi / 2 * z)


def arctan_derivative(z: Tensor) -> Tensor:
    """The derivative of `arctan` for z.

    Args:
        z: [...] the input of the function, not its value.
    Returns:
        [...] the slope at each of them.
    """
    return 1 / (1 + (math.pi / 2 * z).square())


def algebraic(z: Tensor) -> Tensor:
    """The algebraic sigmoid z / sqrt(1 + z^2), between -1 and 1.

    Args:
        z: [...] any numbers.
    Returns:
        [...] the value for each of them.
    """
    return z * torch.rsqrt(1 + z.square())


def algebraic_derivative(z: Tensor) -> Tensor:
    """The derivative of `algebraic` for z.

    Args:
        z: [...] the input of the function, not its value.
    Returns:
        [...] the slope at each of them.
    """
    # By the quotient rule the numerator is 1 + z^2 - z^2: only the root's third power is left.
    return (1 + z.square()) ** -1.5


def softsign(z: Tensor) -> Tensor:
    """The softsign z / (1 + |z|), between -1 and 1.

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.

    Args:
        z: [...] any numbers.
    Returns:
        [...] the value for each of them.
    """
    return z / (1 + z.abs())


def softsign_derivative(z: Tensor) -> Tensor:
    """The derivative of `softsign` for z.

    Args:
        z: [...] the input of the function, not its value.
    Returns:
        [...] the slope at each of them.
    """
    return (1 + z.abs()) ** -2.0


def relu(z: Tensor) -> Tensor:
    """The rectifier max(z, 0).

    Source: Glorot, Bordes and Bengio, Deep Sparse Rectifier Neural Networks, 2011, section 3.1.

    Args:
        z: [...] any numbers.
    Returns:
        [...] the value for each of them.
    """
    return z.clamp(min=0)


def relu_derivative(z: Tensor) -> Tensor:
    """The derivative of `relu` for z; at 0 that from the left, which is 0.

    Args:
        z: [...] the input of the function, not its value.
    Returns:
        [...] the slope at each of them, in the dtype of z.
    """
    return (z > 0).to(z.dtype)


def leaky_relu(z: Tensor, leak: float = 0.01) -> Tensor:
    """The leaky rectifier: z above 0, and leak * z below.

    Source: Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013, section 2.

    Args:
        z: [...] any numbers.
        leak: slope below 0, at least 0; it may be above 1.
    Returns:
        [...] the value for each of them.
    """
    return torch.where(z > 0, z, leak * z)


def leaky_relu_derivative(z: Tensor, leak: float = 0.01) -> Tensor:
    """The derivative of `leaky_relu` for z; at 0 that from the left.

    Args:
        z: [...] the input of the function, not its value.
        leak: the leak that the function got.
    Returns:
        [...] the slope at each of them, in the dtype of z.
    """
    return torch.where(z > 0, torch.ones_like(z), torch.full_like(z, leak))


def elu(z: Tensor, alpha: float = 1.0) -> Tensor:
    """The exponential linear unit: z above 0, and alpha * (exp(z) - 1) below.

    Source: Clevert, Unterthiner and Hochreiter, ELU, 2015, arXiv:1511.07289, equation 15.

    Args:
        z: [...] any numbers.
        alpha: the limit far below 0 is -alpha.
    Returns:
        [...] the value for each of them.
    """
    # The exponential is asked for numbers up to 0 only. Beyond them it would overflow, and nobody needs it there.
    return z.clamp(min=0) + alpha * torch.expm1(z.clamp(max=0))


def elu_derivative(z: Tensor, alpha: float = 1.0) -> Tensor:
    """The derivative of `elu` for z; at 0 that from the left.

    Source: Clevert, Unterthiner and Hochreiter, equation 15.

    Args:
        z: [...] the input of the function, not its value.
        alpha: the alpha that the function got.
    Returns:
        [...] the slope at each of them.
    """
    # Where the exponential overflows, torch.where takes the 1 and leaves the infinity: nothing multiplies the two.
    return torch.where(z > 0, torch.ones_like(z), alpha * torch.exp(z))


def softplus(z: Tensor) -> Tensor:
    """The softplus log(1 + exp(z)), a rectifier with a round corner.

    Source: Dugas et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing, 2000.

    Args:
        z: [...] any numbers.
    Returns:
        [...] the value for each of them.
    """
    # log(1 + e^z) = z + log(e^-z + 1): for a positive z it is the second form that does not overflow.
    return z.clamp(min=0) + torch.log1p(torch.exp(-z.abs()))


def softplus_derivative(z: Tensor) -> Tensor:
    """The derivative of `softplus` for z.

    Args:
        z: [...] the input of the function, not its value.
    Returns:
        [...] the slope at each of them.
    """
    # What the rectifier's step is to the rectifier, the logistic function is to the softplus.
    return _sigma(z)


def output_layer(task: str, z: Tensor, target: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The output function that belongs to a task, its loss, and the gradient of the loss for z.

    Source: Bishop, Pattern Recognition and Machine Learning, 2006, section 5.2, equations 5.11 to 5.25.

    Args:
        task: "regression" (identity and half of the squared error, summed over the outputs), "binary" (logistic and
            binary cross-entropy, summed over the outputs) or "classes" (softmax and cross-entropy).
        z: [n, k] the sums of the last layer.
        target: [n, k] numbers; for "binary" each in 0..1, for "classes" rows that sum to 1.
    Returns:
        outputs: [n, k] the value of the output function.
        loss: [] mean over the n rows, in nats where it is a cross-entropy.
        grad: [n, k] gradient of this loss for z.
    """
    if task == "regression":
        outputs = z
        losses = (z - target).square() / 2
    elif task == "binary":
        outputs = _sigma(z)
        # -t log p - (1 - t) log(1 - p) with p put in is softplus(z) - t z: no logarithm of a rounded 0 is ever taken.
        losses = z.clamp(min=0) - target * z + torch.log1p(torch.exp(-z.abs()))
    else:
        # The largest sum of a row becomes 0, so that no exponential overflows; the shift changes no softmax.
        shifted = z - z.amax(dim=1, keepdim=True)
        log_probs = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
        outputs = log_probs.exp()
        losses = -target * log_probs
    # Each loss belongs to its output function, and therefore the gradient is the same for all three.
    return outputs, losses.sum() / len(z), (outputs - target) / len(z)


def smooth_labels(target: Tensor, alpha: float) -> Tensor:
    """Targets with a share alpha of each row spread over all its classes: (1 - alpha) target + alpha / k.

    Source: Szegedy et al., section 7.

    Args:
        target: [n, k] one-hot rows, or others that sum to 1.
        alpha: share in 0..1 that is spread.
    Returns:
        [n, k] rows that sum to 1.
    """
    return (1 - alpha) * target + alpha / target.shape[1]


def smoothed_cross_entropy(logits: Tensor, y: Tensor, alpha: float) -> tuple[Tensor, Tensor]:
    """The mean cross-entropy of the softmax with smoothed labels, and its gradient for the logits.

    Source: Szegedy et al., section 7.

    Args:
        logits: [n, k] raw scores.
        y: [n] int64 labels in 0..k-1.
        alpha: share in 0..1 that is taken from the true class and spread over all k.
    Returns:
        loss: [] mean over the rows, in nats.
        grad: [n, k] gradient of this loss for the logits.
    """
    # A smoothed label is a target like any other: the loss that takes targets needs no change.
    one_hot = torch.zeros_like(logits)
    one_hot[torch.arange(len(y), device=y.device), y] = 1
    _, loss, grad = output_layer("classes", logits, smooth_labels(one_hot, alpha))
    return loss, grad


def relu_interpolant(xs: Tensor, ys: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The ReLU network x -> c + sum_j v_j max(w_j x + b_j, 0) that joins given points by straight lines.

    Args:
        xs: [m] where the points are, in any order, all different, m at least 2.
        ys: [m] how high they are.
    Returns:
        w: [h] weights of the hidden units, h at most m.
        b: [h] their biases.
        v: [h] the weights that their outputs get.
        c: [] the bias of the output.
    """
    order = xs.argsort()
    xs, ys = xs[order], ys[order]
    # Every point but the last is a corner with a hidden unit of its own, which is silent up to it.
    corners = xs[:-1]
    slopes = (ys[1:] - ys[:-1]) / (xs[1:] - xs[:-1])
    # From there on the unit adds what the slope changes by. In front of the first corner the slope is 0.
    before = torch.cat([slopes.new_zeros(1), slopes[:-1]])
    return torch.ones_like(corners), -corners, slopes - before, ys[0]


def dead_share(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """The share of the units of a ReLU layer that are dead on the data: 0 for every row.

    Source: Maas, Hannun and Ng, section 2.

    Args:
        X: [n, d] one row per example.
        W: [d, h] weights of the layer.
        b: [h] its biases.
    Returns:
        [] dead units over all h units, in the dtype of X.
    """
    # One row that wakes a unit is enough: through that row a gradient still reaches its weights.
    dead = (X @ W + b <= 0).all(dim=0)
    return dead.to(X.dtype).mean()


def gradient_scale(
    activation: Callable[[Tensor], Tensor], derivative: Callable[[Tensor], Tensor], X: Tensor, weights: Sequence[Tensor]
) -> Tensor:
    """How large a gradient is when it comes to the input of each layer, if it is 1 for every output of the last one.

    Source: Glorot and Bengio, 2010, section 4.2.1, equations 2 and 3.

    Args:
        activation: the function after each layer, of sums in any shape.
        derivative: its derivative, a function of the same sums.
        X: [n, d] input of the first layer.
        weights: the matrix W of each of l layers, which maps a to activation(a @ W); there are no biases.
    Returns:
        [l] root mean square of the gradient at the input of each layer, that of X first.
    """
    sums = []
    for W in weights:
        sums.append(X @ W)
        X = activation(sums[-1])
    grad = torch.ones_like(X)
    scales = []
    for W, z in zip(reversed(weights), reversed(sums), strict=True):
        # Each layer multiplies by a slope and by a matrix, and so does the next: it is a product of many factors.
        grad = (grad * derivative(z)) @ W.T
        scales.append(grad.square().mean().sqrt())
    return torch.stack(scales[::-1])


def network_gradients(
    params: Sequence[Tensor],
    X: Tensor,
    target: Tensor,
    activation: Callable[[Tensor], Tensor],
    derivative: Callable[[Tensor], Tensor],
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Mean cross-entropy of a network with one hidden layer and any activation, and its gradients.

    Source: Goodfellow, Bengio and Courville, section 6.5.4, algorithms 6.3 and 6.4.

    Args:
        params: W1 [d, h], b1 [h], W2 [h, k] and b2 [k] of activation(X @ W1 + b1) @ W2 + b2.
        X: [n, d] one row per example.
        target: [n, k] rows that sum to 1, one-hot or smoothed.
        activation: the function of the hidden layer.
        derivative: its derivative, a function of the same sums.
    Returns:
        loss: [] mean cross-entropy over the rows, in nats.
        grads: the gradients for W1, b1, W2 and b2, in their shapes.
    """
    W1, b1, W2, b2 = params
    z = X @ W1 + b1
    hidden = activation(z)
    _, loss, error = output_layer("classes", hidden @ W2 + b2, target)
    # The slope is asked at the sums, where the activation was asked, and not at what it answered.
    back = (error @ W2.T) * derivative(z)
    return loss, (X.T @ back, back.sum(dim=0), hidden.T @ error, error.sum(dim=0))


def train(
    params: Sequence[Tensor],
    X: Tensor,
    target: Tensor,
    *,
    activation: Callable[[Tensor], Tensor],
    derivative: Callable[[Tensor], Tensor],
    lr: float,
    epochs: int,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, ...]:
    """Train the network by mini-batch gradient descent on its mean cross-entropy.

    Source: Goodfellow, Bengio and Courville, section 8.3.1, algorithm 8.1.

    Args:
        params: the start, W1, b1, W2 and b2; it stays as it is.
        X: [n, d] one row per example.
        target: [n, k] rows that sum to 1.
        activation: the function of the hidden layer.
        derivative: its derivative.
        lr: learning rate of every step.
        epochs: number of passes over all rows.
        batch_size: rows in a batch; the last batch of an epoch keeps what is left over.
        generator: draws a new order of the rows for every epoch; None means the given order each time.
    Returns:
        the parameters after the last step, like `params`.
    """
    for _ in range(epochs):
        if generator is None:
            order = torch.arange(len(X), device=X.device)
        else:
            order = torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)
        for rows in order.split(batch_size):
            # All four gradients belong to the parameters before the step.
            _, grads = network_gradients(params, X[rows], target[rows], activation, derivative)
            params = tuple(p - lr * g for p, g in zip(params, grads, strict=True))
    return tuple(params)
