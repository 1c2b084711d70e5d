"""Small operations with a forward and a backward each, chained; a layer is such a chain."""

import torch


class Centre:
    """Takes the mean of every column off."""

    def forward(self, x):
        self.mean = x.mean(dim=0)
        return x - self.mean

    def backward(self, grad):
        return grad - grad.mean(dim=0)


class Normalise:
    """Divides centred columns by the root of their mean square plus eps."""

    def __init__(self, eps):
        self.eps = eps

    def forward(self, centred):
        self.centred = centred
        self.var = torch.mean(torch.pow(centred, 2), dim=0)
        self.inverse = torch.pow(self.var + self.eps, -0.5)
        return centred * self.inverse

    def backward(self, grad):
        through_inverse = torch.sum(grad * self.centred, dim=0) * -0.5 * self.inverse**3
        return grad * self.inverse + through_inverse * 2 / len(grad) * self.centred


class Scale:
    """Multiplies columns by gamma and adds beta."""

    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x_hat):
        self.x_hat = x_hat
        return x_hat * self.gamma.unsqueeze(0) + self.beta.unsqueeze(0)

    def backward(self, grad):
        self.dgamma, self.dbeta = torch.sum(grad * self.x_hat, dim=0), torch.sum(grad, dim=0)
        return grad * self.gamma.unsqueeze(0)


class Frozen:
    """Normalises by numbers that do not depend on the batch."""

    def __init__(self, mean, var, eps):
        self.mean, self.inverse = mean, 1 / torch.sqrt(var + eps)

    def forward(self, x):
        return (x - self.mean) * self.inverse

    def backward(self, grad):
        return grad * self.inverse


class Relu:
    def forward(self, x):
        self.open = (x > 0).type_as(x)
        return x * self.open

    def backward(self, grad):
        return grad * self.open


class Chain:
    def __init__(self, *steps):
        self.steps = steps

    def forward(self, x):
        for step in self.steps:
            x = step.forward(x)
        return x

    def backward(self, grad):
        for step in reversed(self.steps):
            grad = step.backward(grad)
        return grad


def training_chain(gamma, beta, eps):
    return Chain(Centre(), Normalise(eps), Scale(gamma, beta))


def batch_statistics(x):
    chain = Chain(Centre(), Normalise(0.0))
    chain.forward(x)
    return chain.steps[0].mean, chain.steps[1].var


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    return training_chain(gamma, beta, eps).forward(x)


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    chain = training_chain(gamma, torch.zeros_like(gamma), eps)
    chain.forward(x)
    dx = chain.backward(grad_out)
    return dx, chain.steps[-1].dgamma, chain.steps[-1].dbeta


class BatchNorm:
    def __init__(self, gamma, beta, eps=1e-5, momentum=0.1):
        self.gamma, self.beta, self.eps, self.momentum = gamma, beta, eps, momentum
        self.running_mean, self.running_var = torch.zeros_like(gamma), torch.ones_like(gamma)
        self.training = True

    def forward(self, x):
        if self.training:
            self.chain = training_chain(self.gamma, self.beta, self.eps)
        else:
            fixed = Frozen(self.running_mean, self.running_var, self.eps)
            self.chain = Chain(fixed, Scale(self.gamma, self.beta))
        out = self.chain.forward(x)
        if self.training:
            self._remember(len(x))
        return out

    def _remember(self, n):
        centre, normalise, _ = self.chain.steps
        self.running_mean = self.running_mean + self.momentum * (centre.mean - self.running_mean)
        unbiased = normalise.centred.square().sum(0) / (n - 1)
        self.running_var = self.running_var + self.momentum * (unbiased - self.running_var)

    def backward(self, grad_out):
        dx = self.chain.backward(grad_out)
        scale = self.chain.steps[-1]
        return dx, scale.dgamma, scale.dbeta


class BatchNorm2d(BatchNorm):
    """One layer per image size: channels first, everything else in one long row."""

    def forward(self, x):
        return self._folded(super().forward(self._unfolded(x)), x)

    def backward(self, grad_out):
        dx, dgamma, dbeta = super().backward(self._unfolded(grad_out))
        return self._folded(dx, grad_out), dgamma, dbeta

    @staticmethod
    def _unfolded(images):
        return images.transpose(0, 1).flatten(1).T

    @staticmethod
    def _folded(rows, images):
        n, c, h, w = images.shape
        return rows.T.reshape(c, n, h, w).transpose(0, 1)


class Linear:
    def __init__(self, owner, index):
        self.owner, self.index = owner, index

    def forward(self, x):
        self.x = x
        return torch.mm(x, self.owner.weights[self.index])

    def backward(self, grad):
        self.dW = torch.mm(self.x.t(), grad)
        return torch.mm(grad, self.owner.weights[self.index].t())


class Layer:
    """A norm as a step of a chain."""

    def __init__(self, norm):
        self.norm = norm

    def forward(self, x):
        return self.norm.forward(x)

    def backward(self, grad):
        dx, self.dgamma, self.dbeta = self.norm.backward(grad)
        return dx


class Network:
    def __init__(self, weights, batch_norm=True):
        widths = [W.shape[1] for W in weights]
        self.weights = [W.clone() for W in weights]
        self.norms = [BatchNorm(weights[0].new_ones(h), weights[0].new_zeros(h)) for h in widths[:-1]]
        self.bias = weights[0].new_zeros(widths[-1])
        self.batch_norm = batch_norm
        self.set_training(True)

    def set_training(self, training):
        for norm in self.norms:
            norm.training = training and self.batch_norm

    def forward(self, X):
        self._linears = [Linear(self, i) for i in range(len(self.weights))]
        self._norms = [Layer(norm) for norm in self.norms]
        steps = []
        for linear, layer in zip(self._linears, self._norms):
            steps += [linear, layer, Relu()]
        self._chain = Chain(*steps, self._linears[-1])
        return self._chain.forward(X) + self.bias

    def backward(self, grad_logits):
        self._chain.backward(grad_logits)
        return {
            "weights": [linear.dW for linear in self._linears],
            "gamma": [layer.dgamma for layer in self._norms],
            "beta": [layer.dbeta for layer in self._norms],
            "bias": grad_logits.sum(0),
        }


class Descent:
    def __init__(self, network, lr):
        self.network, self.lr = network, lr

    def step(self, X, y):
        network = self.network
        logits = network.forward(X)
        log_probs = logits - logits.amax(1, keepdim=True)
        log_probs = log_probs - log_probs.exp().sum(1, keepdim=True).log()
        one_hot = torch.arange(logits.shape[1], device=y.device) == y[:, None]
        grads = network.backward((log_probs.exp() - one_hot.type_as(logits)) / logits.shape[0])
        network.weights = [self.moved(W, g) for W, g in zip(network.weights, grads["weights"])]
        network.bias = self.moved(network.bias, grads["bias"])
        for norm, dgamma, dbeta in zip(network.norms, grads["gamma"], grads["beta"]):
            norm.gamma, norm.beta = self.moved(norm.gamma, dgamma), self.moved(norm.beta, dbeta)

    def moved(self, parameter, gradient):
        return torch.add(parameter, gradient, alpha=-self.lr)


def batches(n, size, generator):
    order = torch.randn(n, generator=generator).sort().indices if generator else torch.arange(n)
    return [order[i : i + size] for i in range(0, n, size)]


def train(network, X, y, *, lr, epochs, batch_size, generator=None):
    network.set_training(True)
    descent = Descent(network, lr)
    for _ in range(epochs):
        for rows in batches(len(X), batch_size, generator):
            descent.step(X[rows], y[rows])


def predict(network, X):
    network.set_training(False)
    return torch.topk(network.forward(X), k=1, dim=1).indices.flatten()
