"""Dropout and its scaling: masks, inverted and classic dropout, the ensemble behind them, training with it.

Everywhere in this module `p` is the probability of DROPPING a unit, as in torch.nn.Dropout. Srivastava et al.
(2014) write p for the probability of keeping one: their p is 1 - p here.
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
    # torch.rand draws from [0, 1): the share below p is p, and neither p = 0 nor p = 1 needs a special case.
    u = torch.rand(x.shape, generator=generator, device=generator.device)
    return (u >= p).to(x)


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
    return x * (mask * _scale(p))


def dropout_backward(grad_out: torch.Tensor, mask: torch.Tensor, p: float) -> torch.Tensor:
    """Gradient of a loss with respect to the input of `dropout_forward`.

    Args:
        grad_out: [n, d] gradient with respect to the output.
        mask: [n, d] the mask of the forward pass.
        p: probability of dropping an entry, 0 <= p <= 1.
    Returns:
        [n, d] gradient with respect to x; zeros if p = 1.
    """
    # For a fixed mask the forward pass multiplies each entry by a constant, and so does its derivative.
    return grad_out * (mask * _scale(p))


def _scale(p: float) -> float:
    # At p = 1 nothing is left to scale, and 0 / 0 must not turn the zeros into nan.
    return 0.0 if p == 1 else 1 / (1 - p)


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
        # Inverted dropout paid for the scaling in training: prediction costs nothing and is deterministic.
        self.mask = dropout_mask(x, self.p, self.generator) if self.training else None
        return x if self.mask is None else dropout_forward(x, self.mask, self.p)

    def backward(self, grad_out: torch.Tensor) -> torch.Tensor:
        """Gradient with respect to the input of the last forward pass.

        Args:
            grad_out: [n, d] gradient with respect to its output.
        Returns:
            [n, d] gradient with respect to x.
        """
        # The pass to differentiate is the last one, whichever mode has been set since.
        return grad_out if self.mask is None else dropout_backward(grad_out, self.mask, self.p)


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
    return (x * mask) @ W + b


def scale_weights(W: torch.Tensor, p: float) -> torch.Tensor:
    """The test-time weights of a layer whose inputs were dropped in training by classic dropout.

    Srivastava et al. (2014), section 4 and figure 2.

    Args:
        W: [d, k] weights as trained.
        p: probability with which an input was dropped, 0 <= p <= 1.
    Returns:
        [d, k] scaled weights.
    """
    # A weight saw its input only when that was kept, so on average this much of it was active.
    return (1 - p) * W


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
    # The bias belongs to no dropped unit: it was there in every training step.
    return x @ scale_weights(W, p) + b


def all_masks(x: torch.Tensor) -> torch.Tensor:
    """Every mask that dropout can give one row of x.

    Args:
        x: [n, d] inputs; only d, dtype and device matter.
    Returns:
        [m, d] the m = 2**d different rows of zeros and ones, in any order, dtype and device of x.
    """
    # The binary digits of 0 ... 2^d - 1 are just these rows.
    d = x.shape[1]
    numbers = torch.arange(2**d, device=x.device)
    return (numbers[:, None] >> torch.arange(d, device=x.device) & 1).to(x)


def mask_probabilities(masks: torch.Tensor, p: float) -> torch.Tensor:
    """How likely dropout draws each mask.

    Args:
        masks: [m, d] zeros and ones, one mask a row.
        p: probability of dropping an entry, 0 <= p <= 1.
    Returns:
        [m] probabilities; over all masks they sum to 1.
    """
    # Independent coins multiply: one factor for every kept entry, one for every dropped entry.
    kept = masks.sum(1)
    return (1 - p) ** kept * p ** (masks.shape[1] - kept)


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
    # Members along a new first axis: [1, n, d] times [m, 1, d].
    return softmax(classic_logits(x[None], masks[:, None], W, b))


def geometric_mean(distributions: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """The weighted geometric mean of distributions, renormalised to be a distribution again.

    Goodfellow, Bengio and Courville (2016), section 7.12, equations 7.53 and 7.55, here with weights.

    Args:
        distributions: [m, n, k] positive probabilities of m members.
        weights: [m] weights >= 0 with sum 1.
    Returns:
        [n, k] probabilities; each row sums to 1.
    """
    # A geometric mean is an ordinary mean of logarithms; softmax undoes the logarithm and renormalises.
    return softmax((weights[:, None, None] * distributions.log()).sum(0))


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
    masks = all_masks(x)
    return geometric_mean(member_distributions(x, masks, W, b), mask_probabilities(masks, p))


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
    return softmax(weight_scaled_logits(x, W, b, p))


def predict_logits(params: dict[str, torch.Tensor], X: torch.Tensor) -> torch.Tensor:
    """Scores of the network in evaluation: ReLU in the hidden layer, nothing dropped.

    Args:
        params: dict of "W1" [d, h], "b1" [h], "W2" [h, k] and "b2" [k].
        X: [n, d] inputs.
    Returns:
        [n, k] scores.
    """
    hidden = (X @ params["W1"] + params["b1"]).clamp(min=0)
    return hidden @ params["W2"] + params["b2"]


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
    # Forward: the mask acts on the activations, between the ReLU and the second layer.
    hidden = (X @ params["W1"] + params["b1"]).clamp(min=0)
    dropped = dropout_forward(hidden, mask, p)
    loss, dlogits = cross_entropy(dropped @ params["W2"] + params["b2"], y)
    # Backward, in the opposite order: second layer, dropout, ReLU, first layer.
    dhidden = dropout_backward(dlogits @ params["W2"].T, mask, p)
    dz = dhidden * (hidden > 0)
    gradients = {"W1": X.T @ dz, "b1": dz.sum(0), "W2": dropped.T @ dlogits, "b2": dlogits.sum(0)}
    return loss, gradients


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
    trained = params
    for _ in range(steps):
        # Every row and every step thins the network anew: that is the ensemble being trained.
        mask = dropout_mask(X.new_empty(len(X), len(params["b1"])), p, generator)
        _, gradients = loss_and_gradients(trained, X, y, mask, p)
        trained = {name: value - lr * gradients[name] for name, value in trained.items()}
    return trained
