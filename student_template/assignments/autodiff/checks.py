"""Checks that students see and run. The same expression is computed with nodes and, by autograd, with tensors."""

import torch
from torch.nn import functional

from autograder.checking import (
    accuracy,
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
FEW, MANY = 5, 10  # diamonds one behind the other: as many nodes in proportion, but 32 paths and 1,024
TRAINED = ("W", "b", "the losses")


def number(value):
    """A float64 tensor without axes."""
    return torch.tensor(value, dtype=DOUBLE)


def leaves_of(student, values):
    """A leaf for each value."""
    return [student.Node(value) for value in values]


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


def computes(student, expression, *values, name):
    """Fail unless an expression of leaves has the value that it has for tensors."""
    root = expression(*leaves_of(student, values))
    close(root.value("value"), expression(*tensors_of(values)), name=name)


def flows_back(student, expression, *values, name="the expression"):
    """Fail unless `backward` leaves the gradients of an expression in its leaves."""
    leaves = leaves_of(student, values)
    student.backward(expression(*leaves))
    names = [f"the grad of leaf {place} of {name}" for place in range(1, len(values) + 1)]
    close(grads_of(leaves), slopes(expression, values), names=names)


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
    """+ - * / of the nodes 3 and -2, and of random tensors entry by entry."""
    tensors = signed(case, 2, 3), signed(case, 2, 3)
    for values in ((3.0, -2.0), tensors):
        for name, expression in BINARY.items():
            computes(student, expression, *values, name=name)


@check("graph", weight=1.5)
def numbers_stand_on_either_side(student, case):
    """2 * a and a * 2, 1 - a and a - 1, and so on; -a and powers with a number below or above."""
    for value in (-2.0, signed(case, 4)):
        for name, expression in ONE_SIDED.items():
            computes(student, expression, value, name=name)


@check("graph")
def nodes_are_powers_of_nodes(student, case):
    """a ** b for nodes on both sides: 2 to the power of 3 is 8, 3 to the power of 2 is 9."""
    for values in ((2.0, 3.0), (3.0, 2.0), (positive(case, 3), signed(case, 3))):
        computes(student, lambda a, b: a**b, *values, name="a ** b")


@check("graph")
def nodes_know_their_parents(student, case):
    """The parents of a + b and of a * b are a and b, in this order; those of a * a are a and a, that of -a is a."""
    a, b = leaves_of(student, (3.0, -2.0))
    for node, operands, name in ((a + b, [a, b], "a + b"), (b * a, [b, a], "b * a"), (a * a, [a, a], "a * a")):
        found = list(node.value("parents"))
        equal(len(found), 2, name=f"the number of parents of {name}")
        same = all(one is other for one, other in zip(found, operands, strict=True))
        require(same, f"The parents of {name} must be its two operands themselves, in their order.")
    (parent,) = found = list((-a).value("parents"))[:1] or [None]
    require(parent is a, "The parent of -a must be a itself.")


@check("graph", weight=0.5)
def tensors_meet_nodes(student, case):
    """A tensor on either side of + - * / becomes a node."""
    x, t = signed(case, 3), signed(case, 3)
    a = student.Node(x)
    for name, expression in BINARY.items():
        close(expression(a, t).value("value"), expression(x, t), name=f"{name} for a tensor b")
        close(expression(t, a).value("value"), expression(t, x), name=f"{name} for a tensor a")


@check("graph", weight=0.5)
def numbers_take_the_dtype_of_their_node(student, case):
    """Beside a float32 node, with axes or without, a number makes a float32 node."""
    for value in (positive(case, 2, dtype=torch.float32), torch.tensor(1.5)):
        for name, expression in ONE_SIDED.items():
            computes(student, expression, value, name=name)


def diamonds(start, count):
    """x + x, taken so many times: the graph of a double path, one diamond behind the other."""
    for _ in range(count):
        start = start + start
    return start


def in_order(student, root, nodes):
    """Fail unless the order of a root has these nodes, each behind its parents."""
    order = student.topological_order(root)
    require(isinstance(order, list | tuple), "topological_order must return a list of nodes.")
    missing = [node for node in nodes if node not in order]
    require(not missing, "topological_order must have every node that root depends on, leaves and root included.")
    equal(len(order), len(set(map(id, order))), name="the number of nodes, each counted once")
    require(order[-1] is root, "The last node of topological_order must be root itself.")
    places = {id(node): place for place, node in enumerate(order)}
    for node in nodes:
        for parent in node.value("parents"):
            require(
                places[id(parent)] < places[id(node)],
                "A node must stand behind all of its parents in topological_order.",
            )
    return list(order)


@check("order", weight=0.5)
def a_leaf_is_its_own_order(student, case):
    """For a leaf the list has one node, the leaf itself."""
    a = student.Node(1.0)
    in_order(student, a, [a])


@check("order")
def parents_stand_before_their_users(student, case):
    """The product (a + b) * (-a) comes last, behind its factors, and these behind a and b."""
    a, b = leaves_of(student, (1.0, 2.0))
    total, turned = a + b, -a
    product = total * turned
    equal(len(in_order(student, product, [a, b, total, turned, product])), 5, name="the number of nodes")


@check("order")
def every_node_comes_once(student, case):
    """Where a node is used by several others, next to them or far away, it is in the list once."""
    a, b = leaves_of(student, (2.0, 2.0))
    first = a * b
    second = first + a
    third = second * first
    root = third + first
    equal(len(in_order(student, root, [a, b, first, second, third, root])), 6, name="the number of nodes")
    equal(len(in_order(student, a * a, [a])), 2, name="the number of nodes of a * a")


@check("order", weight=0.5)
def users_are_no_part_of_the_order(student, case):
    """What was computed from root, or beside it, is not in its list."""
    a, b = leaves_of(student, (2.0, 3.0))
    beside, root = a + b, a * b
    later = root + a
    order = in_order(student, root, [a, b, root])
    require(later not in order and beside not in order, "Only nodes that root depends on belong in its order.")


def stays_linear(effort, what):
    """Fail if twice as many diamonds make more than three times the effort."""
    few, many = effort(FEW), effort(MANY)
    for unit, less, more in (
        ("tensor operations", few.operations, many.operations),
        ("steps of Python", few.steps, many.steps),
    ):
        at_most(more, 3 * less, f"the number of {unit} of {what} for {MANY} diamonds, after {less} for {FEW},")


@check("order", needs=every_node_comes_once)
def the_order_is_found_in_linear_time(student, case):
    """For x + x, taken ten times, topological_order does at most three times as much as for five."""
    stays_linear(lambda n: student.topological_order.effort(diamonds(student.Node(1.0), n)), "topological_order")


@check("backward", weight=0.5)
def the_root_begins_with_ones(student, case):
    """After backward(root) its own grad is 1, or ones in its shape; a leaf that is the root has it too."""
    for value in (3.0, case.normal(2, 3)):
        leaf = student.Node(value)
        root = -leaf
        student.backward(root)
        ones = torch.ones_like(*tensors_of([value]))
        close([root.value("grad"), leaf.value("grad")], [ones, -ones], names=("the root's grad", "the leaf's grad"))


@check("backward")
def gradients_of_sums_and_products(student, case):
    """a + b, a - b, a * b and 3 (a + b) (a - b) - 2 a have the gradients that autograd finds, and more of that kind."""
    a, b = signed(case, 2)
    for name in ("a + b", "a - b", "a * b"):
        flows_back(student, BINARY[name], a, b, name=name)
    flows_back(student, lambda a, b: 3 * (a + b) * (a - b) - 2 * a, a, b, name="3 (a + b) (a - b) - 2 a")
    flows_back(student, lambda a, b: -((1 - a) * (b - 4)), a, b, name="-((1 - a) (b - 4))")


@check("backward")
def gradients_of_quotients(student, case):
    """3 a / b, a / 4 and 4 / a have the gradients that autograd finds."""
    a, b = signed(case, 2)
    flows_back(student, lambda a, b: 3 * (a / b), a, b, name="3 a / b")
    flows_back(student, lambda a: -2 * (a / 4), a, name="-2 a / 4")
    flows_back(student, lambda a: -2 * (4 / a), a, name="-2 * 4 / a")


@check("backward")
def gradients_of_powers(student, case):
    """3 a^4, a^-2, 2.5^a and a^b have the gradients that autograd finds; a number as exponent lets a be negative."""
    a, b = positive(case, 2)
    for base in (a, -a):
        flows_back(student, lambda a: 3 * a**4, base, name="3 a ** 4")
        flows_back(student, lambda a: -(a**-2), base, name="-(a ** -2)")
        flows_back(student, lambda a: -2 * 2.5**a, base, name="-2 * 2.5 ** a")
    flows_back(student, lambda a, b: 3 * a**b, a, b, name="3 a ** b")
    flows_back(student, lambda a, b: 3 * a**b, a, -b, name="3 a ** b")


@check("backward")
def a_leaf_that_is_used_twice(student, case):
    """a * a + a has the derivative 2 a + 1; a / a has 0; a * b + 3 a has b + 3."""
    a, b = signed(case, 2)
    flows_back(student, lambda a: a * a + a, a, name="a * a + a")
    flows_back(student, lambda a: a / a, a, name="a / a")
    flows_back(student, lambda a, b: a * b + 3 * a, a, b, name="a * b + 3 a")
    flows_back(student, lambda a, b: (a + b) + 3 * a, a, b, name="(a + b) + 3 a")


def shared(a, b):
    """An expression whose inner parts are used near and far."""
    first = a * b
    second = first + a
    third = second * first
    return third * first - second / b


@check("backward", weight=1.5)
def a_node_waits_for_all_its_users(student, case):
    """Where an inner node is used near the root and far from it, it passes its gradient on when that is complete."""
    for a, b in (signed(case, 2), signed(case, 2)):
        flows_back(student, shared, a, b, name="an expression with shared parts")
        flows_back(student, lambda a, b: (a * b) * shared(b, a) + a * b, a, b, name="another one")


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
    root = product * product + a
    nodes = [a, b, product, root]
    student.backward(root)
    once = like(grads_of(nodes), [number(1.0)] * 4, name="the grads")
    for calls in (2, 3):
        student.backward(root)
        close(grads_of(nodes), [calls * grad for grad in once], names=[f"grad {i} after {calls} calls" for i in "abcd"])


@check("backward")
def gradients_of_two_roots_add_up(student, case):
    """Two roots over the same leaves: the grads of the leaves are the sums of both."""
    values = signed(case, 2)
    a, b = leaves_of(student, values)
    student.backward(a * b)
    student.backward(a / b - a)
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
    values = signed(case, 2, 3)
    a, b = leaves_of(student, values)
    product = a * b
    root = product / a + 2 * product**2 - 3 / product
    before = root.value("value")
    student.backward(root)
    found = [node.value("value") for node in (a, b, product, root)]
    names = [f"the value of node {i} of 4 after backward" for i in range(1, 5)]
    close(found, [*values, values[0] * values[1], before], names=names)


@check("backward", weight=1.5, needs=a_leaf_that_is_used_twice)
def the_way_back_is_linear(student, case):
    """For x + x, taken ten times, backward makes at most three times as many operations as for five."""
    stays_linear(lambda n: student.backward.effort(diamonds(student.Node(1.0), n)), "backward")


@check("backward", needs=the_way_back_is_linear)
def twenty_diamonds(student, case):
    """x + x, taken 20 times, has the derivative 2^20: there are a million paths, and 21 nodes."""
    flows_back(student, lambda x: diamonds(x, 20), 1.5, name="20 diamonds")


@check("functions", weight=0.5)
def functions_have_values(student, case):
    """exp, log, sin, cos, sqrt, tanh and relu of a number and of a tensor."""
    for value in (0.25, positive(case, 2, 3)):
        for name in UNARY:
            computes(student, lambda x, name=name: getattr(x, name)(), value, name=f"x.{name}()")


@check("functions", weight=1.5)
def functions_have_derivatives(student, case):
    """-3 times each function has the gradient that autograd finds; exp, sin, cos and tanh on both sides of 0."""
    for name in UNARY:
        values = (positive(case, 4),) if name in ("log", "sqrt") else (signed(case, 4), 0.2 * signed(case, 4))
        for value in values:
            expression = lambda x, name=name: -3 * getattr(x, name)()  # noqa: E731
            flows_back(student, expression, value, name=f"-3 x.{name}()")


@check("functions")
def relu_has_a_gate(student, case):
    """relu passes the gradient where its input is above 0, at 0.25 and 2, and nowhere else, whatever it is."""
    x = torch.tensor([-1.0, -0.25, 0.0, 0.25, 2.0], dtype=DOUBLE)
    upstream = signed(case, 2, 1) * torch.ones(5, dtype=DOUBLE)
    for weights in (*upstream, -upstream[0]):
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
    for value in (number(3.0), signed(case, 2, 2)):
        x = student.Node(value)
        node = student.elementwise(square_plus_one, of_square_plus_one, x)
        close(node.value("value"), value**2 + 1, name="the value")
        parents = list(node.value("parents"))
        require(len(parents) == 1 and parents[0] is x, "The only parent of elementwise(..., x) must be x itself.")
        student.backward(-3 * node)
        close(x.value("grad"), -6 * value, name="x.grad")


@check("functions", needs=the_way_back_is_linear)
def derivatives_are_asked_once(student, case):
    """With twenty diamonds behind it, the derivative is asked for once, and at the value of x."""
    value = case.uniform(low=0.5, high=2.0)
    derivative = spy(of_square_plus_one, most_calls=5)
    x = student.Node(value)
    student.backward(diamonds(student.elementwise(square_plus_one, derivative, x), 20))
    equal(len(derivative.calls), 1, name="the number of calls of the derivative")
    close(derivative.calls[0].args, (value,), names=("where the derivative was asked",))
    close(x.value("grad"), 2**21 * value, name="x.grad")


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


def explicit_exponentials(x):
    """The derivative of the first function, written down."""
    t = x.exp() + (2 * x).exp()
    return (x.exp() + 2 * (2 * x).exp()) * (t.exp() + t.cos())


def explicit_root_and_cosine(x):
    """The derivative of the second one."""
    t = x**2 + (x**2).exp()
    return (2 * x + 2 * x * (x**2).exp()) * (0.5 / t.sqrt() - t.sin())


def has_derivative(student, function, explicit, x):
    """Fail unless a student's function of a node flows back to what was written down."""
    leaf = student.Node(x)
    student.backward(function(leaf))
    close(leaf.value("grad"), explicit(x), name="x.grad")


def shares(student, function):
    """Fail unless the graph of a student's function has at most eight nodes."""
    order = student.topological_order(function(student.Node(0.5)))
    at_most(len(order), 8, "the number of nodes of its graph")


@check("expressions")
def exponentials_and_their_derivative(student, case):
    """exponentials at 0.2 has its value and the derivative that was written down, and so it has elsewhere."""
    for x in (number(0.2), case.uniform(low=-1.0, high=0.5)):
        t = x.exp() + (2 * x).exp()
        close(student.exponentials(student.Node(x)).value("value"), t.exp() + t.sin(), name="exponentials")
        has_derivative(student, student.exponentials, explicit_exponentials, x)


@check("expressions")
def root_and_cosine_and_their_derivative(student, case):
    """root_and_cosine at 0.2, and on both sides of 0, has its value and the derivative that was written down."""
    for x in (number(0.2), -case.uniform(low=0.3, high=1.0), case.uniform(low=0.3, high=1.0)):
        t = x**2 + (x**2).exp()
        close(student.root_and_cosine(student.Node(x)).value("value"), t.sqrt() + t.cos(), name="root_and_cosine")
        has_derivative(student, student.root_and_cosine, explicit_root_and_cosine, x)


@check("expressions", needs=exponentials_and_their_derivative)
def common_parts_are_computed_once(student, case):
    """The graph of each of the two functions has at most eight nodes."""
    shares(student, student.exponentials)
    shares(student, student.root_and_cosine)


def power_sum(coefficients):
    """The polynomial with these coefficients, as a function of a tensor."""
    return lambda x: sum(c * x**i for i, c in enumerate(coefficients))


def is_polynomial(student, coefficients, x):
    """Fail unless `polynomial` has the right value and, after backward, the right gradient."""
    leaf = student.Node(x)
    node = student.polynomial(coefficients, leaf)
    close(node.value("value"), power_sum(coefficients)(x), name="the value")
    student.backward(node)
    close(leaf.value("grad"), *slopes(power_sum(coefficients), [x]), name="x.grad")


@check("expressions")
def polynomials_of_few_coefficients(student, case):
    """1 + 2 x and 1 + 2 x + 3 x^2 - 4 x^3 have their values and their derivatives."""
    is_polynomial(student, [1.0, 2.0], number(3.0))
    is_polynomial(student, [1.0, 2.0, 3.0, -4.0], signed(case, 3))


@check("expressions", needs=the_way_back_is_linear)
def ten_thousand_nodes_in_a_row(student, case):
    """1 + x + x^2 + ... with 3,400 coefficients at x = 0.5 is 2 with the derivative 4: no chain is too long."""
    x = student.Node(0.5)
    node = student.polynomial([1.0] * 3400, x)
    close(node.value("value"), number(2.0), name="the value")
    student.backward(node)
    close(x.value("grad"), number(4.0), name="x.grad")


@check("tensors")
def sums_undo_broadcasting(student, case):
    """sum_to_shape of ones [5, 3]: 5 for [3] and [1, 3], 3 for [5, 1], 15 for [] and [1, 1], ones for [5, 3]."""
    ones = torch.ones(5, 3, dtype=DOUBLE)
    for shape, value in (((3,), 5), ((1, 3), 5), ((5, 1), 3), ((1,), 15), ((), 15), ((1, 1), 15), ((5, 3), 1)):
        found = unchanged(student.sum_to_shape, ones, shape)
        close(found, torch.full(shape, float(value), dtype=DOUBLE), name=f"the sum for {list(shape)}")
    grad = case.normal(2, 4, 3)
    expected = grad.sum(0).sum(1, keepdim=True)
    close(student.sum_to_shape(grad, (4, 1)), expected, name="the sum of [2, 4, 3] for [4, 1]")


BROADCAST = (((5, 3), (3,)), ((4, 1), (1, 3)), ((2, 1, 3), (4, 1)), ((), (2, 2)), ((3,), (2, 3)))


@check("tensors", weight=1.5)
def gradients_have_the_shapes_of_their_values(student, case):
    """+ - * / of shapes that are broadcast: the grad of each leaf has the shape of its value."""
    for shapes in BROADCAST:
        values = [signed(case, *shape) for shape in shapes]
        weights = signed(case, *torch.broadcast_shapes(*shapes))
        for name, expression in BINARY.items():
            flows_back(
                student,
                lambda a, b, expression=expression, weights=weights: expression(a, b) * weights,
                *values,
                name=f"{name} for {list(shapes[0])} and {list(shapes[1])}",
            )


@check("tensors", weight=1.5)
def matrix_products_flow_back(student, case):
    """A @ B for [2, 4] and [4, 3], and for [3, 3] twice: value, parents and both gradients."""
    for n, d, k in ((2, 4, 3), (3, 3, 3), (1, 2, 5)):
        A, B, weights = signed(case, n, d), signed(case, d, k), signed(case, n, k)
        computes(student, lambda A, B: A @ B, A, B, name="A @ B")
        flows_back(student, lambda A, B, weights=weights: (A @ B) * weights, A, B, name=f"A @ B for {[n, d]}, {[d, k]}")
    one, other = leaves_of(student, (A, B))
    parents = list((one @ other).value("parents"))
    same = len(parents) == 2 and parents[0] is one and parents[1] is other
    require(same, "The parents of A @ B must be A and B themselves, in this order.")


@check("tensors")
def tensors_are_multiplied_from_either_side(student, case):
    """X @ W and W @ X for a tensor X and a node W, with the gradient for W."""
    W = signed(case, 3, 2)
    left, right = signed(case, 4, 3), signed(case, 2, 5)
    computes(student, lambda W: left @ W, W, name="X @ W")
    computes(student, lambda W: W @ right, W, name="W @ X")
    flows_back(student, lambda W: (left @ W) ** 2, W, name="(X @ W) ** 2")
    flows_back(student, lambda W: (W @ right) ** 2, W, name="(W @ X) ** 2")


REDUCTIONS = ({}, {"dim": 0}, {"dim": 1}, {"dim": -1}, {"dim": 0, "keepdim": True}, {"dim": 1, "keepdim": True})


def reduces(student, case, method, *shape, dtype=DOUBLE, settings=REDUCTIONS):
    """Fail unless sum or mean have their values and gradients, with these settings."""
    x = signed(case, *shape, dtype=dtype)
    for named in settings:
        name = f"x.{method}({', '.join(f'{key}={value}' for key, value in named.items())})"
        reduced = lambda x, named=named: getattr(x, method)(**named)  # noqa: E731
        computes(student, reduced, x, name=name)
        weights = signed(case, *reduced(x).shape, dtype=dtype)
        flows_back(student, lambda x, reduced=reduced, weights=weights: reduced(x) * weights, x, name=name)


@check("tensors")
def sums_flow_back(student, case):
    """sum of [3, 4], over all entries, over the rows and over the columns, with keepdim and without."""
    reduces(student, case, "sum", 3, 4)


@check("tensors")
def means_flow_back(student, case):
    """mean of [3, 4], over all entries, over the rows and over the columns, with keepdim and without."""
    reduces(student, case, "mean", 3, 4)


def loss_of_ours(W, b):
    """A loss that no student has written, for nodes and for tensors."""
    return ((W * b - 1) ** 2).sum() / 4 + (b**3).sum() / 9


def path_of(params, lr, steps):
    """Where `loss_of_ours` leads, by autograd in double precision, and the loss before each step."""
    points = [list(params)]
    for _number in range(steps):
        points.append(descended(lambda rows, *values: loss_of_ours(*values), points[-1], [torch.arange(1)], lr=lr))
    losses = torch.stack([loss_of_ours(*point) for point in points[:-1]])
    return points[-1], losses


@check("training", weight=1.5)
def any_loss_is_minimized(student, case):
    """With a loss of ours the path of two parameters is exact, for 1 step and for 4; losses are those before them."""
    for steps in (1, 4):
        params = [positive(case, 2, 3), positive(case, 3)]
        found = unchanged(student.minimize, loss_of_ours, params, lr=0.1, steps=steps)
        close(found, path_of(params, 0.1, steps), names=("the parameters", "the losses"))


@check("training", weight=0.5, needs=any_loss_is_minimized)
def the_loss_gets_nodes_once_a_step(student, case):
    """Three steps call loss three times, with a node for each parameter; the first ones hold the start."""
    params = [positive(case, 2, 3), positive(case, 3)]
    seen = []

    def looked_at(W, b):
        seen.append([W.value("value"), b.value("value")])
        return loss_of_ours(W, b)

    asked = spy(looked_at)
    student.minimize(asked, params, lr=0.1, steps=3)
    equal(len(asked.calls), 3, name="the number of calls of loss")
    close(seen[0], params, names=("the first parameter of the first call", "the second parameter of the first call"))


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


def has_the_loss(student, X, y, W, b):
    """Fail unless `softmax_loss` has the value and the gradients of torch's cross-entropy."""
    nodes = leaves_of(student, (W, b))
    root = student.softmax_loss(X, y, *nodes)
    expected = cross_entropy_of(X, y)
    close(root.value("value"), expected(W, b), name="the loss")
    student.backward(root)
    close(grads_of(nodes), slopes(expected, (W, b)), names=("W.grad", "b.grad"))


@check("training")
def softmax_loss_and_its_gradients(student, case):
    """softmax_loss is the mean cross-entropy, with the gradients of autograd, for 1 row and for 6."""
    for n, d, k in ((1, 2, 3), (6, 3, 4), (5, 4, 2)):
        has_the_loss(student, *rows_with_labels(case, n, d, k))


@check("training", weight=0.5)
def a_number_in_all_logits_changes_nothing(student, case):
    """With 1,000 more or less in every bias softmax_loss is finite, and loss and gradients are the same."""
    X, y, W, b = rows_with_labels(case, 4, 3, 5)
    has_the_loss(student, X, y, W, b + 1000)
    has_the_loss(student, X, y, W, b - 1000)


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
