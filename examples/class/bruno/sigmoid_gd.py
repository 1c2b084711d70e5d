# Bruno T. -- sigmoid e discesa del gradiente
# I think in loops, so here are loops. numpy does the dot products, torch only comes in and goes out.

import math

import numpy as np
import torch


def to_torch(values, like):
    """python number / list / numpy array -> tensor with dtype and device of `like`"""
    return torch.as_tensor(np.asarray(values, dtype=np.float64)).to(dtype=like.dtype, device=like.device)


def to_numpy(t):
    return t.detach().cpu().double().numpy()


def sig(z):
    """sigmoid of ONE python float"""
    if z >= 0:
        return 1.0 / (1.0 + math.exp(-z))
    # z negative: exp(z) is small, so this one cannot overflow
    ez = math.exp(z)
    return ez / (1.0 + ez)


def softplus(z):
    """log(1 + e^z) of one python float"""
    if z > 0:
        return z + math.log1p(math.exp(-z))
    return math.log1p(math.exp(z))


def sigmoid(z):
    values = []
    for zi in z.reshape(-1).tolist():
        values.append(sig(zi))
    return to_torch(values, z).reshape(z.shape)


def sigmoid_derivative(z):
    values = []
    for zi in z.reshape(-1).tolist():
        values.append(sig(zi) * sig(-zi))
    return to_torch(values, z).reshape(z.shape)


def binary_cross_entropy(logits, y):
    total = 0.0
    for zi, yi in zip(logits.tolist(), y.tolist()):
        # -log sigmoid(z) = softplus(-z),  -log(1 - sigmoid(z)) = softplus(z)
        if yi == 1.0:
            total += softplus(-zi)
        else:
            total += softplus(zi)
    return to_torch(total / len(logits), logits)


def logistic_gradients(X, y, w, b):
    Xn, yn, wn, bn = to_numpy(X), to_numpy(y), to_numpy(w), float(b)
    n = len(Xn)
    dw = np.zeros_like(wn)
    db = 0.0
    for i in range(n):
        errore = sig(float(Xn[i] @ wn) + bn) - yn[i]
        dw += errore * Xn[i]
        db += errore
    return to_torch(dw / n, X), to_torch(db / n, X)


def gradient_step(X, y, w, b, *, lr):
    dw, db = logistic_gradients(X, y, w, b)
    new_w = w.clone()
    for j in range(len(w)):
        new_w[j] = w[j] - lr * dw[j]
    new_b = b - lr * db
    return new_w, new_b


def minibatches(n, batch_size=None, generator=None):
    if batch_size is None:
        batch_size = n
    righe = list(range(n))
    if generator is not None:
        # Fisher-Yates by hand
        for i in range(n - 1, 0, -1):
            j = int(torch.randint(i + 1, (1,), generator=generator, device=generator.device))
            righe[i], righe[j] = righe[j], righe[i]
    batches = []
    batch = []
    for r in righe:
        batch.append(r)
        if len(batch) == batch_size:
            batches.append(torch.tensor(batch))
            batch = []
    if batch:  # what is left over
        batches.append(torch.tensor(batch))
    return batches


def train_logistic(X, y, w, b, *, lr, epochs, batch_size=None, generator=None):
    for epoch in range(epochs):
        for rows in minibatches(X.shape[0], batch_size, generator):
            w, b = gradient_step(X[rows], y[rows], w, b, lr=lr)
    return w, b


def squared_error_gradients(X, y, w, b):
    Xn, yn, wn, bn = to_numpy(X), to_numpy(y), to_numpy(w), float(b)
    n, d = Xn.shape
    dw = np.zeros(d)
    db = 0.0
    for i in range(n):
        diff = float(Xn[i] @ wn) + bn - yn[i]
        for j in range(d):
            dw[j] += 2 * diff * Xn[i, j] / n
        db += 2 * diff / n
    return to_torch(dw, X), to_torch(db, X)


def fit_linear(X, y, w, b, *, lr, steps):
    # here I use whole arrays, row by row takes too long for 200 steps
    Xn, yn, wn, bn = to_numpy(X), to_numpy(y), to_numpy(w).copy(), float(b)
    for s in range(steps):
        diff = np.dot(Xn, wn) + bn - yn
        wn = wn - lr * 2 * np.dot(Xn.T, diff) / len(yn)
        bn = bn - lr * 2 * diff.mean()
    return to_torch(wn, w), to_torch(bn, b)


def fit_nine(X, labels, *, lr, epochs, batch_size=None, generator=None):
    y = []
    for c in labels.tolist():
        if c == 9:
            y.append(1.0)
        else:
            y.append(0.0)
    w = to_torch(np.zeros(X.shape[1]), X)
    b = to_torch(0.0, X)
    return train_logistic(
        X, to_torch(y, X), w, b, lr=lr, epochs=epochs, batch_size=batch_size, generator=generator
    )


def predict_nine(X, w, b):
    z = to_numpy(X) @ to_numpy(w) + float(b)
    risposte = []
    for zi in z:
        risposte.append(1 if zi > 0 else 0)
    return torch.tensor(risposte, dtype=torch.int64)
