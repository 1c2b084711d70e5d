# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""A graph that knows its gradients.

Read assignments/autodiff/handout.html, then write the functions below. `autograder check autodiff` tells how you are doing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
import torch
from torch import Tensor


# Exercise 1: Values that remember (15 points)


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
        # YOUR CODE HERE
        raise NotImplementedError

    def __add__(self, other: Node | float | Tensor) -> Node:
        """The sum: a node with the parents (self, other)."""
        # YOUR CODE HERE
        raise NotImplementedError

    def __radd__(self, other: float | Tensor) -> Node:
        """The sum, with a number or a tensor on the left."""
        # YOUR CODE HERE
        raise NotImplementedError

    def __neg__(self) -> Node:
        """The negative: a node with the parent (self,)."""
        # YOUR CODE HERE
        raise NotImplementedError

    def __sub__(self, other: Node | float | Tensor) -> Node:
        """The difference self - other."""
        # YOUR CODE HERE
        raise NotImplementedError

    def __rsub__(self, other: float | Tensor) -> Node:
        """The difference other - self, with a number or a tensor on the left."""
        # YOUR CODE HERE
        raise NotImplementedError

    def __mul__(self, other: Node | float | Tensor) -> Node:
        """The product, entry by entry: a node with the parents (self, other)."""
        # YOUR CODE HERE
        raise NotImplementedError

    def __rmul__(self, other: float | Tensor) -> Node:
        """The product, with a number or a tensor on the left."""
        # YOUR CODE HERE
        raise NotImplementedError

    def __truediv__(self, other: Node | float | Tensor) -> Node:
        """The quotient self / other, entry by entry."""
        # YOUR CODE HERE
        raise NotImplementedError

    def __rtruediv__(self, other: float | Tensor) -> Node:
        """The quotient other / self, with a number or a tensor on the left."""
        # YOUR CODE HERE
        raise NotImplementedError

    def __pow__(self, exponent: Node | float) -> Node:
        """The power self ** exponent. For an exponent that is a number, self may be negative where that makes sense."""
        # YOUR CODE HERE
        raise NotImplementedError

    def __rpow__(self, base: float) -> Node:
        """The power base ** self, of a number above 0."""
        # YOUR CODE HERE
        raise NotImplementedError

    # Exercise 7: Tensors, and what broadcasting copies (14 points)
    def __matmul__(self, other: Node | Tensor) -> Node:
        """The matrix product of [n, d] and [d, k]: a node with the parents (self, other)."""
        # YOUR CODE HERE
        raise NotImplementedError

    def __rmatmul__(self, other: Tensor) -> Node:
        """The matrix product other @ self, with a tensor on the left."""
        # YOUR CODE HERE
        raise NotImplementedError

    # Exercise 4: Any function, if its derivative is known (10 points)
    def exp(self) -> Node:
        """e to the power of each entry."""
        # YOUR CODE HERE
        raise NotImplementedError

    def log(self) -> Node:
        """The natural logarithm of each entry."""
        # YOUR CODE HERE
        raise NotImplementedError

    def sin(self) -> Node:
        """The sine of each entry."""
        # YOUR CODE HERE
        raise NotImplementedError

    def cos(self) -> Node:
        """The cosine of each entry."""
        # YOUR CODE HERE
        raise NotImplementedError

    def sqrt(self) -> Node:
        """The square root of each entry."""
        # YOUR CODE HERE
        raise NotImplementedError

    def tanh(self) -> Node:
        """The hyperbolic tangent of each entry."""
        # YOUR CODE HERE
        raise NotImplementedError

    def relu(self) -> Node:
        """Each entry where it is above 0, else 0; the derivative at 0 is 0."""
        # YOUR CODE HERE
        raise NotImplementedError

    def sum(self, dim: int | None = None, keepdim: bool = False) -> Node:
        """The sum of all entries, or along one dimension, which keepdim leaves there with the size 1."""
        # YOUR CODE HERE
        raise NotImplementedError

    def mean(self, dim: int | None = None, keepdim: bool = False) -> Node:
        """The mean of all entries, or along one dimension, which keepdim leaves there with the size 1."""
        # YOUR CODE HERE
        raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 2: Parents first (12 points)


def topological_order(root: Node) -> list[Node]:
    """All nodes that a node depends on: each of them once, and behind all of its parents; the node itself is the last.

    It takes a time in proportion to the number of nodes and edges, and a chain of any length.

    Source: Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms, section 22.4 (of the 3rd edition).

    Args:
        root: the node at the end of the computation.
    Returns:
        List of nodes.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 3: The way back (20 points)


def backward(root: Node) -> None:
    """Add to the `grad` of every node that root depends on the gradient of root's sum for it.

    Each local derivative is asked once. What was in `grad` before plays no part in it; it is only added to.

    Source: Griewank and Walther, section 3.2; Deep Learning, section 6.5.2, equation 6.49.

    Args:
        root: node of any shape; its own gradient is a tensor of ones.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def zero_grad(root: Node) -> None:
    """Set the `grad` of every node that root depends on to zeros.

    Args:
        root: node.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 5: A second opinion (7 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


def sum_to_shape(grad: Tensor, shape: Sequence[int]) -> Tensor:
    """What broadcasting copied, added up again: the gradient for a tensor of a shape that was broadcast.

    Source: NumPy's rules of broadcasting, read backwards.

    Args:
        grad: gradient for the result, of a shape that `shape` can be broadcast to.
        shape: of the tensor that was used.
    Returns:
        Tensor of this shape.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 6: Functions with common parts (9 points)


def exponentials(x: Node) -> Node:
    """f(x) = exp(exp(x) + exp(2 x)) + sin(exp(x) + exp(2 x)), with every common part computed once.

    Exactly two exponentials are taken: exp(2 x) is the square of exp(x).

    Args:
        x: node.
    Returns:
        Node of f(x).
    """
    # YOUR CODE HERE
    raise NotImplementedError


def root_and_cosine(x: Node) -> Node:
    """f(x) = sqrt(x^2 + exp(x^2)) + cos(x^2 + exp(x^2)), with every common part computed once.

    Args:
        x: node.
    Returns:
        Node of f(x).
    """
    # YOUR CODE HERE
    raise NotImplementedError


def polynomial(coefficients: Sequence[float], x: Node) -> Node:
    """c0 + c1 x + c2 x^2 + ..., of thousands of coefficients if need be.

    Source: Horner's scheme.

    Args:
        coefficients: numbers, at least two, the one of x^0 first.
        x: node.
    Returns:
        Node of the polynomial's value.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 8: Training without a derivative of yours (7 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


def predict(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """The class with the largest logit for each row.

    Args:
        X: [n, d] one row per example.
        W: [d, k] weights.
        b: [k] biases.
    Returns:
        [n] int64 classes.
    """
    # YOUR CODE HERE
    raise NotImplementedError
