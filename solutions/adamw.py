"""SGD, Adam and AdamW: optimizers that carry their own state, and two meanings of "weight decay".

An optimizer holds the parameters of a model as a list of tensors, `params`. Its method `step` gets one
gradient per parameter, in the same order, and moves every parameter once. `l2` is the factor of a penalty
that is part of the loss, so it acts through the gradient; `weight_decay` shrinks the weights beside the
gradient step ("decoupled").
"""

import torch


class SGD:
    """Plain gradient descent (no momentum) with an L2 penalty, decoupled weight decay, both or neither.

    Args:
        params: list of floating-point tensors, each of any shape, 0-dim ones included.
        lr: learning rate.
        l2: factor of the penalty l2 / 2 * sum(w**2), which adds to the gradient of every parameter.
        weight_decay: factor of the decoupled decay; one step takes lr * weight_decay * w off a parameter w.

    Attributes:
        params: list of the current parameters. `step` may change these tensors in place or put new ones into
            the list.

    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019, Algorithm 1 without
    momentum; its decay is here multiplied by lr, as torch does.
    """

    def __init__(self, params: list[torch.Tensor], lr: float, *, l2: float = 0.0, weight_decay: float = 0.0):
        """Keep the parameters and the hyperparameters as attributes."""
        self.params = list(params)
        self.lr, self.l2, self.weight_decay = lr, l2, weight_decay

    def step(self, grads: list[torch.Tensor]) -> None:
        """Move every parameter once, both kinds of decay being taken from its value before the step.

        Args:
            grads: list of tensors, the gradient of each parameter in the order of `params`; left as they are.
        """
        for i, (w, g) in enumerate(zip(self.params, grads, strict=True)):
            # The penalty is part of the loss, so it travels inside the gradient; the decay stands beside it.
            # Here both amount to the same, because plain descent passes its gradient on as it is.
            penalised = g + self.l2 * w
            decay = self.weight_decay * w
            self.params[i] = w - self.lr * (penalised + decay)


def moving_average(average: torch.Tensor, value: torch.Tensor, beta: float) -> torch.Tensor:
    """Exponential moving average after one more value.

    Args:
        average: tensor of any shape, the average so far (zeros before the first value).
        value: tensor of the same shape, the new value.
        beta: share of the old average that stays, in 0 <= beta < 1.

    Returns:
        The new average, a new tensor of the same shape.

    Source: Kingma and Ba, Adam, ICLR 2015, Algorithm 1 (the updates of m and v).
    """
    return beta * average + (1 - beta) * value


def bias_corrected(average: torch.Tensor, beta: float, t: int) -> torch.Tensor:
    """Moving average freed from the zeros it started with.

    Args:
        average: tensor of any shape, a moving average that started at zero.
        beta: the share with which it was built.
        t: number of values that went into it, 1 or more.

    Returns:
        The corrected average, a new tensor of the same shape.

    Source: Kingma and Ba, Adam, ICLR 2015, section 3.
    """
    # The weights of the t values add up to 1 - beta**t; the missing rest still sits on the zero start.
    return average / (1 - beta**t)


class Adam:
    """Adam, optionally with an L2 penalty in the gradient.

    Args:
        params: list of floating-point tensors, each of any shape, 0-dim ones included.
        lr: learning rate.
        betas: the shares (beta1, beta2) with which the two moving averages keep their old value.
        eps: added to the root of the corrected second moment, outside the root and after the bias correction.
        l2: factor of the penalty l2 / 2 * sum(w**2), which adds to the gradient before the moments see it.

    Attributes:
        params: list of the current parameters. `step` may change these tensors in place or put new ones into
            the list.
        t: int, the number of steps taken so far: 0 at first, 1 during the first step; one count for all
            parameters.
        m: list of tensors shaped like `params`, the moving averages of the gradients, not corrected; zeros at
            first.
        v: list of tensors shaped like `params`, the same of the squared gradients.

    Source: Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, Algorithm 1.
    """

    def __init__(
        self,
        params: list[torch.Tensor],
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        l2: float = 0.0,
    ):
        """Keep the parameters and the hyperparameters, and start the count and the moments at zero."""
        self.params = list(params)
        self.lr, self.betas, self.eps, self.l2 = lr, betas, eps, l2
        self.t = 0
        self.m = [torch.zeros_like(w) for w in self.params]
        self.v = [torch.zeros_like(w) for w in self.params]

    def step(self, grads: list[torch.Tensor]) -> None:
        """Count one step and move every parameter once.

        Args:
            grads: list of tensors, the gradient of each parameter in the order of `params`; left as they are.
        """
        beta1, beta2 = self.betas
        self.t += 1
        for i, (w, grad) in enumerate(zip(self.params, grads, strict=True)):
            # The gradient of the penalised loss, as a new tensor: the caller's gradient stays untouched.
            g = grad + self.l2 * w

            # What is stored is the raw averages; the corrected ones serve this step only.
            self.m[i] = moving_average(self.m[i], g, beta1)
            self.v[i] = moving_average(self.v[i], g * g, beta2)
            m_hat = bias_corrected(self.m[i], beta1, self.t)
            v_hat = bias_corrected(self.v[i], beta2, self.t)

            # Mean over root mean square: of the order of 1 whatever the scale of the gradient.
            self.params[i] = w - self.lr * m_hat / (v_hat.sqrt() + self.eps)


class AdamW(Adam):
    """Adam with decoupled weight decay: the moments never see the decay.

    Args:
        params: list of floating-point tensors, each of any shape, 0-dim ones included.
        lr: learning rate.
        betas: the shares (beta1, beta2), as in Adam.
        eps: as in Adam.
        weight_decay: factor of the decay; one step takes lr * weight_decay * w off a parameter, w being its
            value before the step.

    Attributes:
        params, t, m, v: as in Adam.

    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019, Algorithm 2; its decay is
    here multiplied by lr, as torch does.
    """

    def __init__(
        self,
        params: list[torch.Tensor],
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ):
        """Start like Adam without a penalty, and keep the decay."""
        super().__init__(params, lr, betas=betas, eps=eps, l2=0.0)
        self.weight_decay = weight_decay

    def step(self, grads: list[torch.Tensor]) -> None:
        """Count one step and move every parameter once: its decay and Adam's own move together.

        Args:
            grads: list of tensors, the gradient of each parameter in the order of `params`; left as they are.
        """
        # Adam's move does not depend on w, so shrinking first takes the decay from the old w.
        keep = 1 - self.lr * self.weight_decay
        self.params = [keep * w for w in self.params]
        super().step(grads)


def mlp_scores(params: list[torch.Tensor], X: torch.Tensor) -> torch.Tensor:
    """Class scores of a network with one tanh layer.

    Args:
        params: list of the four tensors W_in [d, h], b_in [h], W_out [h, k], b_out [k].
        X: [n, d] inputs.

    Returns:
        [n, k] scores, one row per example.
    """
    W_in, b_in, W_out, b_out = params
    return torch.tanh(X @ W_in + b_in) @ W_out + b_out


def mlp_loss(params: list[torch.Tensor], X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Half the squared distance between the scores and the one-hot labels, mean over the rows.

    Args:
        params: list of the four tensors of `mlp_scores`.
        X: [n, d] inputs.
        y: [n] int64 class indices.

    Returns:
        [] loss.
    """
    gap = mlp_scores(params, X)
    gap[torch.arange(len(y), device=y.device), y] -= 1
    return (gap * gap).sum() / (2 * len(y))


def mlp_gradients(params: list[torch.Tensor], X: torch.Tensor, y: torch.Tensor) -> list[torch.Tensor]:
    """Gradients of `mlp_loss` on the given rows.

    Args:
        params: list of the four tensors of `mlp_scores`.
        X: [n, d] inputs.
        y: [n] int64 class indices.

    Returns:
        List of four gradients, in the order and with the shapes of `params`.
    """
    W_in, b_in, W_out, b_out = params
    signal = torch.tanh(X @ W_in + b_in)
    gap = signal @ W_out + b_out
    gap[torch.arange(len(y), device=y.device), y] -= 1
    gap = gap / len(y)
    back = (gap @ W_out.T) * (1 - signal * signal)
    return [X.T @ back, back.sum(0), signal.T @ gap, gap.sum(0)]


def train(
    optimizer: SGD | Adam,
    X: torch.Tensor,
    y: torch.Tensor,
    *,
    epochs: int,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> list[float]:
    """Train the network whose parameters the optimizer holds, on mini-batches.

    Args:
        optimizer: object with the list `params` (the four tensors of `mlp_scores`) and the method `step`.
        X: [n, d] training inputs.
        y: [n] int64 class indices.
        epochs: passes over the rows; every pass uses each row exactly once.
        batch_size: rows in a batch; the last batch of a pass may be shorter and is used too.
        generator: source of a new order of the rows for every pass; None keeps the given order throughout.

    Returns:
        List of floats, after each pass `mlp_loss` over all rows.
    """
    losses = []
    for _pass in range(epochs):
        order = torch.arange(len(X), device=X.device)
        if generator is not None:
            order = torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)

        # The optimizer owns the parameters: they are read anew for every batch, as a step may replace them.
        for rows in order.split(batch_size):
            optimizer.step(mlp_gradients(optimizer.params, X[rows], y[rows]))
        losses.append(mlp_loss(optimizer.params, X, y).item())
    return losses
