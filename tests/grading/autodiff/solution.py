"""Automatic differentiation of numbers, in one class: what the checks beside it are tried on."""


class Node:
    """A number of a computation: it knows what it was computed from, and by which local derivatives."""

    def __init__(self, value, parents=(), derivatives=()):
        if not isinstance(value, int | float):
            raise ValueError("a node holds a number")
        self.value = value
        self.parents = parents
        self.derivatives = derivatives
        self.grad = 0.0

    def __add__(self, other):
        other = as_node(other)
        return Node(self.value + other.value, (self, other), (lambda: 1.0, lambda: 1.0))

    def __mul__(self, other):
        other = as_node(other)
        return Node(self.value * other.value, (self, other), (lambda: other.value, lambda: self.value))

    def __pow__(self, exponent):
        return Node(self.value**exponent, (self,), (lambda: exponent * self.value ** (exponent - 1),))

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return -1 * self

    def __sub__(self, other):
        return self + (-as_node(other))

    def __truediv__(self, other):
        return self * as_node(other) ** -1

    def __len__(self):
        return len(self.parents)

    def __iter__(self):
        yield from self.parents

    def order(self):
        """All nodes that this one depends on, each once and behind its parents; this one last."""
        done = []
        seen = set()

        def visit(node):
            if node in seen:
                return
            seen.add(node)
            for parent in node:
                visit(parent)
            done.append(node)

        visit(self)
        return done

    def backward(self):
        """Set `grad` of each node in `order()` to the derivative of this one by it."""
        nodes = self.order()
        for node in nodes:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(nodes):
            for parent, derivative in zip(node.parents, node.derivatives, strict=True):
                parent.grad += derivative() * node.grad


def as_node(value):
    """A node as it is, a number as a node."""
    return value if isinstance(value, Node) else Node(value)


def apply(function, derivative, x):
    """A node that holds function(x)."""
    return Node(function(x.value), (x,), (lambda: derivative(x.value),))


def gradient(f, *values):
    """The derivatives of f by each of its arguments."""
    nodes = [Node(value) for value in values]
    f(*nodes).backward()
    return [node.grad for node in nodes]


def descent(derivative, x, lr):
    """The points that gradient descent visits, without end."""
    while True:
        yield x
        x -= lr * derivative(x)
