"""Nodes that know the name of their operation, and one table with the derivatives of all."""

import numpy as np
import torch

DERIVATIVES = {
    "add": lambda g, out, a, b: (g, g),
    "mul": lambda g, out, a, b: (g * b, g * a),
    "matmul": lambda g, out, a, b: (g @ b.T, a.T @ g),
    "exp": lambda g, out, a: (g * out,),
    "log": lambda g, out, a: (g / a,),
    "sin": lambda g, out, a: (g * torch.cos(a),),
    "cos": lambda g, out, a: (-g * torch.sin(a),),
    "sqrt": lambda g, out, a: (g / (out + out),),
    "tanh": lambda g, out, a: (g * (1 - out * out),),
    "relu": lambda g, out, a: (g * (out > 0),),
    "neg": lambda g, out, a: (-g,),
}
FLOATS = {torch.float16, torch.bfloat16, torch.float32, torch.float64}


class Node:
    def __init__(self, value, parents=(), rule=None):
        value = value if isinstance(value, torch.Tensor) else torch.tensor(value, dtype=torch.double)
        if value.dtype not in FLOATS:
            raise TypeError("only floating-point values")
        self.value = value
        self.parents = tuple(parents)
        self.rule = rule
        self.grad = torch.zeros_like(value)

    def __add__(self, other):
        return apply("add", torch.add, self, node_of(other, self))

    def __radd__(self, other):
        return apply("add", torch.add, node_of(other, self), self)

    def __neg__(self):
        return apply("neg", torch.neg, self)

    def __sub__(self, other):
        return self + (-node_of(other, self))

    def __rsub__(self, other):
        return node_of(other, self) + (-self)

    def __mul__(self, other):
        return apply("mul", torch.mul, self, node_of(other, self))

    def __rmul__(self, other):
        return apply("mul", torch.mul, node_of(other, self), self)

    def __truediv__(self, other):
        return self * node_of(other, self) ** -1

    def __rtruediv__(self, other):
        return node_of(other, self) * self**-1

    def __pow__(self, n):
        if isinstance(n, Node):
            return (self.log() * n).exp()
        return elementwise(lambda x: x**n, lambda x: n * x ** (n - 1), self)

    def __rpow__(self, base):
        return (self * float(np.log(base))).exp()

    def __matmul__(self, other):
        return apply("matmul", torch.matmul, self, node_of(other, self))

    def __rmatmul__(self, other):
        return apply("matmul", torch.matmul, node_of(other, self), self)

    def exp(self):
        return apply("exp", torch.exp, self)

    def log(self):
        return apply("log", torch.log, self)

    def sin(self):
        return apply("sin", torch.sin, self)

    def cos(self):
        return apply("cos", torch.cos, self)

    def sqrt(self):
        return apply("sqrt", torch.sqrt, self)

    def tanh(self):
        return apply("tanh", torch.tanh, self)

    def relu(self):
        return apply("relu", lambda a: torch.maximum(a, torch.zeros_like(a)), self)

    def sum(self, dim=None, keepdim=False):
        return self.reduced(torch.sum, 1.0, dim, keepdim)

    def mean(self, dim=None, keepdim=False):
        entries = self.value.numel() if dim is None else self.value.size(dim)
        return self.reduced(torch.mean, 1.0 / entries, dim, keepdim)

    def reduced(self, function, share, dim, keepdim):
        if dim is None:
            return Node(function(self.value), (self,), lambda g, out, a: (share * g * torch.ones_like(a),))
        out = function(self.value, dim=dim, keepdim=keepdim)

        def rule(g, out, a):
            if not keepdim:
                g = g.unsqueeze(dim)
            return (share * g.expand(a.shape),)

        return Node(out, (self,), rule)


def node_of(value, other):
    if isinstance(value, Node):
        return value
    return Node(value if isinstance(value, torch.Tensor) else torch.tensor(value, dtype=other.value.dtype))


def apply(name, function, *operands):
    return Node(function(*[node.value for node in operands]), operands, DERIVATIVES[name])


def elementwise(function, derivative, x):
    return Node(function(x.value), [x], lambda g, out, a: (g * derivative(a),))


def topological_order(root):
    done, order = {id(root)}, []
    path = [(root, iter(root.parents))]
    while path:
        node, parents = path[-1]
        following = next((parent for parent in parents if id(parent) not in done), None)
        if following is None:
            order.append(node)
            path.pop()
        else:
            done.add(id(following))
            path.append((following, iter(following.parents)))
    return order


def backward(root):
    order = topological_order(root)
    own = {id(node): torch.zeros_like(node.value) for node in order}
    own[id(root)] += 1
    for i in range(len(order) - 1, -1, -1):
        node = order[i]
        g = own[id(node)]
        node.grad = node.grad + g
        if not node.parents:
            continue
        inputs = [parent.value for parent in node.parents]
        for parent, share in zip(node.parents, node.rule(g, node.value, *inputs)):
            own[id(parent)] += sum_to_shape(share, tuple(parent.value.shape))


def zero_grad(root):
    for node in topological_order(root):
        node.grad = torch.zeros(node.value.shape, dtype=node.value.dtype)


def numerical_gradient(f, x, eps=1e-5):
    flat = x.numpy().reshape(-1)
    result = np.zeros_like(flat)
    for i in range(flat.size):
        up, down = flat.copy(), flat.copy()
        up[i] += eps
        down[i] -= eps
        high = f(torch.from_numpy(up).reshape(x.shape))
        low = f(torch.from_numpy(down).reshape(x.shape))
        result[i] = (float(high) - float(low)) / (2.0 * eps)
    return torch.from_numpy(result).reshape(x.shape)


def sum_to_shape(grad, shape):
    shape = tuple(shape)
    if tuple(grad.shape) == shape:
        return grad
    array = grad.numpy()
    front = array.ndim - len(shape)
    array = array.sum(axis=tuple(range(front))) if front else array
    stretched = tuple(i for i in range(len(shape)) if shape[i] == 1)
    if stretched:
        array = array.sum(axis=stretched, keepdims=True)
    return torch.as_tensor(array, dtype=grad.dtype)


def exponentials(x):
    e = x.exp()
    t = e + e * e
    return t.exp() + t.sin()


def root_and_cosine(x):
    s = x * x
    t = s + s.exp()
    return t**0.5 + t.cos()


def polynomial(coefficients, x):
    value = node_of(coefficients[-1], x)
    for i in range(len(coefficients) - 2, -1, -1):
        value = value * x + coefficients[i]
    return value


def minimize(loss, params, *, lr, steps):
    current, seen = list(params), torch.zeros(steps, dtype=params[0].dtype)
    for i in range(steps):
        nodes = list(map(Node, current))
        out = loss(*nodes)
        seen[i] = out.value
        backward(out)
        current = [torch.sub(node.value, node.grad, alpha=lr) for node in nodes]
    return current, seen


def softmax_loss(X, y, W, b):
    z = Node(X) @ W + b
    shifted = z + (-z.value.max(dim=1, keepdim=True)[0])
    hot = torch.eye(z.value.shape[1], dtype=X.dtype)[y]
    log_probabilities = shifted - shifted.exp().sum(1, keepdim=True).log()
    return -(log_probabilities * hot).sum() / float(len(y))


def fit(X, y, k, *, lr, steps):
    def loss(W, b):
        return softmax_loss(X, y, W, b)

    params, losses = minimize(loss, [X.new_zeros((X.shape[1], k)), X.new_zeros((k,))], lr=lr, steps=steps)
    return params[0], params[1], losses


def predict(X, W, b):
    return (X @ W + b).max(dim=1)[1]
