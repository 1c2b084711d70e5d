# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""Softmax and backpropagation.

Read assignments/softmax_backprop/handout.html, then write the functions below. `autograder check softmax_backprop` tells how you are doing.
"""

import torch
from torch import Tensor


# Exercise 1: Log-sum-exp and its gradient (12 points)


def logsumexp(logits: Tensor) -> Tensor:
    """Logarithm of the sum of exponentials of each row, finite for every finite input.

    Args:
        logits: [n, k] raw scores, one row per example.
    Returns:
        [n] log(exp(z_1) + ... + exp(z_k)) of each row.
    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 4.1; Blanchard, Higham, Higham,
        Accurately computing the log-sum-exp and softmax functions (2021), section 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def logsumexp_backward(grad: Tensor, logits: Tensor) -> Tensor:
    """Gradient of a loss with respect to the input of logsumexp.

    Args:
        grad: [n] gradient of the loss with respect to logsumexp(logits).
        logits: [n, k] the input of logsumexp.
    Returns:
        [n, k] gradient of the loss with respect to logits.
    Source: Boyd, Vandenberghe, Convex Optimization (2004), section 3.1.5.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 2: Softmax, log-softmax and their gradients (22 points)


def softmax(logits: Tensor) -> Tensor:
    """Probabilities of the classes, row by row.

    Args:
        logits: [n, k] raw scores, one row per example.
    Returns:
        [n, k] positive numbers, each row summing to 1.
    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.2.2.3, eq. (6.29).
    """
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


def log_softmax(logits: Tensor) -> Tensor:
    """Logarithms of the softmax probabilities, finite where the probability itself would be 0.

    Args:
        logits: [n, k] raw scores, one row per example.
    Returns:
        [n, k] log-probabilities, in nats.
    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.2.2.3, eq. (6.30).
    """
    # YOUR CODE HERE
    raise NotImplementedError


def log_softmax_backward(grad: Tensor, log_probs: Tensor) -> Tensor:
    """Vector-Jacobian product of the log-softmax.

    Args:
        grad: [n, k] gradient of the loss with respect to log_probs.
        log_probs: [n, k] the output of log_softmax.
    Returns:
        [n, k] gradient of the loss with respect to the logits.
    Source: differentiate Goodfellow, Bengio, Courville, Deep Learning (2016), eq. (6.30).
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 3: Cross-entropy from class indices (16 points)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy between the softmax of the logits and the labels.

    Args:
        logits: [n, k] raw scores, one row per example.
        labels: [n] int64; class index in 0..k-1.
    Returns:
        [] mean over the rows of -log softmax(logits)[i, labels[i]], in nats.
    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4, eq. (4.108).
    """
    # YOUR CODE HERE
    raise NotImplementedError


def cross_entropy_backward(logits: Tensor, labels: Tensor) -> Tensor:
    """Gradient of the mean cross-entropy with respect to the logits.

    Args:
        logits: [n, k] raw scores, one row per example.
        labels: [n] int64; class index in 0..k-1.
    Returns:
        [n, k] gradient of cross_entropy(logits, labels).
    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4, eq. (4.109).
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 4: Linear layer, ReLU and squared error (16 points)


def linear(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """Linear layer.

    Args:
        X: [n, d] inputs, one row per example.
        W: [d, h] weights.
        b: [h] biases.
    Returns:
        [n, h] X @ W + b.
    """
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


def relu(z: Tensor) -> Tensor:
    """Rectified linear unit, entry by entry.

    Args:
        z: [n, h] pre-activations.
    Returns:
        [n, h] max(z, 0).
    Source: Nair, Hinton, Rectified linear units improve restricted Boltzmann machines (2010).
    """
    # YOUR CODE HERE
    raise NotImplementedError


def relu_backward(grad: Tensor, z: Tensor) -> Tensor:
    """Gradient of a loss with respect to the input of relu.

    Args:
        grad: [n, h] gradient of the loss with respect to relu(z).
        z: [n, h] the input of relu.
    Returns:
        [n, h] gradient with respect to z; 0 where z is exactly 0.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def mse(predictions: Tensor, targets: Tensor) -> Tensor:
    """Mean squared error over all entries.

    Args:
        predictions: [n, k] outputs of a model.
        targets: [n, k] what they should have been.
    Returns:
        [] sum of the squared differences, divided by n * k.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def mse_backward(predictions: Tensor, targets: Tensor) -> Tensor:
    """Gradient of the mean squared error with respect to the predictions.

    Args:
        predictions: [n, k] outputs of a model.
        targets: [n, k] what they should have been.
    Returns:
        [n, k] gradient of mse(predictions, targets).
    """
    # YOUR CODE HERE
    raise NotImplementedError


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


# Exercise 5: Forward and backward through any depth (16 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 6: Mini-batch training (18 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


def predict(X: Tensor, params: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Most probable class of each row.

    Args:
        X: [n, d] inputs, one row per example.
        params: list of (W, b), one pair per layer.
    Returns:
        [n] int64; class index in 0..k-1.
    """
    # YOUR CODE HERE
    raise NotImplementedError
