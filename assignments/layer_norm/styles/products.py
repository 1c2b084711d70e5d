"""Sums as products with ones, einsum, and the gradients as one formula over d times the deviation."""

import torch


def _ones(x):
    return x.new_ones(x.shape[-1])


def layer_statistics(x):
    # The first feature is a good enough centre: what is left of the mean is small beside the spread.
    shifted = x - x[..., :1]
    rest = shifted @ _ones(x) / x.shape[-1]
    distance = shifted - rest.unsqueeze(-1)
    return x[..., 0] + rest, torch.einsum("...d,...d->...", distance, distance) / x.shape[-1]


def _hat(x, eps):
    mean, var = layer_statistics(x)
    deviation = torch.sqrt(eps + var).unsqueeze(-1)
    return (x - mean.unsqueeze(-1)) / deviation, deviation


def layer_norm_forward(x, gamma, beta, eps=1e-5):
    return torch.addcmul(beta, _hat(x, eps)[0], gamma)


def _shared(a, b):
    return torch.einsum("nd,nd->d", a.flatten(0, -2), b.flatten(0, -2))


def layer_norm_backward(grad_out, x, gamma, eps=1e-5):
    d = x.shape[-1]
    x_hat, deviation = _hat(x, eps)
    h = grad_out * gamma
    total = torch.einsum("...d->...", h).unsqueeze(-1)
    along = torch.einsum("...d,...d->...", h, x_hat).unsqueeze(-1)
    dx = (d * h - total - x_hat * along) / (d * deviation)
    return dx, _shared(grad_out, x_hat), _shared(grad_out, torch.ones_like(x))


class LayerNorm:
    def __init__(self, gamma, beta, eps=1e-5):
        self.gamma, self.beta, self.eps = gamma, beta, eps

    def forward(self, x):
        self.x_hat, self.deviation = _hat(x, self.eps)
        return self.x_hat * self.gamma + self.beta

    def backward(self, grad_out):
        h = grad_out * self.gamma
        centred = h - torch.mean(h, -1, keepdim=True)
        along = (h * self.x_hat).mean(-1, keepdim=True)
        dx = (centred - self.x_hat * along) / self.deviation
        return dx, _shared(grad_out, self.x_hat), _shared(grad_out, torch.ones_like(h))


def _rms(x, eps):
    return torch.sqrt(torch.linalg.vector_norm(x, dim=-1, keepdim=True) ** 2 / x.shape[-1] + eps)


def rms_norm_forward(x, gamma, eps=1e-5):
    return gamma * x / _rms(x, eps)


def rms_norm_backward(grad_out, x, gamma, eps=1e-5):
    root = _rms(x, eps)
    h = grad_out * gamma
    dx = h / root - x * torch.einsum("...d,...d->...", h, x).unsqueeze(-1) / (x.shape[-1] * root**3)
    return dx, _shared(grad_out, x / root)


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    centred = x - x.mean(0)
    return centred * (gamma / torch.sqrt((centred**2).mean(0) + eps)) + beta


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    n = len(x)
    centred = x - x.mean(0)
    deviation = torch.sqrt((centred**2).mean(0) + eps)
    x_hat = centred / deviation
    dgamma, dbeta = _shared(grad_out, x_hat), grad_out.sum(0)
    return gamma / (n * deviation) * (n * grad_out - dbeta - x_hat * dgamma), dgamma, dbeta


def depends_on_other_rows(normalise, x):
    # Every row once among others that are far away.
    before = normalise(x)
    for i in range(len(x)):
        others = 3 * x + 5
        others[i] = x[i]
        if not torch.allclose(normalise(others)[i], before[i], rtol=0, atol=1e-6):
            return True
    return False


NORMS = {
    "layer": (layer_norm_forward, layer_norm_backward),
    "batch": (batch_norm_forward, batch_norm_backward),
    "none": (
        lambda z, gamma, beta: torch.addcmul(beta, z, gamma),
        lambda g, z, gamma: (g * gamma, _shared(g, z), g.sum(0)),
    ),
}


def network_gradients(params, X, y, norm):
    forward, backward = NORMS[norm]
    trace = []
    for W, gamma, beta in zip(params["weights"], params["gamma"], params["beta"]):
        z = X @ W
        a = forward(z, gamma, beta)
        trace.append((X, W, gamma, z, a > 0))
        X = a * (a > 0)
    W = params["weights"][-1]
    logits = torch.addmm(params["bias"], X, W)
    log_probs = logits - torch.logsumexp(logits, dim=1, keepdim=True)
    loss = -log_probs.gather(1, y[:, None]).mean()
    signal = (log_probs.exp() - torch.eye(W.shape[1], dtype=X.dtype, device=X.device)[y]) / len(y)
    grads = {"weights": [X.T @ signal], "gamma": [], "beta": [], "bias": signal.sum(0)}
    signal = signal @ W.T
    for X, W, gamma, z, was_open in trace[::-1]:
        signal, dgamma, dbeta = backward(signal * was_open, z, gamma)
        grads["weights"].append(X.T @ signal)
        grads["gamma"].append(dgamma)
        grads["beta"].append(dbeta)
        signal = signal @ W.T
    return loss, {name: g[::-1] if isinstance(g, list) else g for name, g in grads.items()}


def train(params, X, y, *, norm, lr, epochs, batch_size, generator=None):
    # Own copies, which the steps then change in place.
    params = {name: [p.clone() for p in g] if isinstance(g, list) else g.clone() for name, g in params.items()}
    losses = torch.zeros(epochs, dtype=X.dtype, device=X.device)
    for epoch in range(epochs):
        keys = torch.arange(len(X), dtype=torch.float64)
        if generator is not None:
            keys = torch.rand(len(X), dtype=torch.float64, generator=generator, device=generator.device).cpu()
        for rows in torch.argsort(keys).to(X.device).split(batch_size):
            loss, grads = network_gradients(params, X[rows], y[rows], norm)
            losses[epoch] += loss * len(rows) / len(X)
            for name in ("weights", "gamma", "beta"):
                for p, g in zip(params[name], grads[name]):
                    p -= lr * g
            params["bias"] -= lr * grads["bias"]
    return params, losses


def epochs_to(losses, target):
    reached = torch.nonzero(losses <= target).flatten().tolist()
    return reached[0] + 1 if reached else None


def compare_norms(params, X, y, *, target, lr, epochs, batch_size):
    how = {"lr": lr, "epochs": epochs, "batch_size": batch_size}
    return {norm: epochs_to(train(params, X, y, norm=norm, **how)[1], target) for norm in NORMS}
