"""Operations in place, on copies of its own."""

import torch


def sigmoid(z):
    out = z.clone()
    positive = out > 0
    out.abs_().neg_().exp_()
    out.div_(out + 1)
    out[positive] = out[positive].neg_().add_(1)
    return out


def sigmoid_derivative(z):
    e = z.abs().neg_().exp_()
    below = e + 1
    return e.div_(below).div_(below)


def binary_cross_entropy(logits, y):
    loss = logits.abs().neg_().exp_().log1p_()
    loss += logits.clamp(min=0)
    loss -= logits * y
    return loss.sum().div_(logits.numel())


def logistic_gradients(X, y, w, b):
    error = sigmoid(torch.mv(X, w).add_(b))
    error -= y
    error /= len(y)
    return torch.mv(X.T, error), error.sum()


def descend(w, b, gradients, lr):
    dw, db = gradients
    w.sub_(dw, alpha=lr)
    b.sub_(db, alpha=lr)


def gradient_step(X, y, w, b, *, lr):
    w, b = w.clone(), b.clone()
    descend(w, b, logistic_gradients(X, y, w, b), lr)
    return w, b


def minibatches(n, batch_size=None, generator=None):
    order = torch.arange(n, device="cpu" if generator is None else generator.device)
    if generator is not None:
        swaps = torch.rand(n, generator=generator, device=generator.device)
        for last in range(n - 1, 0, -1):
            other = int(swaps[last] * (last + 1))
            order[[last, other]] = order[[other, last]]
    batches = [order] if batch_size is None else list(torch.split(order, batch_size))
    return batches


def train_logistic(X, y, w, b, *, lr, epochs, batch_size=None, generator=None):
    w, b = w.clone(), b.clone()
    for _ in range(epochs):
        for rows in minibatches(len(X), batch_size, generator):
            descend(w, b, logistic_gradients(X[rows], y[rows], w, b), lr)
    return w, b


def squared_error_gradients(X, y, w, b):
    error = torch.mv(X, w)
    error += b
    error -= y
    error *= 2 / len(y)
    return torch.mv(X.T, error), error.sum()


def fit_linear(X, y, w, b, *, lr, steps):
    w, b = w.clone(), b.clone()
    for _ in range(steps):
        descend(w, b, squared_error_gradients(X, y, w, b), lr)
    return w, b


def fit_nine(X, labels, *, lr, epochs, batch_size=None, generator=None):
    y = X.new_zeros(len(X))
    y[labels == 9] = 1
    start = X.new_zeros(X.shape[1]), X.new_zeros(())
    return train_logistic(X, y, *start, lr=lr, epochs=epochs, batch_size=batch_size, generator=generator)


def predict_nine(X, w, b):
    decisions = torch.zeros(len(X), dtype=torch.int64, device=X.device)
    decisions[torch.mv(X, w) + b > 0] = 1
    return decisions
