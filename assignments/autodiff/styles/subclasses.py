"""A class for each operation, gradients that are gathered in a field of the node, and powers for most of the rest."""

from typing import Any

import torch


class Node:
    def __init__(self, value: Any):
        if not torch.is_tensor(value):
            value = torch.full((), value, dtype=torch.float64)
        if not torch.is_floating_point(value):
            raise TypeError("a node needs floating-point numbers")
        self.value = value
        self.grad = torch.zeros_like(value)
        self.parents = ()
        self.flow = None

    def shares(self):
        return []

    def take(self, share):
        share = sum_to_shape(share, self.value.shape)
        self.flow = share if self.flow is None else self.flow + share

    def other(self, value):
        if isinstance(value, Node):
            return value
        return Node(value if torch.is_tensor(value) else torch.full((), value, dtype=self.value.dtype))

    def __add__(self, other):
        return Sum(self, self.other(other))

    def __radd__(self, other):
        return Sum(self.other(other), self)

    def __mul__(self, other):
        return Product(self, self.other(other))

    def __rmul__(self, other):
        return Product(self.other(other), self)

    def __neg__(self):
        return Applied(self, lambda x: -x, lambda x: torch.full_like(x, -1.0))

    def __sub__(self, other):
        return Sum(self, -self.other(other))

    def __rsub__(self, other):
        return Sum(self.other(other), -self)

    def __truediv__(self, other):
        return Product(self, self.other(other).inverse())

    def __rtruediv__(self, other):
        return Product(self.other(other), self.inverse())

    def inverse(self):
        return Applied(self, lambda x: 1 / x, lambda x: -1 / (x * x))

    def __pow__(self, exponent):
        if isinstance(exponent, Node):
            return Product(exponent, self.log()).exp()
        return Applied(self, lambda x: torch.pow(x, exponent), lambda x: exponent * torch.pow(x, exponent - 1))

    def __rpow__(self, base):
        return Product(self, self.other(base).log()).exp()

    def __matmul__(self, other):
        return MatrixProduct(self, self.other(other))

    def __rmatmul__(self, other):
        return MatrixProduct(self.other(other), self)

    def exp(self):
        return Applied(self, torch.exp, torch.exp)

    def log(self):
        return Applied(self, torch.log, lambda x: x**-1)

    def sin(self):
        return Applied(self, torch.sin, torch.cos)

    def cos(self):
        return Applied(self, torch.cos, lambda x: torch.sin(-x))

    def sqrt(self):
        return self**0.5

    def tanh(self):
        return Applied(self, torch.tanh, lambda x: 1 / torch.cosh(x) ** 2)

    def relu(self):
        return Applied(self, lambda x: torch.where(x > 0, x, torch.zeros_like(x)), lambda x: (x > 0) * torch.ones_like(x))

    def sum(self, dim=None, keepdim=False):
        if dim is None:
            return Total(self, list(range(self.value.dim())), False)
        return Total(self, [dim], keepdim)

    def mean(self, dim=None, keepdim=False):
        if dim is None:
            return self.sum() / self.value.numel()
        return self.sum(dim, keepdim) / self.value.shape[dim]


class Operation(Node):
    def __init__(self, value, *parents):
        super().__init__(value)
        self.parents = parents


class Sum(Operation):
    def __init__(self, left, right):
        super().__init__(left.value + right.value, left, right)

    def shares(self):
        return [self.flow, self.flow]


class Product(Operation):
    def __init__(self, left, right):
        super().__init__(left.value * right.value, left, right)

    def shares(self):
        left, right = self.parents
        return [self.flow * right.value, self.flow * left.value]


class MatrixProduct(Operation):
    def __init__(self, left, right):
        super().__init__(torch.einsum("nd,dk->nk", left.value, right.value), left, right)

    def shares(self):
        left, right = self.parents
        to_left = torch.einsum("nk,dk->nd", self.flow, right.value)
        return [to_left, torch.einsum("nd,nk->dk", left.value, self.flow)]


class Applied(Operation):
    def __init__(self, x, function, derivative):
        super().__init__(function(x.value), x)
        self.derivative = derivative

    def shares(self):
        (x,) = self.parents
        return [self.flow * self.derivative(x.value)]


class Total(Operation):
    def __init__(self, x, dims, keepdim):
        kept = x.value
        for dim in dims:
            kept = kept.sum(dim, keepdim=True)
        self.kept = kept.shape
        super().__init__(kept if keepdim else kept.squeeze(tuple(dims)), x)

    def shares(self):
        (x,) = self.parents
        return [self.flow.reshape(self.kept) + torch.zeros_like(x.value)]


def elementwise(function, derivative, x):
    return Applied(x, function, derivative)


def topological_order(root):
    order, state, stack = [], {}, [root]
    while stack:
        node = stack[-1]
        if node not in state:
            state[node] = "open"
            stack.extend(parent for parent in node.parents if parent not in state)
        else:
            stack.pop()
            if state[node] == "open":
                state[node] = "done"
                order.append(node)
    return order


def backward(root):
    order = topological_order(root)
    root.flow = torch.ones_like(root.value)
    while order:
        node = order.pop()
        node.grad = node.grad + node.flow
        for parent, share in zip(node.parents, node.shares()):
            parent.take(share)
        node.flow = None


def zero_grad(root):
    for node in topological_order(root):
        node.grad = 0 * node.grad


def numerical_gradient(f, x, eps=1e-5):
    if x.dim() > 0:
        moved = []
        for i in range(x.shape[0]):

            def row_only(row, i=i):
                rows = list(x)
                rows[i] = row
                return f(torch.stack(rows))

            moved.append(numerical_gradient(row_only, x[i], eps))
        return torch.stack(moved)
    return torch.as_tensor(f(x + eps) - f(x - eps), dtype=x.dtype) / eps / 2


def sum_to_shape(grad, shape):
    for _ in range(len(grad.shape) - len(shape)):
        grad = torch.sum(grad, 0)
    for dim in range(len(shape)):
        if shape[dim] < grad.shape[dim]:
            grad = torch.sum(grad, dim, keepdim=True)
    return grad


def exponentials(x):
    a = x.exp()
    b = a**2
    c = a + b
    d = c.sin()
    e = c.exp()
    return d + e


def root_and_cosine(x):
    a = x * x
    b = a.exp()
    c = a + b
    return c.sqrt() + c.cos()


def polynomial(coefficients, x):
    power, total = x, coefficients[0]
    for c in coefficients[1:]:
        total = c * power + total
        power = power * x
    return total


def minimize(loss, params, *, lr, steps):
    values, losses = [param.clone() for param in params], []
    while len(losses) < steps:
        nodes = [Node(value) for value in values]
        end = loss(*nodes)
        losses.append(end.value)
        backward(end)
        for value, node in zip(values, nodes):
            value -= lr * node.grad
    return values, torch.stack(losses)


def softmax_loss(X, y, W, b):
    scores = X @ W + b
    right = torch.zeros_like(scores.value)
    right.scatter_(1, y[:, None], 1.0)
    top = scores.value.amax(1, keepdim=True)
    return (((scores - top).exp().sum(1, keepdim=True)).log() + top - (scores * right).sum(1, keepdim=True)).mean()


def fit(X, y, k, *, lr, steps):
    W = torch.zeros((X.shape[1], k), dtype=X.dtype)
    b = torch.zeros((k,), dtype=X.dtype)
    (W, b), losses = minimize(lambda w, c: softmax_loss(X, y, w, c), (W, b), lr=lr, steps=steps)
    return W, b, losses


def predict(X, W, b):
    return (X @ W + b).argmax(1)
