import torch


def sigmoid(z):
    e = torch.exp(-z.abs())
    return torch.where(z >= 0, 1 / (1 + e), e / (1 + e))


def sigmoid_derivative(z):
    return sigmoid(z) * (1 - sigmoid(z))


def binary_cross_entropy(logits, y):
    loss = torch.clamp(logits, min=0) - y * logits
    return (loss + torch.log1p(torch.exp(-logits.abs()))).mean()


def logistic_gradients(X, y, w, b):
    n = len(y)
    err = sigmoid(X @ w + b) - y
    dw = (X.T @ err) / n
    db = torch.sum(err) / n
    return dw, db


def gradient_step(X, y, w, b, *, lr):
    dw, db = logistic_gradients(X, y, w, b)
    return w - lr * dw, b - lr * db


def minibatches(n, batch_size=None, generator=None):
    if generator is None:
        perm = torch.arange(n)
    else:
        perm = torch.randperm(n, generator=generator)
    if batch_size is None:
        batch_size = n
    return [perm[i:i + batch_size] for i in range(0, n, batch_size)]


def train_logistic(X, y, w, b, *, lr, epochs, batch_size=None, generator=None):
    for epoch in range(epochs):
        for idx in minibatches(len(X), batch_size, generator):
            w, b = gradient_step(X[idx], y[idx], w, b, lr=lr)
        # print(f"epoch {epoch}: loss {binary_cross_entropy(X @ w + b, y):.4f}"
    return w, b


def squared_error_gradients(X, y, w, b):
    err = X @ w + b - y
    return 2 * X.T @ err / len(y), 2 * err.mean()


def fit_linear(X, y, w, b, *, lr, steps):
    for step in range(steps):
        dw, db = squared_error_gradients(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
        if step % 50 == 0:
            print(f"step {step}: mse {((X @ w + b - y) ** 2).mean().item():.4f}"
    return w, b


def fit_nine(X, labels, *, lr, epochs, batch_size=None, generator=None):
    y = (labels == 9).to(X.dtype)
    w = X.new_zeros(X.shape[1])
    b = X.new_zeros(())
    return train_logistic(X, y, w, b, lr=lr, epochs=epochs, batch_size=batch_size, generator=generator)


def predict_nine(X, w, b):
    return (sigmoid(X @ w + b) > 0.5).long()
