"""A closure for each node that hands its gradient to its parents, and an order by counting users."""

import math

import torch


class Node:
    def __init__(self, value, parents=(), hand_on=None):
        if isinstance(value, (int, float)):
            value = torch.tensor(float(value), dtype=torch.float64)
        if value.dtype not in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
            raise TypeError(f"no gradient for {value.dtype}")
        self.value, self.parents, self.hand_on = value, parents, hand_on
        self.grad = value * 0 if value.isfinite().all() else torch.zeros(value.shape, dtype=value.dtype)

    def beside(self, other):
        if isinstance(other, Node):
            return other
        if torch.is_tensor(other):
            return Node(other)
        return Node(torch.tensor(float(other), dtype=self.value.dtype))

    def __add__(self, other):
        other = self.beside(other)

        def hand_on(g):
            return [sum_to_shape(g, self.value.shape), sum_to_shape(g, other.value.shape)]

        return Node(self.value + other.value, (self, other), hand_on)

    def __sub__(self, other):
        other = self.beside(other)

        def hand_on(g):
            return [sum_to_shape(g, self.value.shape), -sum_to_shape(g, other.value.shape)]

        return Node(self.value - other.value, (self, other), hand_on)

    def __mul__(self, other):
        other = self.beside(other)

        def hand_on(g):
            left = sum_to_shape(g * other.value, self.value.shape)
            return [left, sum_to_shape(g * self.value, other.value.shape)]

        return Node(self.value * other.value, (self, other), hand_on)

    def __truediv__(self, other):
        other = self.beside(other)

        def hand_on(g):
            below = -g * self.value / other.value.square()
            return [sum_to_shape(g / other.value, self.value.shape), sum_to_shape(below, other.value.shape)]

        return Node(self.value / other.value, (self, other), hand_on)

    def __pow__(self, other):
        if not isinstance(other, Node):
            return elementwise(lambda x: x**other, lambda x: other * x ** (other - 1), self)

        def hand_on(g):
            base = g * other.value * self.value ** (other.value - 1)
            above = g * self.value**other.value * self.value.log()
            return [sum_to_shape(base, self.value.shape), sum_to_shape(above, other.value.shape)]

        return Node(self.value**other.value, (self, other), hand_on)

    def __matmul__(self, other):
        other = self.beside(other)

        def hand_on(g):
            return [torch.mm(g, other.value.t()), torch.mm(self.value.t(), g)]

        return Node(torch.mm(self.value, other.value), (self, other), hand_on)

    def __neg__(self):
        return elementwise(torch.neg, lambda x: -torch.ones_like(x), self)

    def __radd__(self, other):
        return self.beside(other) + self

    def __rsub__(self, other):
        return self.beside(other) - self

    def __rmul__(self, other):
        return self.beside(other) * self

    def __rtruediv__(self, other):
        return self.beside(other) / self

    def __rpow__(self, base):
        return elementwise(lambda x: base**x, lambda x: math.log(base) * base**x, self)

    def __rmatmul__(self, other):
        return self.beside(other) @ self

    def exp(self):
        return elementwise(lambda x: x.exp(), lambda x: x.exp(), self)

    def log(self):
        return elementwise(lambda x: x.log(), lambda x: 1 / x, self)

    def sin(self):
        return elementwise(lambda x: x.sin(), lambda x: x.cos(), self)

    def cos(self):
        return elementwise(lambda x: x.cos(), lambda x: -x.sin(), self)

    def sqrt(self):
        return elementwise(lambda x: x.sqrt(), lambda x: 1 / (2 * x.sqrt()), self)

    def tanh(self):
        return elementwise(lambda x: x.tanh(), lambda x: 1 - x.tanh().square(), self)

    def relu(self):
        return elementwise(lambda x: x * (x > 0), lambda x: torch.where(x > 0, 1.0, 0.0).to(x.dtype), self)

    def sum(self, dim=None, keepdim=False):
        if dim is None:
            return Node(self.value.sum(), (self,), lambda g: [g * torch.ones_like(self.value)])

        def hand_on(g):
            return [(g if keepdim else g.unsqueeze(dim)) * torch.ones_like(self.value)]

        return Node(self.value.sum(dim, keepdim), (self,), hand_on)

    def mean(self, dim=None, keepdim=False):
        count = self.value.numel() if dim is None else self.value.shape[dim]
        return self.sum(dim, keepdim) * (1 / count)


def elementwise(function, derivative, x):
    return Node(function(x.value), (x,), lambda g: [g * derivative(x.value)])


def topological_order(root):
    # Kahn's algorithm from the root: a node is ready when all of its users are done.
    users = {root: 0}
    waiting = [root]
    while waiting:
        for parent in waiting.pop().parents:
            if parent not in users:
                users[parent] = 0
                waiting.append(parent)
            users[parent] += 1
    order = []
    ready = [root]
    while ready:
        node = ready.pop()
        order.append(node)
        for parent in node.parents:
            users[parent] -= 1
            if users[parent] == 0:
                ready.append(parent)
    order.reverse()
    return order


def backward(root):
    found = {}
    found[root] = [torch.ones_like(root.value)]
    for node in topological_order(root)[::-1]:
        total = sum(found[node])
        node.grad = node.grad + total
        if node.hand_on is not None:
            for parent, share in zip(node.parents, node.hand_on(total)):
                found.setdefault(parent, []).append(share)


def zero_grad(root):
    for node in topological_order(root):
        node.grad = node.value.new_zeros(node.value.shape)


def numerical_gradient(f, x, eps=1e-5):
    differences = []
    for direction in torch.eye(x.numel(), dtype=x.dtype):
        direction = eps * direction.reshape(x.shape)
        differences.append(float(f(x + direction)) - float(f(x - direction)))
    return torch.tensor(differences, dtype=x.dtype).reshape(x.shape) / (2 * eps)


def sum_to_shape(grad, shape):
    extra = grad.dim() - len(shape)
    padded = [1] * extra + list(shape)
    dims = [i for i, size in enumerate(padded) if size == 1]
    if dims:
        grad = grad.sum(dims, keepdim=True)
    return grad.reshape(tuple(shape))


def exponentials(x):
    first = x.exp()
    both = first + first * first
    return both.sin() + both.exp()


def root_and_cosine(x):
    square = x * x
    both = square.exp() + square
    return both.cos() + both.sqrt()


def polynomial(coefficients, x):
    result = None
    for c in reversed(coefficients):
        result = x * 0 + c if result is None else x * result + c
    return result


def minimize(loss, params, *, lr, steps):
    leaves = [Node(p.clone()) for p in params]
    history = []
    for step in range(steps):
        end = loss(*leaves)
        history.append(end.value)
        zero_grad(end)
        backward(end)
        for leaf in leaves:
            leaf.value = leaf.value - lr * leaf.grad
    return [leaf.value for leaf in leaves], torch.stack(history)


def softmax_loss(X, y, W, b):
    logits = X @ W + b
    largest = logits.value.max(1, keepdim=True).values
    total = (logits - largest).exp().sum(1).log() + largest[:, 0]
    mask = (y[:, None] == torch.arange(logits.value.shape[1])).to(X.dtype)
    return total.mean() - (logits * mask).sum() / len(y)


def fit(X, y, k, *, lr, steps):
    zeros = [torch.zeros(X.shape[1], k, dtype=X.dtype), torch.zeros(k, dtype=X.dtype)]
    (W, b), losses = minimize(lambda W, b: softmax_loss(X, y, W, b), zeros, lr=lr, steps=steps)
    return W, b, losses


def predict(X, W, b):
    return torch.argmax(torch.mm(X, W) + b, dim=1)
