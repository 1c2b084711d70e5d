"""Checks that students see and run. The same expression is computed with nodes and, by autograd, with tensors."""

from collections.abc import Callable, Sequence
from operator import methodcaller
from typing import Any, NamedTuple

import torch
from torch.nn import functional

from autograder.checking import (
    accuracy,
    args,
    at_least,
    at_most,
    batches_in_order,
    check,
    close,
    descended,
    equal,
    gradients,
    like,
    predicted_classes,
    raises,
    require,
    spy,
    unchanged,
)

DOUBLE = torch.float64
FEW, MANY = 3, 6  # diamonds one behind the other: as many nodes in proportion, but 8 paths and 64
TRAINED = ("W", "b", "the losses")


def number(value):
    """A float64 tensor without axes."""
    return torch.tensor(value, dtype=DOUBLE)


def leaves_of(student, values):
    """A leaf for each value, all made in one message."""
    return list(student.Node.each(args(value) for value in values))


def grads_of(nodes):
    """What is in their `grad`."""
    return [node.value("grad") for node in nodes]


def tensors_of(values):
    """Numbers as the tensors that nodes make of them."""
    return [value if isinstance(value, torch.Tensor) else number(value) for value in values]


def slopes(expression, values):
    """The gradients of an expression's sum, by autograd, in the dtype of each value."""
    tensors = tensors_of(values)
    found = gradients(lambda *parts: expression(*parts).sum(), *tensors)
    return [slope.to(tensor.dtype) for slope, tensor in zip(found, tensors, strict=True)]


def compute(student, expressions, *values):
    """Fail unless expressions of the same leaves, by name, have the values that they have for tensors."""
    leaves = leaves_of(student, values)
    for name, expression in expressions.items():
        close(expression(*leaves).value("value"), expression(*tensors_of(values)), name=name)


class Flow(NamedTuple):
    """An expression of leaves with these values, and what it is called.

    With weights its own value must be right, too, and it is multiplied by them before the way back.
    """

    name: str
    expression: Callable[..., Any]
    values: Sequence[Any]
    weights: torch.Tensor | None = None

    def weighted(self, *parts):
        """What flows back: the expression, times the weights."""
        if self.weights is None:
            return self.expression(*parts)
        return self.expression(*parts) * self.weights

    def root(self, leaves):
        """The node of what flows back, once the value has been compared."""
        root = self.expression(*leaves)
        if self.weights is None:
            return root
        close(root.value("value"), self.expression(*tensors_of(self.values)), name=self.name)
        return root * self.weights


def flow_back(student, *flows):
    """Fail unless `backward` leaves the gradients of expressions in their leaves, and the values as they were.

    Each has leaves of its own; they are all made in one message, and in one message all roots are walked from.
    """
    leaves = iter(leaves_of(student, [value for flow in flows for value in flow.values]))
    parts = [[next(leaves) for _ in flow.values] for flow in flows]
    walk_back(student, [flow.root(own) for flow, own in zip(flows, parts, strict=True)])
    for flow, own in zip(flows, parts, strict=True):
        found = [leaf.values("grad", "value") for leaf in own]
        leaf_names = [f"leaf {place} of {flow.name}" for place in range(1, len(own) + 1)]
        grads, values = zip(*found, strict=True)
        close(grads, slopes(flow.weighted, flow.values), names=[f"the grad of {name}" for name in leaf_names])
        names = [f"the value of {name} after backward" for name in leaf_names]
        close(values, tensors_of(flow.values), names=names)


def walk_back(student, roots):
    """Call `backward` for each of these nodes, in one message."""
    for _nothing in student.backward.each(args(root) for root in roots):
        pass


def signed(case, *shape, dtype=DOUBLE):
    """Draws of either sign with a size between 0.5 and 2."""
    return (case.uniform(*shape, low=0.5, high=2.0) * (2 * case.integers(0, 2, *shape) - 1)).to(dtype)


def positive(case, *shape, dtype=DOUBLE):
    """Draws between 0.5 and 2."""
    return case.uniform(*shape, low=0.5, high=2.0).to(dtype)


BINARY = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
}
ONE_SIDED = {
    "a + 3": lambda a: a + 3,
    "3 + a": lambda a: 3 + a,
    "a - 3": lambda a: a - 3,
    "3 - a": lambda a: 3 - a,
    "a * 3": lambda a: a * 3,
    "3 * a": lambda a: 3 * a,
    "a / 4": lambda a: a / 4,
    "4 / a": lambda a: 4 / a,
    "-a": lambda a: -a,
    "a ** 3": lambda a: a**3,
    "a ** -2": lambda a: a**-2,
    "2.5 ** a": lambda a: 2.5**a,
}
UNARY = ("exp", "log", "sin", "cos", "sqrt", "tanh", "relu")


@check("graph", weight=0.5)
def a_leaf_holds_its_value(student, case):
    """Node(3.0) has the value 3 as a float64 tensor, a grad of zero and no parents; a tensor stays what it is."""
    value, grad, parents = student.Node(3.0).values("value", "grad", "parents")
    close((value, grad), (number(3.0), number(0.0)), names=("value", "grad"))
    equal(len(parents), 0, name="the number of parents")
    x = case.normal(2, 3, dtype=torch.float32)
    close(student.Node(x).values("value", "grad"), [x, torch.zeros_like(x)], names=("value", "grad"))


@check("graph", weight=0.5)
def whole_numbers_are_refused(student, case):
    """A tensor of integers raises a TypeError, since it has no gradient; a whole number becomes a float64 tensor."""
    raises(TypeError, student.Node, torch.tensor([1, 2]))
    raises(TypeError, student.Node, torch.tensor([True]))
    close(student.Node(3).value("value"), number(3.0), name="Node(3).value")


@check("graph", weight=1.5)
def two_nodes_compute(student, case):
    """+ - * / of the nodes 3 and -2."""
    compute(student, BINARY, 3.0, -2.0)


@check("graph", weight=1.5)
def numbers_stand_on_either_side(student, case):
    """3 * a and a * 3, 3 - a and a - 3, and so on; -a and powers with a number below or above."""
    compute(student, ONE_SIDED, signed(case, 4))


@check("graph")
def nodes_are_powers_of_nodes(student, case):
    """a ** b for nodes on both sides: 2 to the power of 3 is 8, 3 to the power of 2 is 9."""
    compute(student, {"a ** b": lambda a, b: a**b, "b ** a": lambda a, b: b**a}, 2.0, 3.0)
    compute(student, {"a ** b": lambda a, b: a**b}, positive(case, 3), signed(case, 3))


@check("graph")
def nodes_know_their_parents(student, case):
    """The parents of a + b and of a * b are a and b, in this order; those of a * a are a and a, that of -a is a."""
    a, b = leaves_of(student, (3.0, -2.0))
    for node, operands, name in ((a + b, [a, b], "a + b"), (b * a, [b, a], "b * a"), (a * a, [a, a], "a * a")):
        found = list(node.value("parents"))
        equal(len(found), 2, name=f"the number of parents of {name}")
        theirs = all(any(parent is operand for operand in operands) for parent in found)
        require(theirs, f"The parents of {name} must be its two operands themselves.")
        same = all(one is other for one, other in zip(found, operands, strict=True))
        require(same, f"The parents of {name} must stand in the order of its operands.")
    (parent,) = found = list((-a).value("parents"))[:1] or [None]
    require(parent is a, "The parent of -a must be a itself.")


@check("graph", weight=0.5)
def tensors_meet_nodes(student, case):
    """A tensor on either side of + - * / becomes a node."""
    x, t = signed(case, 3), signed(case, 3)
    a = student.Node(x)
    for name, expression in BINARY.items():
        if name in ("a - b", "a / b"):
            close(expression(a, t).value("value"), expression(x, t), name=f"{name} for a tensor b")
        close(expression(t, a).value("value"), expression(t, x), name=f"{name} for a tensor a")


@check("graph", weight=0.5)
def numbers_take_the_dtype_of_their_node(student, case):
    """Beside a float32 node without axes a number makes a float32 node, whatever the operator."""
    beside = {"2.5 ** (4 / ((3 * (3 + a) - 3) / 4)) ** 3": lambda a: 2.5 ** (4 / ((3 * (3 + a) - 3) / 4)) ** 3}
    compute(student, beside, torch.tensor(1.5))


def diamonds(start, count):
    """x + x, taken so many times: the graph of a double path, one diamond behind the other."""
    for _ in range(count):
        start = start + start
    return start


def in_order(student, root, below):
    """Fail unless the order of a root has these nodes, each behind what it was computed from."""
    order = student.topological_order(root)
    require(isinstance(order, list | tuple), "topological_order must return a list of nodes.")
    missing = [node for node in below if node not in order]
    require(not missing, "topological_order must have every node that root depends on, leaves and root included.")
    equal(len(order), len(set(map(id, order))), name="the number of nodes, each counted once")
    require(order[-1] is root, "The last node of topological_order must be root itself.")
    places = {id(node): place for place, node in enumerate(order)}
    for node, operands in below.items():
        behind = all(places[id(operand)] < places[id(node)] for operand in operands)
        require(behind, "A node must stand behind all of its parents in topological_order.")
    return list(order)


@check("order", weight=0.5)
def a_leaf_is_its_own_order(student, case):
    """For a leaf the list has one node, the leaf itself."""
    a = student.Node(1.0)
    in_order(student, a, {a: ()})


@check("order")
def parents_stand_before_their_users(student, case):
    """The product (a + b) * (-a) comes last, behind its factors, and these behind a and b."""
    a, b = leaves_of(student, (1.0, 2.0))
    total, turned = a + b, -a
    product = total * turned
    below = {a: (), b: (), total: (a, b), turned: (a,), product: (total, turned)}
    equal(len(in_order(student, product, below)), 5, name="the number of nodes")


@check("order")
def every_node_comes_once(student, case):
    """Where a node is used by several others, next to them or far away, it is in the list once."""
    a, b = leaves_of(student, (2.0, 2.0))
    first = a * b
    second = first + a
    third = second * first
    root = third + first
    below = {a: (), b: (), first: (a, b), second: (first, a), third: (second, first), root: (third, first)}
    equal(len(in_order(student, root, below)), 6, name="the number of nodes")
    equal(len(in_order(student, a * a, {a: ()})), 2, name="the number of nodes of a * a")


@check("order", weight=0.5)
def users_are_no_part_of_the_order(student, case):
    """What was computed from root, or beside it, is not in its list."""
    a, b = leaves_of(student, (2.0, 3.0))
    beside, root = a + b, a * b
    later = root + a
    order = in_order(student, root, {a: (), b: (), root: (a, b)})
    require(later not in order and beside not in order, "Only nodes that root depends on belong in its order.")


def stays_linear(student, function):
    """Fail if a function of a root does more than three times as much for twice as many diamonds."""
    root = diamonds(student.Node(1.0), FEW)
    few = function.effort(root)
    many = function.effort(diamonds(root, MANY - FEW))
    for unit, less, more in (
        ("tensor operations", few.operations, many.operations),
        ("steps of Python", few.steps, many.steps),
    ):
        at_most(more, 3 * less, f"the number of {unit} of {function.name} for {MANY} diamonds, after {less} for {FEW},")


@check("order", needs=every_node_comes_once)
def the_order_is_found_in_linear_time(student, case):
    """For x + x, taken six times, topological_order does at most three times as much as for three."""
    stays_linear(student, student.topological_order)


@check("backward", weight=0.5)
def the_root_begins_with_ones(student, case):
    """After backward(root) its own grad is 1, or ones in its shape; a leaf that is the root has it too."""
    values = 3.0, case.normal(2, 3)
    leaves = leaves_of(student, values)
    roots = [-leaf for leaf in leaves]
    walk_back(student, roots)
    for value, leaf, root in zip(tensors_of(values), leaves, roots, strict=True):
        ones = torch.ones_like(value)
        close(grads_of([root, leaf]), [ones, -ones], names=("the root's grad", "the leaf's grad"))


@check("backward")
def gradients_of_sums_and_products(student, case):
    """a * b, 3 (a + b) (a - b) and -((1 - a) (b - 4)) have the gradients that autograd finds."""
    a, b = signed(case, 2)
    flow_back(
        student,
        Flow("a * b", BINARY["a * b"], (a, b)),
        Flow("3 (a + b) (a - b)", lambda a, b: 3 * (a + b) * (a - b), (a, b)),
        Flow("-((1 - a) (b - 4))", lambda a, b: -((1 - a) * (b - 4)), (a, b)),
    )


@check("backward")
def gradients_of_quotients(student, case):
    """3 a / b, a / 4 and 4 / a have the gradients that autograd finds."""
    a, b = signed(case, 2)
    flow_back(
        student,
        Flow("3 a / b", lambda a, b: 3 * (a / b), (a, b)),
        Flow("a / 4", lambda a: a / 4, (a,)),
        Flow("4 / a", lambda a: 4 / a, (a,)),
    )


@check("backward")
def gradients_of_powers(student, case):
    """3 a^4, a^-2, 2.5^a and 3 (a^b + b) have the gradients of autograd; a number as exponent lets a be negative."""
    a, signs = positive(case, 2), torch.tensor([1.0, -1.0], dtype=DOUBLE)
    flow_back(
        student,
        Flow("3 a ** 4", lambda a: 3 * a**4, (a * signs,)),
        Flow("-(a ** -2)", lambda a: -(a**-2), (a * signs,)),
        Flow("-2 * 2.5 ** a", lambda a: -2 * 2.5**a, (a * signs,)),
        Flow("3 (a ** b + b)", lambda a, b: 3 * (a**b + b), (a, positive(case, 2) * signs)),
    )


@check("backward")
def a_leaf_that_is_used_twice(student, case):
    """a * a + a has the derivative 2 a + 1; a / a has 0; (a + b) + 3 a has 4 for a and 1 for b."""
    a, b = signed(case, 2)
    flow_back(
        student,
        Flow("a * a + a", lambda a: a * a + a, (a,)),
        Flow("a / a", lambda a: a / a, (a,)),
        Flow("(a + b) + 3 a", lambda a, b: (a + b) + 3 * a, (a, b)),
    )


def shared(a, b):
    """An expression whose inner parts are used near and far."""
    first = a * b
    second = first + a
    third = second * first
    return third * first - second / b


@check("backward", weight=1.5)
def a_node_waits_for_all_its_users(student, case):
    """Where an inner node is used near the root and far from it, it passes its gradient on when that is complete."""
    flow_back(student, Flow("an expression with shared parts", shared, signed(case, 2, 3)))


@check("backward")
def inner_nodes_have_gradients_too(student, case):
    """For root = (a * b)^2 - a * b the grad of the product is 2 a b - 1."""
    a, b = signed(case, 2)
    leaves = leaves_of(student, (a, b))
    product = leaves[0] * leaves[1]
    student.backward(product**2 - product)
    close(product.value("grad"), 2 * a * b - 1, name="the grad of the product")


@check("backward")
def gradients_add_up_over_calls(student, case):
    """After a second backward(root) every grad is twice what it was, those of inner nodes and of the root too."""
    a, b = leaves_of(student, signed(case, 2))
    product = a * b
    root = product * a
    nodes = [a, b, product, root]
    student.backward(root)
    once = like(grads_of(nodes), [number(1.0)] * 4, name="the grads")
    student.backward(root)
    names = [f"the grad of {name} after two calls" for name in ("a", "b", "a * b", "the root")]
    close(grads_of(nodes), [2 * grad for grad in once], names=names)


@check("backward")
def gradients_of_two_roots_add_up(student, case):
    """Two roots over the same leaves: the grads of the leaves are the sums of both."""
    values = signed(case, 2)
    a, b = leaves_of(student, values)
    walk_back(student, [a * b, a / b - a])
    expected = slopes(lambda a, b: a * b + a / b - a, values)
    close(grads_of([a, b]), expected, names=("a.grad", "b.grad"))


@check("backward")
def zero_grad_begins_anew(student, case):
    """zero_grad(root) sets the grad of every node below to zeros; then backward gives what it gave at first."""
    values = signed(case, 2, 3)
    a, b = leaves_of(student, values)
    product = a * b
    root = product * product + a
    student.backward(root)
    student.zero_grad(root)
    nodes = [a, b, product, root]
    close(
        grads_of(nodes), [torch.zeros(3, dtype=DOUBLE)] * 4, names=[f"the grad of node {i} of 4" for i in range(1, 5)]
    )
    student.backward(root)
    close(grads_of([a, b]), slopes(lambda a, b: (a * b) ** 2 + a, values), names=("a.grad", "b.grad"))


@check("backward", weight=0.5)
def values_stay_as_they_are(student, case):
    """Neither computing nor backward writes into the value of a node or into the tensor that it was made of."""
    values = positive(case, 2, 3)
    a, b = leaves_of(student, values)
    product = a * b
    root = product / a - a**product
    before = root.value("value")
    student.backward(root)
    found = [node.value("value") for node in (a, b, product, root)]
    names = [f"the value of node {i} of 4 after backward" for i in range(1, 5)]
    close(found, [*values, values[0] * values[1], before], names=names)


@check("backward", weight=1.5, needs=a_leaf_that_is_used_twice)
def the_way_back_is_linear(student, case):
    """For x + x, taken six times, backward makes at most three times as many operations as for three."""
    stays_linear(student, student.backward)


@check("backward", needs=the_way_back_is_linear)
def ten_diamonds(student, case):
    """x + x, taken ten times, has the derivative 2^10: there are 1,024 paths, and 11 nodes."""
    flow_back(student, Flow("ten diamonds", lambda x: diamonds(x, 10), (1.5,)))


@check("functions", weight=0.5)
def functions_have_values(student, case):
    """exp, log, sin, cos, sqrt, tanh and relu of the entries of a tensor."""
    compute(student, {f"x.{name}()": methodcaller(name) for name in UNARY}, positive(case, 2, 3))


@check("functions", weight=1.5)
def functions_have_derivatives(student, case):
    """-3 times each function has the gradient that autograd finds; exp, sin, cos and tanh on both sides of 0."""
    flows = []
    for name in UNARY:
        value = positive(case, 4) if name in ("log", "sqrt") else torch.cat([signed(case, 4), 0.2 * signed(case, 4)])
        flows.append(Flow(f"-3 x.{name}()", lambda x, name=name: -3 * getattr(x, name)(), (value,)))
    flow_back(student, *flows)


@check("functions")
def relu_has_a_gate(student, case):
    """relu passes the gradient where its input is above 0, at 0.25 and 2, and nowhere else, whatever it is."""
    x = torch.tensor([-1.0, -0.25, 0.0, 0.25, 2.0], dtype=DOUBLE).repeat(2, 1)
    weights = signed(case, 1, 5) * torch.tensor([[1.0], [-1.0]], dtype=DOUBLE)
    leaf = student.Node(x)
    root = leaf.relu() * weights
    close(root.value("value"), x.clamp(min=0) * weights, name="relu times a tensor")
    student.backward(root)
    close(leaf.value("grad"), weights * (x > 0), name="the grad of relu's input")


def square_plus_one(x):
    """A function of ours."""
    return x**2 + 1


def of_square_plus_one(x):
    """Its derivative."""
    return 2 * x


@check("functions")
def elementwise_takes_any_function(student, case):
    """With a function of ours and its derivative the value and the gradient are right; the parent is x."""
    value = signed(case, 2, 2)
    x = student.Node(value)
    node = student.elementwise(square_plus_one, of_square_plus_one, x)
    found, parents = node.values("value", "parents")
    close(found, value**2 + 1, name="the value")
    parents = list(parents)
    require(len(parents) == 1 and parents[0] is x, "The only parent of elementwise(..., x) must be x itself.")
    student.backward(-3 * node)
    close(x.value("grad"), -6 * value, name="x.grad")


@check("functions", needs=the_way_back_is_linear)
def derivatives_are_asked_once(student, case):
    """With three diamonds behind it, the derivative is asked for once, and at the value of x."""
    value = case.uniform(low=0.5, high=2.0)
    derivative = spy(of_square_plus_one, most_calls=5)
    x = student.Node(value)
    student.backward(diamonds(student.elementwise(square_plus_one, derivative, x), FEW))
    equal(len(derivative.calls), 1, name="the number of calls of the derivative")
    close(derivative.calls[0].args, (value,), names=("where the derivative was asked",))
    close(x.value("grad"), 2 ** (FEW + 1) * value, name="x.grad")


@check("numerical")
def slope_of_a_square(student, case):
    """The gradient of the sum of squares at (3, -1) is (6, -2); one number is as good as many."""
    x = torch.tensor([3.0, -1.0], dtype=DOUBLE)
    close(student.numerical_gradient(lambda x: (x**2).sum(), x), 2 * x, rtol=1e-6, atol=1e-6)
    close(student.numerical_gradient(lambda x: (x**2).item(), x[0]), 2 * x[0], rtol=1e-6, atol=1e-6)


@check("numerical")
def differences_are_central(student, case):
    """For the sum of cubes and eps = 0.5 the differences give exactly 3 x^2 + 0.25, in a tensor shaped like x."""
    x = case.normal(2, 3)
    found = unchanged(student.numerical_gradient, lambda x: (x**3).sum(), x, 0.5)
    close(found, 3 * x**2 + 0.25)


@check("numerical", weight=0.5)
def two_values_for_each_entry(student, case):
    """f is asked at x with one entry larger by eps and with one smaller by eps, for each entry, and nowhere else."""
    x = torch.tensor([1.0, -2.0, 4.0], dtype=DOUBLE)
    asked = spy(lambda x: (x**2).sum())
    student.numerical_gradient(asked, x, 0.25)
    equal(len(asked.calls), 6, name="the number of calls of f")
    like([call.args[0] for call in asked.calls], [x] * 6, name="what f is called with")
    places = sorted(tuple(call.args[0].tolist()) for call in asked.calls)
    steps = [sign * 0.25 * row for row in torch.eye(3, dtype=DOUBLE) for sign in (-1, 1)]
    close(places, sorted(tuple((x + step).tolist()) for step in steps), name="the points at which f is called")


def exponentials_of(x):
    """The first function, of a tensor."""
    t = x.exp() + (2 * x).exp()
    return t.exp() + t.sin()


def explicit_exponentials(x):
    """Its derivative, written down."""
    t = x.exp() + (2 * x).exp()
    return (x.exp() + 2 * (2 * x).exp()) * (t.exp() + t.cos())


def root_and_cosine_of(x):
    """The second function."""
    t = x**2 + (x**2).exp()
    return t.sqrt() + t.cos()


def explicit_root_and_cosine(x):
    """Its derivative."""
    t = x**2 + (x**2).exp()
    return (2 * x + 2 * x * (x**2).exp()) * (0.5 / t.sqrt() - t.sin())


def is_function(student, function, of_tensors, derivative, *points):
    """Fail unless a function that a student computes with nodes has its values, and its derivatives flow back."""
    leaves = leaves_of(student, points)
    roots = list(function.each(args(leaf) for leaf in leaves))
    for root, x in zip(roots, points, strict=True):
        close(root.value("value"), of_tensors(x), name=function.name)
    walk_back(student, roots)
    for leaf, x in zip(leaves, points, strict=True):
        close(leaf.value("grad"), derivative(x), name="x.grad")


def shares(student, function):
    """Fail unless the graph of a student's function has at most eight nodes."""
    order = student.topological_order(function(student.Node(0.5)))
    at_most(len(order), 8, "the number of nodes of its graph")


@check("expressions")
def exponentials_and_their_derivative(student, case):
    """exponentials at 0.2 has its value and the derivative that was written down, and so it has elsewhere."""
    points = number(0.2), case.uniform(3, low=-1.0, high=0.5)
    is_function(student, student.exponentials, exponentials_of, explicit_exponentials, *points)


@check("expressions")
def root_and_cosine_and_their_derivative(student, case):
    """root_and_cosine at 0.2, and on both sides of 0, has its value and the derivative that was written down."""
    sides = case.uniform(2, low=0.3, high=1.0) * torch.tensor([1.0, -1.0], dtype=DOUBLE)
    is_function(student, student.root_and_cosine, root_and_cosine_of, explicit_root_and_cosine, number(0.2), sides)


@check("expressions", needs=exponentials_and_their_derivative)
def common_parts_are_computed_once(student, case):
    """The graph of each of the two functions has at most eight nodes."""
    shares(student, student.exponentials)
    shares(student, student.root_and_cosine)


def power_sum(coefficients):
    """The polynomial with these coefficients, as a function of a tensor."""
    return lambda x: sum(c * x**i for i, c in enumerate(coefficients))


def are_polynomials(student, *problems):
    """Fail unless `polynomial` has the right values and, after backward, the right gradients."""
    leaves = leaves_of(student, [x for _, x in problems])
    asked = zip(problems, leaves, strict=True)
    roots = list(student.polynomial.each(args(coefficients, leaf) for (coefficients, _), leaf in asked))
    for root, (coefficients, x) in zip(roots, problems, strict=True):
        close(root.value("value"), power_sum(coefficients)(x), name="the value")
    walk_back(student, roots)
    for leaf, (coefficients, x) in zip(leaves, problems, strict=True):
        close(leaf.value("grad"), *slopes(power_sum(coefficients), [x]), name="x.grad")


@check("expressions")
def polynomials_of_few_coefficients(student, case):
    """1 + 2 x and 1 + 2 x + 3 x^2 - 4 x^3 have their values and their derivatives."""
    are_polynomials(student, ([1.0, 2.0], number(3.0)), ([1.0, 2.0, 3.0, -4.0], signed(case, 3)))


@check("expressions", needs=the_way_back_is_linear)
def thousands_of_nodes_in_a_row(student, case):
    """1 + x + x^2 + ... with 1,200 coefficients at x = 0.5 is 2 with the derivative 4: no chain is too long."""
    x = student.Node(0.5)
    node = student.polynomial([1.0] * 1200, x)
    close(node.value("value"), number(2.0), name="the value")
    student.backward(node)
    close(x.value("grad"), number(4.0), name="x.grad")


@check("tensors")
def sums_undo_broadcasting(student, case):
    """sum_to_shape of ones [5, 3]: 5 for [3] and [1, 3], 3 for [5, 1], 15 for [] and [1, 1], ones for [5, 3]."""
    ones = torch.ones(5, 3, dtype=DOUBLE)
    sums = {(3,): 5, (1, 3): 5, (5, 1): 3, (1,): 15, (): 15, (1, 1): 15, (5, 3): 1}
    found = student.sum_to_shape.each(args(ones, shape) for shape in sums)
    for (shape, value), answer in zip(sums.items(), found, strict=True):
        close(answer, torch.full(shape, float(value), dtype=DOUBLE), name=f"the sum for {list(shape)}")
    grad = case.normal(2, 4, 3)
    expected = grad.sum(0).sum(1, keepdim=True)
    close(unchanged(student.sum_to_shape, grad, (4, 1)), expected, name="the sum of [2, 4, 3] for [4, 1]")


# Where each operator is broadcast: axes in front, axes of size 1 that are stretched, or both, on either side.
BROADCAST = {
    "a + b": (((5, 3), (3,)), ((), (2, 2))),
    "a - b": (((4, 1), (1, 3)),),
    "a * b": (((3,), (2, 3)), ((4, 1), (1, 3))),
    "a / b": (((2, 1, 3), (4, 1)),),
}


@check("tensors", weight=1.5)
def gradients_have_the_shapes_of_their_values(student, case):
    """+ - * / of shapes that are broadcast: the grad of each leaf has the shape of its value."""
    flows = []
    for name, pairs in BROADCAST.items():
        for one, other in pairs:
            values = signed(case, *one), signed(case, *other)
            flows.append(Flow(f"{name} for {list(one)} and {list(other)}", BINARY[name], values))
    flow_back(student, *flows)


@check("tensors", weight=1.5)
def matrix_products_flow_back(student, case):
    """A @ B for [2, 4] and [4, 3], and for [3, 3] twice: value, parents and both gradients."""
    flows = []
    for n, d, k in ((2, 4, 3), (3, 3, 3)):
        A, B, weights = signed(case, n, d), signed(case, d, k), signed(case, n, k)
        flows.append(Flow(f"A @ B for {[n, d]} and {[d, k]}", lambda A, B: A @ B, (A, B), weights))
    flow_back(student, *flows)
    one, other = leaves_of(student, (A, B))
    parents = list((one @ other).value("parents"))
    same = len(parents) == 2 and parents[0] is one and parents[1] is other
    require(same, "The parents of A @ B must be A and B themselves, in this order.")


@check("tensors")
def tensors_are_multiplied_from_either_side(student, case):
    """X @ W and W @ X for a tensor X and a node W, with the gradient for W."""
    W = signed(case, 3, 2)
    left, right = signed(case, 4, 3), signed(case, 2, 5)
    flow_back(
        student,
        Flow("X @ W", lambda W: left @ W, (W,), signed(case, 4, 2)),
        Flow("W @ X", lambda W: W @ right, (W,), signed(case, 3, 5)),
    )


@check("tensors", weight=0.5, needs=matrix_products_flow_back)
def zeros_have_the_shapes_of_their_values(student, case):
    """zero_grad of the sum of A @ B leaves zeros in the shape of A and in that of B."""
    A, B = signed(case, 2, 4), signed(case, 4, 3)
    nodes = leaves_of(student, (A, B))
    root = (nodes[0] @ nodes[1]).sum()
    student.backward(root)
    student.zero_grad(root)
    close(grads_of(nodes), [torch.zeros_like(A), torch.zeros_like(B)], names=("A.grad", "B.grad"))


REDUCTIONS = {}, {"dim": 0}, {"dim": 1}, {"dim": -1, "keepdim": True}


def reductions(case, method, x, settings=REDUCTIONS):
    """What flows back through sum or mean of a tensor, with these settings."""
    for named in settings:
        reduced = methodcaller(method, **named)
        name = f"x.{method}({', '.join(f'{key}={value}' for key, value in named.items())})"
        yield Flow(name, reduced, (x,), signed(case, *reduced(x).shape, dtype=x.dtype))


@check("tensors")
def sums_flow_back(student, case):
    """sum of [3, 4], over all entries, over the rows, and over the columns with keepdim and without; behind A @ B."""
    behind = Flow("(A @ B).sum(dim=0)", lambda A, B: (A @ B).sum(dim=0), (signed(case, 3, 2), signed(case, 2, 4)))
    flow_back(student, *reductions(case, "sum", signed(case, 3, 4)), behind)


@check("tensors")
def means_flow_back(student, case):
    """mean of [3, 4], over all entries, over the columns, and over the rows with keepdim."""
    settings = {}, {"dim": 1}, {"dim": 0, "keepdim": True}
    flow_back(student, *reductions(case, "mean", signed(case, 3, 4), settings))


def loss_of_ours(W, b):
    """A loss that no student has written, for nodes and for tensors."""
    return ((W * b) ** 2).mean()


def path_of(params, lr, steps):
    """Where `loss_of_ours` leads, by autograd in double precision, and the loss before each step."""
    points = [list(params)]
    for _number in range(steps):
        points.append(descended(lambda rows, *values: loss_of_ours(*values), points[-1], [torch.arange(1)], lr=lr))
    losses = torch.stack([loss_of_ours(*point) for point in points[:-1]])
    return points[-1], losses


@check("training", weight=1.5)
def any_loss_is_minimized(student, case):
    """With a loss of ours the path of two parameters is exact, for 1 step and for 2; losses are those before them."""
    for steps in (1, 2):
        params = [positive(case, 2, 3), positive(case, 3)]
        found = unchanged(student.minimize, loss_of_ours, params, lr=0.1, steps=steps)
        close(found, path_of(params, 0.1, steps), names=("the parameters", "the losses"))


@check("training", weight=0.5, needs=any_loss_is_minimized)
def the_loss_gets_nodes_once_a_step(student, case):
    """Two steps call loss twice, with a node for each parameter; the first ones hold the start."""
    params = [positive(case, 2, 3), positive(case, 3)]
    seen = []

    def looked_at(W, b):
        if not seen:
            seen.extend([W.value("value"), b.value("value")])
        return loss_of_ours(W, b)

    asked = spy(looked_at)
    student.minimize(asked, params, lr=0.1, steps=2)
    equal(len(asked.calls), 2, name="the number of calls of loss")
    close(seen, params, names=("the first parameter of the first call", "the second parameter of the first call"))


def cross_entropy_of(X, y):
    """The loss of softmax regression as a function of W and b."""
    return lambda W, b: functional.cross_entropy(X.to(W.dtype) @ W + b, y)


def rows_with_labels(case, n, d, k, dtype=DOUBLE):
    """Rows, their classes, weights and biases."""
    return (
        case.normal(n, d, dtype=dtype),
        case.labels(n, k),
        case.normal(d, k, dtype=dtype),
        case.normal(k, dtype=dtype),
    )


def has_the_loss(student, *problems):
    """Fail unless `softmax_loss` has the value and the gradients of torch's cross-entropy, for each X, y, W and b."""
    leaves = leaves_of(student, [part for _, _, *params in problems for part in params])
    nodes = list(zip(leaves[::2], leaves[1::2], strict=True))
    asked = zip(problems, nodes, strict=True)
    roots = list(student.softmax_loss.each(args(X, y, *own) for (X, y, *_), own in asked))
    for root, (X, y, W, b) in zip(roots, problems, strict=True):
        close(root.value("value"), cross_entropy_of(X, y)(W, b), name="the loss")
    walk_back(student, roots)
    for own, (X, y, W, b) in zip(nodes, problems, strict=True):
        close(grads_of(own), slopes(cross_entropy_of(X, y), (W, b)), names=("W.grad", "b.grad"))


@check("training")
def softmax_loss_and_its_gradients(student, case):
    """softmax_loss is the mean cross-entropy, with the gradients of autograd, for 1 row and for 6."""
    has_the_loss(student, *(rows_with_labels(case, *sizes) for sizes in ((1, 2, 3), (6, 3, 4))))


@check("training", weight=0.5)
def a_number_in_all_logits_changes_nothing(student, case):
    """With 1,000 more or less in every bias softmax_loss is finite, and loss and gradients are the same."""
    X, y, W, b = rows_with_labels(case, 4, 3, 5)
    has_the_loss(student, (X, y, W, b + 1000), (X, y, W, b - 1000))


def trained(X, y, k, lr, steps):
    """Where softmax regression ends, by autograd in double precision."""
    loss = cross_entropy_of(X.double(), y)
    (everything,) = batches_in_order(len(X), len(X))
    params, losses = [torch.zeros(X.shape[1], k, dtype=DOUBLE), torch.zeros(k, dtype=DOUBLE)], []
    for _number in range(steps):
        losses.append(loss(*params))
        params = descended(lambda rows, W, b: loss(W, b), params, [everything], lr=lr)
    return tuple(part.to(X.dtype) for part in (*params, torch.stack(losses)))


@check("training")
def a_small_training_is_exact(student, case):
    """fit starts from zeros, and its weights, biases and losses are exact; predict takes the largest logit."""
    X, y, W, b = rows_with_labels(case, 8, 3, 4)
    found = unchanged(student.fit, X, y, 4, lr=0.5, steps=4)
    close(found, trained(X, y, 4, 0.5, 4), names=TRAINED)
    predicted_classes(unchanged(student.predict, X, W, b), X @ W + b)


def recognizes(student, case):
    """Fail unless softmax regression, trained on the run's data, is right about most of its test set."""
    settings = case.training
    data = case.subset(settings["rows"])
    k = int(data.y_train.max()) + 1
    W, b, _ = student.fit(data.X_train, data.y_train, k, lr=settings["lr"], steps=settings["steps"])
    start = data.X_train.new_zeros(data.X_train.shape[1], k), data.X_train.new_zeros(k)
    W, b = like((W, b), start, names=TRAINED[:2])
    classes = predicted_classes(student.predict(data.X_test, W, b), data.X_test @ W + b)
    at_least(accuracy(classes, data.y_test), settings["accuracy"], "the test accuracy")


@check("training", needs=a_small_training_is_exact)
def images_are_recognized(student, case):
    """Trained on real images by your own gradients, softmax regression is right about most of the test set."""
    recognizes(student, case)
