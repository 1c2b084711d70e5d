import torch

# Kofi A., group B


def sigmoid(z):
    # stable version: exp only ever sees numbers <= 0
    return torch.exp(torch.clamp(z, max=0)) / (1 + torch.exp(-torch.abs(z)))


def sigmoid_derivative(z):
    return sigmoid(z) * (1 - sigmoid(z))


def binary_cross_entropy(logits, y):
    m = logits.shape[0]
    a = sigmoid(logits)
    # log(0) is -inf, so clip a little
    eps = 1e-4
    a = torch.clamp(a, eps, 1 - eps)
    cost = -1 / m * torch.sum(y * torch.log(a) + (1 - y) * torch.log(1 - a))
    return cost


def logistic_gradients(X, y, w, b):
    a = sigmoid(X @ w + b)
    dz = a - y
    dw = X.T @ dz
    db = torch.sum(dz)
    return dw, db


def gradient_step(X, y, w, b, *, lr):
    dw, db = logistic_gradients(X, y, w, b)
    return w - lr * dw, b - lr * db


def minibatches(n, batch_size=None, generator=None):
    if batch_size is None:
        batch_size = n
    if generator is None:
        idx = torch.arange(n)
    else:
        # random rows for every batch
        idx = torch.randint(0, n, (n,), generator=generator, device=generator.device)
    batches = []
    for i in range(0, n, batch_size):
        batches.append(idx[i:i + batch_size])
    return batches


def train_logistic(X, y, w, b, *, lr, epochs, batch_size=None, generator=None):
    for e in range(epochs):
        for batch in minibatches(len(X), batch_size, generator):
            w, b = gradient_step(X[batch], y[batch], w, b, lr=lr)
    return w, b


def squared_error_gradients(X, y, w, b):
    # J = 1/2m * sum (h - y)^2  ->  dJ/dw = 1/m * sum (h - y) x
    m = X.shape[0]
    h = X @ w + b
    dw = 1 / m * (X.T @ (h - y))
    db = 1 / m * torch.sum(h - y)
    return dw, db


def fit_linear(X, y, w, b, *, lr, steps):
    for i in range(steps):
        dw, db = squared_error_gradients(X, y, w, b)
        w = w - lr * dw
        b = b - lr * db
    return w, b


def fit_nine(X, labels, *, lr, epochs, batch_size=None, generator=None):
    y = (labels == 9).to(X.dtype)
    w = torch.zeros(X.shape[1]).to(X)
    b = torch.zeros(()).to(X)
    return train_logistic(X, y, w, b, lr=lr, epochs=epochs, batch_size=batch_size, generator=generator)


def predict_nine(X, w, b):
    # probability over 0.5 means nine
    return (X @ w + b > 0.5).long()
