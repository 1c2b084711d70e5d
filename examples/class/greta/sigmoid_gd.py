import torch

DEBUG = True


def log(*args):
    if DEBUG:
        print("[greta]", *args)


def sigmoid(z):
    e = torch.exp(-torch.abs(z))
    s = 1 / (1 + e)
    return torch.where(z < 0, e * s, s)


def sigmoid_derivative(z):
    # e^-|z| / (1 + e^-|z|)^2, even function
    e = torch.exp(-torch.abs(z))
    return e / (1 + e) ** 2


def binary_cross_entropy(logits, y):
    print("logits", logits)
    print("y", y)
    a = torch.clamp(logits, min=0) - logits * y
    c = torch.log1p(torch.exp(-logits.abs()))
    print("a", a, "c", c)
    print("--------------------------------")
    return (a + c).mean()


def logistic_gradients(X, y, w, b):
    z = X @ w + b
    e = sigmoid(z) - y
    m = len(y)
    dw = e @ X / m
    db = e.sum() / m
    # print("shapes", X.shape, y.shape, w.shape, dw.shape)
    return dw, db


def gradient_step(X, y, w, b, *, lr):
    dw, db = logistic_gradients(X, y, w, b)
    w = w - lr * dw
    b = b - lr * db
    return w, b


def minibatches(n, batch_size=None, generator=None):
    if batch_size is None:
        batch_size = n
    if generator is None:
        perm = torch.arange(n)
    else:
        perm = torch.randperm(n, generator=generator, device=generator.device)
    out = []
    for k in range(0, n, batch_size):
        out.append(perm[k:k+batch_size])
    log("batches", [len(o) for o in out])
    return out


def train_logistic(X, y, w, b, *, lr, epochs, batch_size=None, generator=None):
    for epoch in range(epochs):
        log("===================== EPOCH", epoch + 1, "of", epochs, "=====================")
        for i, idx in enumerate(minibatches(len(X), batch_size, generator)):
            w, b = gradient_step(X[idx], y[idx], w, b, lr=lr)
            log("epoch", epoch, "batch", i, "loss", float(_loss(X, y, w, b)), "b", float(b))
    print("DONE!!!")
    return w, b


def _loss(X, y, w, b):
    z = X @ w + b
    return (torch.clamp(z, min=0) - z * y + torch.log1p(torch.exp(-z.abs()))).mean()


def squared_error_gradients(X, y, w, b):
    r = X @ w + b - y
    return 2 * r @ X / len(y), 2 * r.sum() / len(y)


def fit_linear(X, y, w, b, *, lr, steps):
    for s in range(steps):
        dw, db = squared_error_gradients(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
        if s % 10 == 0:
            log("step", s, "mse", float(((X @ w + b - y) ** 2).mean()))
    return w, b


def fit_nine(X, labels, *, lr, epochs, batch_size=None, generator=None):
    t = (labels == 9).to(dtype=X.dtype)
    log("nines:", int(t.sum()), "of", len(t))
    w0 = torch.zeros_like(X[0])
    b0 = w0.sum()
    return train_logistic(X, t, w0, b0, lr=lr, epochs=epochs, batch_size=batch_size, generator=generator)


def predict_nine(X, w, b):
    z = X @ w + b
    log("predicting", len(X), "images, first logits", z[:5].tolist())
    return (z > 0).to(torch.int64)


if __name__ == "__main__":
    # quick test on my machine
    print(sigmoid(torch.tensor([-1000.0, 0.0, 1000.0])))
