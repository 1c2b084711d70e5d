"""Checks that students do not get: float32, random graphs, other shapes, large logits, scrambled images."""

import torch

from autograder.checking import check, close, equal, unchanged

from .checks import (
    BINARY,
    DOUBLE,
    ONE_SIDED,
    TRAINED,
    UNARY,
    any_loss_is_minimized,
    computes,
    diamonds,
    explicit_exponentials,
    explicit_root_and_cosine,
    flows_back,
    grads_of,
    has_derivative,
    has_the_loss,
    in_order,
    is_polynomial,
    leaves_of,
    path_of,
    positive,
    recognizes,
    reduces,
    rows_with_labels,
    signed,
    slopes,
    the_way_back_is_linear,
    trained,
)

SINGLE = torch.float32


@check("graph")
def operators_in_single_precision(student, case):
    """float32 stays float32 for all operators, with numbers, with tensors and with nodes."""
    a, b = positive(case, 2, 2, dtype=SINGLE), positive(case, 2, 2, dtype=SINGLE)
    for name, expression in BINARY.items():
        computes(student, expression, a, b, name=name)
    for name, expression in ONE_SIDED.items():
        computes(student, expression, a, name=name)
    computes(student, lambda a, b: a**b, a, b, name="a ** b")


@check("graph")
def long_expressions_compute(student, case):
    """Operators one after the other, with their precedence and both sides of each."""
    a, b, c = (positive(case, 3) for _ in range(3))
    computes(
        student,
        lambda a, b, c: 1 - (2 / a - b) ** 2 * -c + (a - 3) / (0.5 + c) - 1.5**b,
        a,
        b,
        c,
        name="a long expression",
    )


def random_graph(case, count):
    """An expression in three leaves: nodes that are made of any two nodes before them."""
    choices = case.integers(0, 4, count).tolist()
    operands = [case.integers(0, 3 + place, 2).tolist() for place in range(count)]

    def expression(a, b, c):
        nodes = [a, b, c]
        for choice, (left, right) in zip(choices, operands, strict=True):
            one, other = nodes[left], nodes[right]
            if choice == 0:
                nodes.append(0.5 * one + other)
            elif choice == 1:
                nodes.append(one - 0.3 * other)
            elif choice == 2:
                nodes.append(one * other / (1 + other**2))
            else:
                nodes.append(2 * one / (1 + one**2) - other)
        return nodes[-1] + nodes[-2] + 0.1 * a * b * c

    return expression


@check("order")
def orders_of_a_random_web(student, case):
    """Nodes that are sums of any two nodes before them: all that the last one depends on, once, and in order."""
    nodes = leaves_of(student, (1.0, 1.0, 1.0))
    below = [{place} for place in range(3)]
    for place in range(3, 20):
        left, right = case.integers(max(0, place - 5), place, 2).tolist()
        nodes.append(nodes[left] + nodes[right])
        below.append({place} | below[left] | below[right])
    order = in_order(student, nodes[-1], [nodes[place] for place in sorted(below[-1])])
    equal(len(order), len(below[-1]), name="the number of nodes")


@check("backward", weight=1.5)
def gradients_of_random_graphs(student, case):
    """Graphs of 16 steps in which any two nodes meet have the gradients of autograd, for numbers and for tensors."""
    for shape in ((), (2, 3)):
        values = [signed(case, *shape) for _ in range(3)]
        flows_back(student, random_graph(case, 16), *values, name="a random graph")


@check("backward")
def gradients_in_single_precision(student, case):
    """float32 nodes have float32 gradients, after one call and after two."""
    values = [positive(case, 2, dtype=SINGLE) for _ in range(2)]
    expression = lambda a, b: 2 * a * b / (1 + a) - b**2 - 2**a  # noqa: E731
    a, b = leaves_of(student, values)
    root = expression(a, b)
    for calls in (1, 2):
        student.backward(root)
        expected = [calls * slope for slope in slopes(expression, values)]
        close(grads_of([a, b]), expected, names=[f"{name}.grad after {calls} of 2 calls" for name in "ab"])


@check("backward")
def only_what_the_root_needs_is_touched(student, case):
    """backward and zero_grad of an inner node leave its users alone, and nodes beside it."""
    values = signed(case, 2)
    a, b = leaves_of(student, values)
    beside, inner = a + b, a * b
    user = inner * a
    student.backward(user)
    student.backward(beside)
    before = [node.value("grad") for node in (user, beside)]
    student.zero_grad(inner)
    student.backward(inner)
    close(
        [node.value("grad") for node in (user, beside)],
        before,
        names=("the grad of a user", "the grad of a node beside"),
    )
    close(
        grads_of([a, b, inner]),
        [values[1], values[0], inner.value("value") * 0 + 1],
        names=("a.grad", "b.grad", "grad"),
    )


@check("backward", needs=the_way_back_is_linear)
def diamonds_of_products(student, case):
    """x * x, taken six times, is x^64; ten diamonds of sums behind a product have 2^10 times its gradient."""

    def squares(x):
        for _ in range(6):
            x = x * x
        return x

    flows_back(student, squares, case.uniform(low=0.9, high=1.1), name="x ** 64 by squares")
    flows_back(student, lambda a, b: diamonds(a * b, 10), *signed(case, 2), name="10 diamonds")


@check("backward", weight=0.5)
def grads_are_tensors_of_their_own(student, case):
    """The grad of a node does not change when that of another one does, though both came from the same gradient."""
    values = signed(case, 2, 3)
    a, b = leaves_of(student, values)
    root = a + b
    student.backward(root)
    student.backward(a * 3 + a)
    ones = torch.ones(3, dtype=DOUBLE)
    close(grads_of([a, b, root]), [5 * ones, ones, ones], names=("a.grad", "b.grad", "root.grad"))


@check("functions")
def functions_of_single_precision(student, case):
    """All functions in float32, value and gradient, and one behind the other."""
    x = positive(case, 3, dtype=SINGLE)
    for name in UNARY:
        expression = lambda x, name=name: 0.5 * getattr(x, name)()  # noqa: E731
        computes(student, expression, x, name=f"0.5 x.{name}()")
        flows_back(student, expression, x, name=f"0.5 x.{name}()")
    flows_back(
        student, lambda x: (x.sqrt().exp() - 1.2).relu().tanh() * x.log().cos(), x, name="functions of functions"
    )


@check("functions")
def relu_leaves_its_input_alone(student, case):
    """After x.relu() the value of x is what it was, and x can be used again."""
    value = signed(case, 6)
    flows_back(student, lambda x: x.relu() * x + (-x).relu(), value, name="relu(x) x + relu(-x)")
    x = student.Node(value)
    x.relu()
    close(x.value("value"), value, name="the value of relu's input")


@check("numerical")
def numerical_gradients_of_tensors(student, case):
    """Functions of [], [4] and [2, 2, 2] have the gradients of autograd up to 1e-6; x stays."""
    for shape in ((), (4,), (2, 2, 2)):
        x = case.normal(*shape)
        f = lambda x: (x.sin() * x.exp()).sum() * x.sum().cos()  # noqa: E731
        found = unchanged(student.numerical_gradient, f, x)
        close(found, *slopes(f, [x]), rtol=1e-6, atol=1e-6)


@check("expressions")
def expressions_of_tensors(student, case):
    """Both functions and a polynomial, entry by entry of a tensor."""
    x = case.uniform(2, 2, low=-0.8, high=0.5)
    has_derivative(student, student.exponentials, explicit_exponentials, x)
    has_derivative(student, student.root_and_cosine, explicit_root_and_cosine, x)
    is_polynomial(student, case.normal(6).tolist(), x)


@check("tensors")
def sums_of_other_shapes(student, case):
    """sum_to_shape where sizes of 1 are sizes of 1 before, where two axes are new, and in float32."""
    pairs = (
        ((1, 3), (1, 3)),
        ((1, 3), (3,)),
        ((2, 3, 4), (4,)),
        ((2, 3, 4), (1, 1, 4)),
        ((2, 1, 4), (1, 1)),
        ((4,), ()),
    )
    for before, after in pairs:
        grad = case.normal(*before, dtype=SINGLE)
        _, pull = torch.func.vjp(lambda x, before=before: x.expand(before), torch.zeros(after))
        (expected,) = pull(grad)
        close(
            unchanged(student.sum_to_shape, grad, after), expected, name=f"the sum of {list(before)} for {list(after)}"
        )


@check("tensors")
def broadcasting_in_longer_expressions(student, case):
    """Powers, a bias, a column of scales and a mean over rows in one expression, in float64 and in float32."""
    for dtype in (DOUBLE, SINGLE):
        X, b, scale = (
            positive(case, 4, 3, dtype=dtype),
            positive(case, 3, dtype=dtype),
            positive(case, 4, 1, dtype=dtype),
        )

        def expression(X, b, scale):
            centred = X - X.mean(dim=0, keepdim=True)
            return (centred * scale + b).tanh() / (1 + scale) + b**scale

        flows_back(student, expression, X, b, scale, name="an expression with a bias and scales")


@check("tensors")
def reductions_of_three_axes(student, case):
    """sum and mean of [2, 3, 4], along each of the axes, in float32."""
    for method in ("sum", "mean"):
        settings = ({}, {"dim": 1}, {"dim": -2, "keepdim": True}, {"dim": 2})
        reduces(student, case, method, 2, 3, 4, dtype=SINGLE, settings=settings)


@check("training", needs=any_loss_is_minimized)
def minimizing_in_single_precision(student, case):
    """The path of float32 parameters, over five steps, from tensors that stay."""
    params = [positive(case, 3, 2, dtype=SINGLE), positive(case, 2, dtype=SINGLE)]
    found = unchanged(
        student.minimize, lambda W, b: ((W * b - 1) ** 2).sum() / 4 + (b**3).sum() / 9, params, lr=0.05, steps=5
    )
    close(found, path_of(params, 0.05, 5), names=("the parameters", "the losses"))


@check("training")
def large_logits_overflow_nothing(student, case):
    """Logits of some thousands, of both signs, have a finite loss and the right gradients."""
    X, y, W, b = rows_with_labels(case, 5, 3, 4)
    has_the_loss(student, X, y, 1000 * W, b)
    has_the_loss(student, X, y, W, 1000 * b)


@check("training")
def trainings_of_other_sizes(student, case):
    """Two classes and one feature, and float32 with more classes than rows' features, are exact."""
    for n, d, k, dtype in ((5, 1, 2, DOUBLE), (12, 2, 5, SINGLE)):
        X, y, _, _ = rows_with_labels(case, n, d, k, dtype)
        found = unchanged(student.fit, X, y, k, lr=0.3, steps=3)
        close(found, trained(X, y, k, 0.3, 3), names=TRAINED)


@check("training", needs=trainings_of_other_sizes)
def scrambled_images_are_recognized(student, case):
    """With other images, and with classes that have other numbers, most of the test set is right, too."""
    recognizes(student, case)
