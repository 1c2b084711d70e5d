# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""Dropout and its scaling.

Read assignments/dropout_scaling/handout.html, then write the functions below. `autograder check dropout_scaling` tells how you are doing.
"""

import math
import torch


def softmax(logits: torch.Tensor) -> torch.Tensor:
    """Softmax over the last axis, safe for large logits.

    Args:
        logits: [..., k] raw scores.
    Returns:
        [..., k] probabilities; each row sums to 1.
    """
    # A shift of the whole row cancels in the quotient, so the largest exponent may be made 0.
    scores = torch.exp(logits - logits.amax(-1, keepdim=True))
    return scores / scores.sum(-1, keepdim=True)


def cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean cross-entropy of a batch and its gradient with respect to the logits.

    Args:
        logits: [n, k] raw scores.
        labels: [n] int64 class indices.
    Returns:
        loss: [] mean over the rows, in nats.
        dlogits: [n, k] derivative of that mean.
    """
    rows = torch.arange(len(labels), device=logits.device)
    # Taken from the shifted logits and never from a rounded probability, the logarithm stays finite.
    shifted = logits - logits.amax(1, keepdim=True)
    log_probabilities = shifted - shifted.exp().sum(1, keepdim=True).log()
    dlogits = log_probabilities.exp()
    dlogits[rows, labels] -= 1
    return -log_probabilities[rows, labels].mean(), dlogits / len(labels)


def init_mlp(d: int, h: int, k: int, generator: torch.Generator) -> dict[str, torch.Tensor]:
    """Start parameters of a network with one hidden ReLU layer, float32.

    Args:
        d: number of features.
        h: number of hidden units.
        k: number of classes.
        generator: source of the random numbers.
    Returns:
        dict of "W1" [d, h], "b1" [h], "W2" [h, k] and "b2" [k].
    """
    # Kaiming's normal initialization for the ReLU layer; the scores start with variance near 1.
    device = generator.device
    W1 = torch.randn(d, h, generator=generator, device=device) * math.sqrt(2 / d)
    W2 = torch.randn(h, k, generator=generator, device=device) * math.sqrt(1 / h)
    return {"W1": W1, "b1": W1.new_zeros(h), "W2": W2, "b2": W2.new_zeros(k)}


# Exercise 1: A mask of independent coins (15 points)


def dropout_mask(x: torch.Tensor, p: float, generator: torch.Generator) -> torch.Tensor:
    """A random mask for x: 1 keeps an entry, 0 drops it, one independent coin for every entry.

    Srivastava et al. (2014), section 4; their Bernoulli(p) is Bernoulli(1 - p) here.

    Args:
        x: [n, d] activations; only shape, dtype and device matter.
        p: probability of dropping an entry, 0 <= p <= 1.
        generator: the only source of random numbers.
    Returns:
        [n, d] zeros and ones, in the dtype and on the device of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 2: Inverted dropout and its gradient (20 points)


def dropout_forward(x: torch.Tensor, mask: torch.Tensor, p: float) -> torch.Tensor:
    """Inverted dropout in training: dropped entries become 0, kept ones are scaled up.

    Srivastava et al. (2014), section 10 (the scaling at training time).

    Args:
        x: [n, d] activations.
        mask: [n, d] zeros and ones, drawn with the same p.
        p: probability of dropping an entry, 0 <= p <= 1.
    Returns:
        [n, d] activations whose expectation over the masks is x; zeros if p = 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def dropout_backward(grad_out: torch.Tensor, mask: torch.Tensor, p: float) -> torch.Tensor:
    """Gradient of a loss with respect to the input of `dropout_forward`.

    Args:
        grad_out: [n, d] gradient with respect to the output.
        mask: [n, d] the mask of the forward pass.
        p: probability of dropping an entry, 0 <= p <= 1.
    Returns:
        [n, d] gradient with respect to x; zeros if p = 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 3: A layer with two modes (15 points)


class Dropout:
    """An inverted dropout layer with a training and an evaluation mode.

    Args:
        p: probability of dropping an entry, 0 <= p <= 1.
        generator: the only source of random numbers.

    Attributes:
        p, generator: as given.
        training: whether entries are dropped; True at the start, set by the caller.
        mask: the mask of the last forward pass, in training [n, d] zeros and ones, in evaluation None.
    """

    def __init__(self, p: float, generator: torch.Generator) -> None:
        self.p = p
        self.generator = generator
        self.training = True
        self.mask: torch.Tensor | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Drop with a new mask in training; in evaluation return x as it is and draw nothing.

        Args:
            x: [n, d] activations.
        Returns:
            [n, d] the output.
        """
        # YOUR CODE HERE
        raise NotImplementedError

    def backward(self, grad_out: torch.Tensor) -> torch.Tensor:
        """Gradient with respect to the input of the last forward pass.

        Args:
            grad_out: [n, d] gradient with respect to its output.
        Returns:
            [n, d] gradient with respect to x.
        """
        # YOUR CODE HERE
        raise NotImplementedError


# Exercise 4: Classic dropout: scale the weights at test time (15 points)


def classic_logits(x: torch.Tensor, mask: torch.Tensor, W: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Scores in training with classic dropout on the inputs: masked, not scaled.

    Srivastava et al. (2014), section 4.

    Args:
        x: [..., d] inputs of the layer, a row per example; axes in front of d are free.
        mask: [..., d] zeros and ones, of the shape of x or one that broadcasts with it.
        W: [d, k] weights.
        b: [k] bias.
    Returns:
        [..., k] scores.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def scale_weights(W: torch.Tensor, p: float) -> torch.Tensor:
    """The test-time weights of a layer whose inputs were dropped in training by classic dropout.

    Srivastava et al. (2014), section 4 and figure 2.

    Args:
        W: [d, k] weights as trained.
        p: probability with which an input was dropped, 0 <= p <= 1.
    Returns:
        [d, k] scaled weights.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def weight_scaled_logits(x: torch.Tensor, W: torch.Tensor, b: torch.Tensor, p: float) -> torch.Tensor:
    """Scores at test time after classic dropout: all inputs, scaled weights.

    Args:
        x: [n, d] inputs of the layer.
        W: [d, k] weights as trained.
        b: [k] bias.
        p: probability with which an input was dropped, 0 <= p <= 1.
    Returns:
        [n, k] scores, the expectation of `classic_logits` over the masks.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 5: The ensemble behind dropout (20 points)


def all_masks(x: torch.Tensor) -> torch.Tensor:
    """Every mask that dropout can give one row of x.

    Args:
        x: [n, d] inputs; only d, dtype and device matter.
    Returns:
        [m, d] the m = 2**d different rows of zeros and ones, in any order, dtype and device of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def mask_probabilities(masks: torch.Tensor, p: float) -> torch.Tensor:
    """How likely dropout draws each mask.

    Args:
        masks: [m, d] zeros and ones, one mask a row.
        p: probability of dropping an entry, 0 <= p <= 1.
    Returns:
        [m] probabilities; over all masks they sum to 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def member_distributions(x: torch.Tensor, masks: torch.Tensor, W: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """What each member of the ensemble predicts: softmax regression on the inputs that its mask keeps.

    Goodfellow, Bengio and Courville (2016), section 7.12, equation 7.57.

    Args:
        x: [n, d] inputs.
        masks: [m, d] zeros and ones; member i applies row i to every row of x.
        W: [d, k] weights, not scaled.
        b: [k] bias.
    Returns:
        [m, n, k] probabilities.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def geometric_mean(distributions: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """The weighted geometric mean of distributions, renormalised to be a distribution again.

    Goodfellow, Bengio and Courville (2016), section 7.12, equations 7.53 and 7.55, here with weights.

    Args:
        distributions: [m, n, k] positive probabilities of m members.
        weights: [m] weights >= 0 with sum 1.
    Returns:
        [n, k] probabilities; each row sums to 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def ensemble_prediction(x: torch.Tensor, W: torch.Tensor, b: torch.Tensor, p: float) -> torch.Tensor:
    """The prediction of all 2**d members together: their geometric mean, weighted by their probabilities.

    Args:
        x: [n, d] inputs; d is small.
        W: [d, k] weights, not scaled.
        b: [k] bias.
        p: probability of dropping an input, 0 <= p <= 1.
    Returns:
        [n, k] probabilities.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def weight_scaled_prediction(x: torch.Tensor, W: torch.Tensor, b: torch.Tensor, p: float) -> torch.Tensor:
    """The same prediction in one forward pass, by weight scaling.

    Goodfellow, Bengio and Courville (2016), section 7.12, equations 7.56 to 7.66.

    Args:
        x: [n, d] inputs.
        W: [d, k] weights, not scaled.
        b: [k] bias.
        p: probability of dropping an input, 0 <= p <= 1.
    Returns:
        [n, k] probabilities.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 6: Dropout against overfitting (15 points)


def predict_logits(params: dict[str, torch.Tensor], X: torch.Tensor) -> torch.Tensor:
    """Scores of the network in evaluation: ReLU in the hidden layer, nothing dropped.

    Args:
        params: dict of "W1" [d, h], "b1" [h], "W2" [h, k] and "b2" [k].
        X: [n, d] inputs.
    Returns:
        [n, k] scores.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def loss_and_gradients(
    params: dict[str, torch.Tensor], X: torch.Tensor, y: torch.Tensor, mask: torch.Tensor, p: float
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Loss of the network with inverted dropout on its hidden units, and the gradient of every parameter.

    Args:
        params: dict of "W1" [d, h], "b1" [h], "W2" [h, k] and "b2" [k].
        X: [n, d] inputs.
        y: [n] int64 class indices.
        mask: [n, h] zeros and ones, for the hidden units after the ReLU.
        p: probability with which the mask was drawn, 0 <= p <= 1.
    Returns:
        loss: [] mean cross-entropy with this mask.
        gradients: dict with the keys and shapes of params.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def train(
    params: dict[str, torch.Tensor],
    X: torch.Tensor,
    y: torch.Tensor,
    *,
    p: float,
    lr: float,
    steps: int,
    generator: torch.Generator,
) -> dict[str, torch.Tensor]:
    """Gradient descent on the whole batch, with a new mask for the hidden units in every step.

    Args:
        params: dict of "W1" [d, h], "b1" [h], "W2" [h, k] and "b2" [k]; not changed.
        X: [n, d] inputs.
        y: [n] int64 class indices.
        p: probability of dropping a hidden unit, 0 <= p <= 1.
        lr: learning rate.
        steps: number of updates.
        generator: the only source of random numbers.
    Returns:
        dict with the keys and shapes of params: the parameters after the last step.
    """
    # YOUR CODE HERE
    raise NotImplementedError
