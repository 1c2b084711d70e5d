"""Loops over features, paths and layers; plain numbers where one will do."""

import copy

import torch

from given import LayerNorm as Given


def layer_statistics(x):
    d = x.shape[-1]
    mean = sum(x[..., j] for j in range(d)) / d
    var = sum((x[..., j] - mean) ** 2 for j in range(d)) / d
    return mean, var


def layer_norm_forward(x, gamma, beta, eps=1e-5):
    mean, var = layer_statistics(x)
    deviation = (var + eps) ** 0.5
    features = [gamma[j] * (x[..., j] - mean) / deviation + beta[j] for j in range(x.shape[-1])]
    return torch.stack(features, dim=-1)


def layer_norm_backward(grad_out, x, gamma, eps=1e-5):
    d = x.shape[-1]
    mean, var = layer_statistics(x)
    inside = var + eps
    dgamma, dbeta = torch.zeros_like(gamma), torch.zeros_like(gamma)
    # The three paths, each by itself.
    dvar, dmean = torch.zeros_like(mean), torch.zeros_like(mean)
    for j in range(d):
        centred, g = x[..., j] - mean, grad_out[..., j]
        dgamma[j] = (g * centred / inside.sqrt()).sum()
        dbeta[j] = g.sum()
        dvar = dvar - 0.5 * g * gamma[j] * centred * inside**-1.5
        dmean = dmean - g * gamma[j] / inside.sqrt()
    dx = torch.zeros_like(x)
    for j in range(d):
        direct = grad_out[..., j] * gamma[j] / inside.sqrt()
        dx[..., j] = direct + dvar * 2 * (x[..., j] - mean) / d + dmean / d
    return dx, dgamma, dbeta


class LayerNorm(Given):
    def forward(self, x):
        self.inputs = x.clone()
        return layer_norm_forward(self.inputs, self.gamma, self.beta, self.eps)

    def backward(self, grad_out):
        return layer_norm_backward(grad_out, self.inputs, self.gamma, self.eps)


def rms_norm_forward(x, gamma, eps=1e-5):
    d = x.shape[-1]
    root = (sum(x[..., j] ** 2 for j in range(d)) / d + eps) ** 0.5
    return torch.stack([gamma[j] * x[..., j] / root for j in range(d)], dim=-1)


def rms_norm_backward(grad_out, x, gamma, eps=1e-5):
    d = x.shape[-1]
    root = (sum(x[..., j] ** 2 for j in range(d)) / d + eps) ** 0.5
    dx, dgamma = torch.zeros_like(x), torch.zeros_like(gamma)
    for k in range(d):
        dgamma[k] = (grad_out[..., k] * x[..., k] / root).sum()
        # Entry k of the output reaches entry j of x through the root, and itself directly as well.
        for j in range(d):
            dx[..., j] -= grad_out[..., k] * gamma[k] * x[..., k] * x[..., j] / (d * root**3)
        dx[..., k] += grad_out[..., k] * gamma[k] / root
    return dx, dgamma


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    out = torch.empty_like(x)
    for j in range(x.shape[1]):
        column = x[:, j]
        out[:, j] = gamma[j] * (column - column.mean()) / (column.var(correction=0) + eps).sqrt() + beta[j]
    return out


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    # A column is a row of its own kind, whose features all have the same scale.
    slopes, _, _ = layer_norm_backward((grad_out * gamma).T, x.T, x.new_ones(len(x)), eps)
    x_hat = batch_norm_forward(x, torch.ones_like(gamma), torch.zeros_like(gamma), eps)
    return slopes.T, (grad_out * x_hat).sum(dim=0), grad_out.sum(dim=0)


def depends_on_other_rows(normalise, x):
    together = normalise(x)
    for i in range(len(x)):
        difference = normalise(x[i : i + 1])[0] - together[i]
        if any(abs(value) > 1e-6 for value in difference.tolist()):
            return True
    return False


def _layer(norm, z, gamma, beta):
    if norm == "none":
        return gamma * z + beta
    return {"layer": layer_norm_forward, "batch": batch_norm_forward}[norm](z, gamma, beta)


def _layer_gradient(norm, grad, z, gamma):
    if norm == "none":
        return gamma * grad, torch.sum(grad * z, 0), torch.sum(grad, 0)
    return {"layer": layer_norm_backward, "batch": batch_norm_backward}[norm](grad, z, gamma)


def network_gradients(params, X, y, norm):
    layers = len(params["gamma"])
    entered, normed = [X], []
    for i in range(layers):
        z = entered[i] @ params["weights"][i]
        normed.append(z)
        out = _layer(norm, z, params["gamma"][i], params["beta"][i])
        entered.append(torch.where(out > 0, out, torch.zeros_like(out)))
    logits = entered[layers] @ params["weights"][layers] + params["bias"]
    largest = logits.max(dim=1, keepdim=True).values
    exps = torch.exp(logits - largest)
    sums = exps.sum(dim=1, keepdim=True)
    loss = (torch.log(sums) + largest)[:, 0].sub(logits[torch.arange(len(y)), y]).sum() / len(y)
    error = exps / sums
    for c in range(logits.shape[1]):
        error[:, c] -= (y == c).to(error)
    error = error / len(y)
    grads = {"weights": [None] * (layers + 1), "gamma": [None] * layers, "beta": [None] * layers}
    grads["bias"] = error.sum(0)
    for i in range(layers, -1, -1):
        grads["weights"][i] = entered[i].T @ error
        if i:
            error = torch.where(entered[i] > 0, error @ params["weights"][i].T, torch.zeros_like(entered[i]))
            error, grads["gamma"][i - 1], grads["beta"][i - 1] = _layer_gradient(
                norm, error, normed[i - 1], params["gamma"][i - 1]
            )
    return loss, grads


def train(params, X, y, *, norm, lr, epochs, batch_size, generator=None):
    params, losses = copy.deepcopy(params), []
    for _epoch in range(epochs):
        order = list(range(len(X)))
        if generator is not None:
            order = torch.rand(len(X), generator=generator, device=generator.device).argsort().tolist()
        of_rows = []
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            loss, grads = network_gradients(params, X[rows], y[rows], norm)
            of_rows += [loss.item()] * len(rows)
            for name, values in params.items():
                if name == "bias":
                    params[name] = values - lr * grads[name]
                    continue
                for i in range(len(values)):
                    values[i] = values[i] - lr * grads[name][i]
        losses.append(sum(of_rows) / len(of_rows))
    return params, torch.tensor(losses, dtype=X.dtype, device=X.device)


def epochs_to(losses, target):
    for epoch in range(len(losses)):
        if losses[epoch] <= target:
            return epoch + 1


def compare_norms(params, X, y, *, target, lr, epochs, batch_size):
    needed = {"none": None, "batch": None, "layer": None}
    for norm in needed:
        # It trains no longer than it must.
        for most in range(1, epochs + 1):
            _, losses = train(params, X, y, norm=norm, lr=lr, epochs=most, batch_size=batch_size)
            if losses[-1] <= target:
                needed[norm] = most
                break
    return needed
