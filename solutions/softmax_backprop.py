"""Softmax, cross-entropy and backpropagation through a multilayer perceptron, by hand.

Sizes in brackets: n rows, d features, h hidden units, k classes; [] is a 0-dim tensor. Every function works
in the dtype and on the device of what it is given, and leaves its arguments as they were. A `_backward`
function with an argument `grad` takes the gradient of some loss with respect to an output, and returns the
gradient of that loss with respect to the input.
"""

import torch
from torch import Tensor


def logsumexp(logits: Tensor) -> Tensor:
    """Logarithm of the sum of exponentials of each row, finite for every finite input.

    Args:
        logits: [n, k] raw scores, one row per example.
    Returns:
        [n] log(exp(z_1) + ... + exp(z_k)) of each row.
    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 4.1; Blanchard, Higham, Higham,
        Accurately computing the log-sum-exp and softmax functions (2021), section 1.
    """
    # The largest term of a row becomes exp(0) = 1: nothing overflows, and the sum is never 0.
    top = logits.amax(dim=1, keepdim=True)
    return top[:, 0] + torch.exp(logits - top).sum(dim=1).log()


def logsumexp_backward(grad: Tensor, logits: Tensor) -> Tensor:
    """Gradient of a loss with respect to the input of logsumexp.

    Args:
        grad: [n] gradient of the loss with respect to logsumexp(logits).
        logits: [n, k] the input of logsumexp.
    Returns:
        [n, k] gradient of the loss with respect to logits.
    Source: Boyd, Vandenberghe, Convex Optimization (2004), section 3.1.5.
    """
    # exp(z_j) / sum of all exp(z): the derivative of logsumexp is the softmax.
    return grad[:, None] * torch.exp(logits - logsumexp(logits)[:, None])


def softmax(logits: Tensor) -> Tensor:
    """Probabilities of the classes, row by row.

    Args:
        logits: [n, k] raw scores, one row per example.
    Returns:
        [n, k] positive numbers, each row summing to 1.
    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.2.2.3, eq. (6.29).
    """
    # Each row is shifted by its own maximum; the shift cancels in the quotient.
    scores = torch.exp(logits - logits.amax(dim=1, keepdim=True))
    return scores / scores.sum(dim=1, keepdim=True)


def softmax_backward(grad: Tensor, probs: Tensor) -> Tensor:
    """Vector-Jacobian product of the softmax.

    Args:
        grad: [n, k] gradient of the loss with respect to probs.
        probs: [n, k] the output of softmax.
    Returns:
        [n, k] gradient of the loss with respect to the logits.
    Source: Bridle, Training stochastic model recognition algorithms as networks can lead to maximum mutual
        information estimation of parameters (NIPS 1989).
    """
    # The Jacobian of a row is diag(p) - p p^T; its product with grad needs no k x k matrix.
    return probs * (grad - (grad * probs).sum(dim=1, keepdim=True))


def log_softmax(logits: Tensor) -> Tensor:
    """Logarithms of the softmax probabilities, finite where the probability itself would be 0.

    Args:
        logits: [n, k] raw scores, one row per example.
    Returns:
        [n, k] log-probabilities, in nats.
    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.2.2.3, eq. (6.30).
    """
    # The logarithm of the quotient is a difference, so no probability is ever formed.
    return logits - logsumexp(logits)[:, None]


def log_softmax_backward(grad: Tensor, log_probs: Tensor) -> Tensor:
    """Vector-Jacobian product of the log-softmax.

    Args:
        grad: [n, k] gradient of the loss with respect to log_probs.
        log_probs: [n, k] the output of log_softmax.
    Returns:
        [n, k] gradient of the loss with respect to the logits.
    Source: differentiate Goodfellow, Bengio, Courville, Deep Learning (2016), eq. (6.30).
    """
    # Every log-probability of a row holds the same -logsumexp, hence the sum over the row.
    return grad - torch.exp(log_probs) * grad.sum(dim=1, keepdim=True)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy between the softmax of the logits and the labels.

    Args:
        logits: [n, k] raw scores, one row per example.
        labels: [n] int64; class index in 0..k-1.
    Returns:
        [] mean over the rows of -log softmax(logits)[i, labels[i]], in nats.
    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4, eq. (4.108).
    """
    # One log-probability of each row counts: that of the true class.
    return -log_softmax(logits).gather(1, labels[:, None]).mean()


def cross_entropy_backward(logits: Tensor, labels: Tensor) -> Tensor:
    """Gradient of the mean cross-entropy with respect to the logits.

    Args:
        logits: [n, k] raw scores, one row per example.
        labels: [n] int64; class index in 0..k-1.
    Returns:
        [n, k] gradient of cross_entropy(logits, labels).
    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4, eq. (4.109).
    """
    # Prediction minus truth: 1 comes off the entry of the true class; the mean brings 1/n.
    error = softmax(logits)
    error[torch.arange(len(labels), device=labels.device), labels] -= 1
    return error / len(labels)


def linear(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """Linear layer.

    Args:
        X: [n, d] inputs, one row per example.
        W: [d, h] weights.
        b: [h] biases.
    Returns:
        [n, h] X @ W + b.
    """
    return X @ W + b


def linear_backward(grad: Tensor, X: Tensor, W: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of a loss with respect to the three inputs of linear.

    Args:
        grad: [n, h] gradient of the loss with respect to the output.
        X: [n, d] the inputs of the layer.
        W: [d, h] the weights of the layer.
    Returns:
        dX: [n, d] gradient with respect to X.
        dW: [d, h] gradient with respect to W.
        db: [h] gradient with respect to b.
    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.5.6.
    """
    # W and b serve every row, so their gradients are sums over the rows.
    return grad @ W.T, X.T @ grad, grad.sum(dim=0)


def relu(z: Tensor) -> Tensor:
    """Rectified linear unit, entry by entry.

    Args:
        z: [n, h] pre-activations.
    Returns:
        [n, h] max(z, 0).
    Source: Nair, Hinton, Rectified linear units improve restricted Boltzmann machines (2010).
    """
    return z.clamp(min=0)


def relu_backward(grad: Tensor, z: Tensor) -> Tensor:
    """Gradient of a loss with respect to the input of relu.

    Args:
        grad: [n, h] gradient of the loss with respect to relu(z).
        z: [n, h] the input of relu.
    Returns:
        [n, h] gradient with respect to z; 0 where z is exactly 0.
    """
    return grad * (z > 0)


def mse(predictions: Tensor, targets: Tensor) -> Tensor:
    """Mean squared error over all entries.

    Args:
        predictions: [n, k] outputs of a model.
        targets: [n, k] what they should have been.
    Returns:
        [] sum of the squared differences, divided by n * k.
    """
    return (predictions - targets).square().mean()


def mse_backward(predictions: Tensor, targets: Tensor) -> Tensor:
    """Gradient of the mean squared error with respect to the predictions.

    Args:
        predictions: [n, k] outputs of a model.
        targets: [n, k] what they should have been.
    Returns:
        [n, k] gradient of mse(predictions, targets).
    """
    return (predictions - targets) * (2 / predictions.numel())


def init_params(
    sizes: list[int], generator: torch.Generator, dtype: torch.dtype = torch.float32
) -> list[tuple[Tensor, Tensor]]:
    """Random start of a multilayer perceptron: weights uniform within 1/sqrt(d), biases 0.

    Args:
        sizes: widths from the features to the classes, for instance [784, 256, 10].
        generator: source of the random numbers; the parameters live on its device.
        dtype: floating-point type of the parameters.
    Returns:
        list of one (W, b) per layer, W: [d, h] and b: [h] for neighbouring widths d, h.
    Source: LeCun, Bottou, Orr, Müller, Efficient BackProp (1998), section 4.6, up to a constant.
    """
    like = {"dtype": dtype, "device": generator.device}
    params = []
    for d, h in zip(sizes[:-1], sizes[1:], strict=True):
        W = (2 * torch.rand(d, h, generator=generator, **like) - 1) / d**0.5
        params.append((W, torch.zeros(h, **like)))
    return params


def mlp_forward(X: Tensor, params: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, list[Tensor]]:
    """Logits of a multilayer perceptron: a ReLU after every linear layer but the last.

    Args:
        X: [n, d] inputs, one row per example.
        params: list of (W, b), one pair per layer, from the inputs to the logits.
    Returns:
        logits: [n, k] output of the last linear layer.
        inputs: list of what each linear layer was given: X itself, then the outputs of the ReLUs.
    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), algorithm 6.3.
    """
    # What enters a layer is kept: the backward pass needs it for the weights and for the ReLU.
    inputs = [X]
    for W, b in params[:-1]:
        inputs.append(relu(linear(inputs[-1], W, b)))
    return linear(inputs[-1], *params[-1]), inputs


def mlp_backward(
    grad: Tensor, inputs: list[Tensor], params: list[tuple[Tensor, Tensor]]
) -> list[tuple[Tensor, Tensor]]:
    """Gradients of a loss with respect to all parameters of a multilayer perceptron.

    Args:
        grad: [n, k] gradient of the loss with respect to the logits.
        inputs: list of the inputs of the linear layers, as mlp_forward returns it.
        params: list of (W, b), one pair per layer, from the inputs to the logits.
    Returns:
        list of (dW, db) in the order and shapes of params.
    Source: Rumelhart, Hinton, Williams, Learning representations by back-propagating errors (1986);
        Goodfellow, Bengio, Courville, Deep Learning (2016), algorithm 6.4.
    """
    grads = []
    # An output of a ReLU is positive exactly where its input was, so it can stand in for it.
    for (W, _), layer_input in zip(params[:0:-1], inputs[:0:-1], strict=True):
        dX, dW, db = linear_backward(grad, layer_input, W)
        grads.append((dW, db))
        grad = relu_backward(dX, layer_input)
    # Nobody asks for the gradient of the data, and it would be the dearest product of the pass.
    grads.append((inputs[0].T @ grad, grad.sum(dim=0)))
    return grads[::-1]


def train(
    X: Tensor,
    y: Tensor,
    params: list[tuple[Tensor, Tensor]],
    *,
    epochs: int,
    batch_size: int,
    lr: float,
    generator: torch.Generator | None = None,
) -> list[tuple[Tensor, Tensor]]:
    """Parameters after mini-batch gradient descent on the cross-entropy.

    Args:
        X: [n, d] training inputs.
        y: [n] int64 labels in 0..k-1.
        params: list of (W, b) to start from, of the dtype of X; they stay as they are.
        epochs: passes over the data.
        batch_size: rows per step; the last batch of an epoch has what is left over.
        lr: learning rate of the first step. Of T steps in all, step t = 0..T-1 uses lr * (1 - t / T).
        generator: shuffles the rows anew for every epoch; None takes them in the given order.
    Returns:
        list of trained (W, b), in the order and shapes of params.
    Source: Bottou, Curtis, Nocedal, Optimization methods for large-scale machine learning (2018),
        algorithm 4.1.
    """
    # A private copy may be updated in place, which spares an allocation of every weight per step.
    params = [(W.clone(), b.clone()) for W, b in params]
    steps = epochs * -(-len(X) // batch_size)
    batches = (rows for _ in range(epochs) for rows in _order(X, generator).split(batch_size))
    for step, rows in enumerate(batches):
        rate = lr * (1 - step / steps)
        logits, inputs = mlp_forward(X.index_select(0, rows), params)
        grads = mlp_backward(cross_entropy_backward(logits, y[rows]), inputs, params)
        # All gradients exist before the first parameter moves.
        for (W, b), (dW, db) in zip(params, grads, strict=True):
            W.sub_(dW, alpha=rate)
            b.sub_(db, alpha=rate)
    return params


def _order(X: Tensor, generator: torch.Generator | None) -> Tensor:
    """Row numbers of one epoch: [n], shuffled if there is a generator."""
    if generator is None:
        return torch.arange(len(X), device=X.device)
    return torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)


def predict(X: Tensor, params: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Most probable class of each row.

    Args:
        X: [n, d] inputs, one row per example.
        params: list of (W, b), one pair per layer.
    Returns:
        [n] int64; class index in 0..k-1.
    """
    return mlp_forward(X, params)[0].argmax(dim=1)
