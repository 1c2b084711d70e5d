"""Automatic differentiation: values that remember what they were computed from, and gradients that flow back to it.

A node holds a tensor, `value`, and the gradient that has been found for it, `grad`, of the same shape and dtype. A
number is a tensor without axes, []. Wherever a number or a tensor meets a node it becomes a node itself; a number
takes shape and dtype of the node beside it. Sources: Linnainmaa, Taylor expansion of the accumulated rounding error,
BIT 16, 1976; Griewank and Walther, Evaluating Derivatives, 2nd edition, 2008, chapter 3; Baydin, Pearlmutter, Radul,
Siskind, Automatic Differentiation in Machine Learning: a Survey, JMLR 18, 2018; Deep Learning, 2016, section 6.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


class Node:
    """A value of a computation.

    A node can be used in + - * / ** and @, with a node, a number or a tensor on the other side, whichever side that is.
    The exponent of a node may be a number or a node; the base of one is a number or a node above 0.

    Args:
        value: a number, which becomes a float64 tensor [], or a tensor of floating-point numbers of any shape.
        parents: the nodes that it was computed from.
        pulls: for each parent, a function that takes the gradient for this node and gives its share for that parent.
            How a node keeps its local derivatives is up to you; checks look at value, grad and parents only.

    Attributes:
        value: the tensor; nothing writes into it.
        grad: tensor of zeros like `value`, to which `backward` adds.
        parents: tuple of the nodes that it was computed from, operands in their order; () for a leaf.

    Raises:
        TypeError: the value is a tensor of integers or booleans, which has no gradient.

    Source: Baydin et al., section 3.2; Griewank and Walther, section 3.2.
    """

    def __init__(self, value: float | Tensor, parents: Sequence[Node] = (), pulls: Sequence[Callable] = ()):
        """Keep what was computed, and from what."""
        if not isinstance(value, Tensor):
            value = torch.tensor(value, dtype=torch.float64)
        if not value.is_floating_point():
            raise TypeError("whole numbers have no gradient")
        self.value = value
        self.parents = tuple(parents)
        self.pulls = tuple(pulls)
        self.grad = torch.zeros_like(value)

    def __add__(self, other: Node | float | Tensor) -> Node:
        """The sum: a node with the parents (self, other)."""
        other = as_node(other, self)
        return Node(self.value + other.value, (self, other), (lambda g: g, lambda g: g))

    def __radd__(self, other: float | Tensor) -> Node:
        """The sum, with a number or a tensor on the left."""
        return self + other

    def __neg__(self) -> Node:
        """The negative: a node with the parent (self,)."""
        return Node(-self.value, (self,), (lambda g: -g,))

    def __sub__(self, other: Node | float | Tensor) -> Node:
        """The difference self - other."""
        return self + -as_node(other, self)

    def __rsub__(self, other: float | Tensor) -> Node:
        """The difference other - self, with a number or a tensor on the left."""
        return -self + other

    def __mul__(self, other: Node | float | Tensor) -> Node:
        """The product, entry by entry: a node with the parents (self, other)."""
        other = as_node(other, self)
        # To each factor, the gradient times the other one.
        pulls = (lambda g: g * other.value, lambda g: g * self.value)
        return Node(self.value * other.value, (self, other), pulls)

    def __rmul__(self, other: float | Tensor) -> Node:
        """The product, with a number or a tensor on the left."""
        return self * other

    def __truediv__(self, other: Node | float | Tensor) -> Node:
        """The quotient self / other, entry by entry."""
        other = as_node(other, self)
        quotient = self.value / other.value
        # The derivative of a / b by b is -a / b^2, which is -(a / b) / b.
        pulls = (lambda g: g / other.value, lambda g: -g * quotient / other.value)
        return Node(quotient, (self, other), pulls)

    def __rtruediv__(self, other: float | Tensor) -> Node:
        """The quotient other / self, with a number or a tensor on the left."""
        return as_node(other, self) / self

    def __pow__(self, exponent: Node | float) -> Node:
        """The power self ** exponent. For an exponent that is a number, self may be negative where that makes sense."""
        # A number needs no gradient, and so no logarithm of a base that may be negative.
        if not isinstance(exponent, Node):
            return Node(self.value**exponent, (self,), (lambda g: g * exponent * self.value ** (exponent - 1),))
        power = self.value**exponent.value
        pulls = (
            lambda g: g * exponent.value * self.value ** (exponent.value - 1),
            lambda g: g * power * self.value.log(),
        )
        return Node(power, (self, exponent), pulls)

    def __rpow__(self, base: float) -> Node:
        """The power base ** self, of a number above 0."""
        return as_node(base, self) ** self

    def __matmul__(self, other: Node | Tensor) -> Node:
        """The matrix product of [n, d] and [d, k]: a node with the parents (self, other)."""
        other = as_node(other, self)
        # The shapes leave no choice: [n, k] and [k, d] make [n, d], [d, n] and [n, k] make [d, k].
        pulls = (lambda g: g @ other.value.T, lambda g: self.value.T @ g)
        return Node(self.value @ other.value, (self, other), pulls)

    def __rmatmul__(self, other: Tensor) -> Node:
        """The matrix product other @ self, with a tensor on the left."""
        return as_node(other, self) @ self

    def exp(self) -> Node:
        """e to the power of each entry."""
        return elementwise(torch.exp, torch.exp, self)

    def log(self) -> Node:
        """The natural logarithm of each entry."""
        return elementwise(torch.log, torch.reciprocal, self)

    def sin(self) -> Node:
        """The sine of each entry."""
        return elementwise(torch.sin, torch.cos, self)

    def cos(self) -> Node:
        """The cosine of each entry."""
        return elementwise(torch.cos, lambda x: -torch.sin(x), self)

    def sqrt(self) -> Node:
        """The square root of each entry."""
        return elementwise(torch.sqrt, lambda x: 0.5 / torch.sqrt(x), self)

    def tanh(self) -> Node:
        """The hyperbolic tangent of each entry."""
        return elementwise(torch.tanh, lambda x: 1 - torch.tanh(x) ** 2, self)

    def relu(self) -> Node:
        """Each entry where it is above 0, else 0; the derivative at 0 is 0."""
        return elementwise(lambda x: x.clamp(min=0), lambda x: (x > 0).to(x.dtype), self)

    def sum(self, dim: int | None = None, keepdim: bool = False) -> Node:
        """The sum of all entries, or along one dimension, which keepdim leaves there with the size 1."""
        if dim is None:
            return Node(self.value.sum(), (self,), (lambda g: g.expand_as(self.value),))
        total = self.value.sum(dim, keepdim=True)
        # Each entry has a share of 1 in its sum, so each gets the gradient of its sum.
        pulls = (lambda g: g.reshape(total.shape).expand_as(self.value),)
        return Node(total if keepdim else total.squeeze(dim), (self,), pulls)

    def mean(self, dim: int | None = None, keepdim: bool = False) -> Node:
        """The mean of all entries, or along one dimension, which keepdim leaves there with the size 1."""
        total = self.sum(dim, keepdim)
        return total / (self.value.numel() / total.value.numel())


def as_node(value: Node | float | Tensor, like: Node) -> Node:
    """A node as it is; a tensor as a leaf; a number as a leaf like the node that it meets, in shape and dtype.

    Args:
        value: what stands beside a node.
        like: that node.
    Returns:
        A node.
    """
    if isinstance(value, Node):
        return value
    if isinstance(value, Tensor):
        return Node(value)
    return Node(torch.full_like(like.value, value))


def elementwise(function: Callable[[Tensor], Tensor], derivative: Callable[[Tensor], Tensor], x: Node) -> Node:
    """Any function of single entries, with its derivative: a node with the parent (x,).

    Source: the chain rule.

    Args:
        function: of a tensor, gives a tensor of the same shape.
        derivative: of a tensor x, gives the derivatives of the function there; it is asked at most once.
        x: node.
    Returns:
        Node of function(x.value).
    """
    return Node(function(x.value), (x,), (lambda g: g * derivative(x.value),))


def topological_order(root: Node) -> list[Node]:
    """All nodes that a node depends on: each of them once, and behind all of its parents; the node itself is the last.

    It takes a time in proportion to the number of nodes and edges, and a chain of any length.

    Source: Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms, section 22.4 (of the 3rd edition).

    Args:
        root: the node at the end of the computation.
    Returns:
        List of nodes.
    """
    order: list[Node] = []
    seen: set[Node] = set()
    # A stack of our own, since Python allows no more than about 1,000 calls within each other.
    stack = [(root, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            # The node comes back when everything that lies above it on the stack is done: all its parents.
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order


def backward(root: Node) -> None:
    """Add to the `grad` of every node that root depends on the gradient of root's sum for it.

    Each local derivative is asked once. What was in `grad` before plays no part in it; it is only added to.

    Source: Griewank and Walther, section 3.2; Deep Learning, section 6.5.2, equation 6.49.

    Args:
        root: node of any shape; its own gradient is a tensor of ones.
    """
    flows = {root: torch.ones_like(root.value)}
    for node in reversed(topological_order(root)):
        # All users of this node come before it here, so nothing is added to its flow any more.
        flow = flows.pop(node)
        node.grad = node.grad + flow
        for parent, pull in zip(node.parents, node.pulls, strict=True):
            share = pull(flow)
            if share.shape != parent.value.shape:
                share = sum_to_shape(share, parent.value.shape)
            # A parent that is used several times gets the sum of all shares.
            flows[parent] = flows[parent] + share if parent in flows else share


def zero_grad(root: Node) -> None:
    """Set the `grad` of every node that root depends on to zeros.

    Args:
        root: node.
    """
    for node in topological_order(root):
        node.grad = torch.zeros_like(node.value)


def numerical_gradient(f: Callable[[Tensor], Tensor | float], x: Tensor, eps: float = 1e-5) -> Tensor:
    """Gradient of a scalar function by central differences, two values of it for each entry.

    Source: Griewank and Walther, section 1; Deep Learning, section 11.5, equation 11.7.

    Args:
        f: of a tensor shaped like x, gives a number.
        x: the point, a tensor of any shape; it is left as it is.
        eps: half of the distance of the two points.
    Returns:
        Tensor shaped like x with (f(x + eps) - f(x - eps)) / (2 eps) for each entry.
    """
    slopes = x.new_zeros(x.numel())
    for i in range(x.numel()):
        # One entry moves, all others stay.
        step = x.new_zeros(x.numel())
        step[i] += eps
        step = step.reshape(x.shape)
        slopes[i] = (f(x + step) - f(x - step)) / (2 * eps)
    return slopes.view(x.shape)


def sum_to_shape(grad: Tensor, shape: Sequence[int]) -> Tensor:
    """What broadcasting copied, added up again: the gradient for a tensor of a shape that was broadcast.

    Source: NumPy's rules of broadcasting, read backwards.

    Args:
        grad: gradient for the result, of a shape that `shape` can be broadcast to.
        shape: of the tensor that was used.
    Returns:
        Tensor of this shape.
    """
    if grad.shape == shape:
        return grad
    # Dimensions that were put in front.
    while grad.dim() > len(shape):
        grad = grad.sum(0)
    # Dimensions of size 1 that were stretched.
    for dim, size in enumerate(shape):
        if size == 1:
            grad = grad.sum(dim, keepdim=True)
    return grad


def exponentials(x: Node) -> Node:
    """f(x) = exp(exp(x) + exp(2 x)) + sin(exp(x) + exp(2 x)), with every common part computed once.

    Exactly two exponentials are taken: exp(2 x) is the square of exp(x).

    Args:
        x: node.
    Returns:
        Node of f(x).
    """
    a = x.exp()
    c = a + a**2
    return c.exp() + c.sin()


def root_and_cosine(x: Node) -> Node:
    """f(x) = sqrt(x^2 + exp(x^2)) + cos(x^2 + exp(x^2)), with every common part computed once.

    Args:
        x: node.
    Returns:
        Node of f(x).
    """
    square = x**2
    c = square + square.exp()
    return c.sqrt() + c.cos()


def polynomial(coefficients: Sequence[float], x: Node) -> Node:
    """c0 + c1 x + c2 x^2 + ..., of thousands of coefficients if need be.

    Source: Horner's scheme.

    Args:
        coefficients: numbers, at least two, the one of x^0 first.
        x: node.
    Returns:
        Node of the polynomial's value.
    """
    total = coefficients[-1] * x + coefficients[-2]
    for c in coefficients[-3::-1]:
        total = total * x + c
    return total


def minimize(
    loss: Callable[..., Node], params: Sequence[Tensor], *, lr: float, steps: int
) -> tuple[list[Tensor], Tensor]:
    """Gradient descent on any loss that is computed with nodes.

    Source: Deep Learning, section 4.3, equation 4.5.

    Args:
        loss: gets a node for each parameter and gives a node of the loss, [].
        params: the parameters at the start, tensors of any shapes; they are left as they are.
        lr: learning rate.
        steps: number of steps, at least 1; loss is called once in each.
    Returns:
        params: list of the parameters after the last step.
        losses: [s] the loss before each step.
    """
    params = list(params)
    losses = []
    for _ in range(steps):
        # New leaves for each step: no gradient of the step before is left in them.
        nodes = [Node(param) for param in params]
        root = loss(*nodes)
        backward(root)
        losses.append(root.value)
        params = [node.value - lr * node.grad for node in nodes]
    return params, torch.stack(losses)


def softmax_loss(X: Tensor, y: Tensor, W: Node, b: Node) -> Node:
    """Mean cross-entropy of softmax regression, computed with nodes.

    Source: Bishop, Pattern Recognition and Machine Learning, 2006, section 4.3.4, equation 4.108.

    Args:
        X: [n, d] one row per example.
        y: [n] int64 classes in 0..k-1.
        W: node of [d, k] weights.
        b: node of [k] biases.
    Returns:
        Node of the mean over the rows of log(sum of all exp(z)) - z of the right class, with z = X W + b, [].
    """
    z = X @ W + b
    # Taking the largest logit of a row from all of them changes no loss, and no exponential overflows.
    z = z - z.value.amax(dim=1, keepdim=True)
    chosen = torch.zeros_like(z.value)
    chosen[torch.arange(len(y)), y] = 1
    return (z.exp().sum(dim=1).log() - (z * chosen).sum(dim=1)).mean()


def fit(X: Tensor, y: Tensor, k: int, *, lr: float, steps: int) -> tuple[Tensor, Tensor, Tensor]:
    """Train softmax regression by automatic differentiation, with all rows in each step.

    Args:
        X: [n, d] one row per example.
        y: [n] int64 classes in 0..k-1.
        k: number of classes.
        lr: learning rate.
        steps: number of steps.
    Returns:
        W: [d, k] weights; they start as zeros.
        b: [k] biases; they start as zeros.
        losses: [s] the loss before each step.
    """
    start = [X.new_zeros(X.shape[1], k), X.new_zeros(k)]
    (W, b), losses = minimize(lambda W, b: softmax_loss(X, y, W, b), start, lr=lr, steps=steps)
    return W, b, losses


def predict(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """The class with the largest logit for each row.

    Args:
        X: [n, d] one row per example.
        W: [d, k] weights.
        b: [k] biases.
    Returns:
        [n] int64 classes.
    """
    return (X @ W + b).argmax(dim=1)
