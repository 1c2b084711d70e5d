"""Checks that students do not get: float32, random graphs, other shapes, large logits, scrambled images."""

import torch

from autograder.checking import args, check, close, equal, unchanged

from .checks import (
    BINARY,
    DOUBLE,
    TRAINED,
    Flow,
    any_loss_is_minimized,
    are_polynomials,
    compute,
    diamonds,
    explicit_exponentials,
    explicit_root_and_cosine,
    exponentials_of,
    flow_back,
    grads_of,
    has_the_loss,
    in_order,
    is_function,
    leaves_of,
    loss_of_ours,
    number,
    path_of,
    positive,
    recognizes,
    reductions,
    root_and_cosine_of,
    rows_with_labels,
    signed,
    slopes,
    the_way_back_is_linear,
    trained,
    walk_back,
)

SINGLE = torch.float32


@check("graph")
def operators_in_single_precision(student, case):
    """float32 stays float32 for all operators of two nodes."""
    a, b = positive(case, 2, 2, dtype=SINGLE), positive(case, 2, 2, dtype=SINGLE)
    compute(student, BINARY | {"a ** b": lambda a, b: a**b}, a, b)


@check("graph")
def long_expressions_compute(student, case):
    """Operators one after the other, with their precedence and both sides of each."""
    a, b, c = (positive(case, 3) for _ in range(3))
    long = {"a long expression": lambda a, b, c: 1 - (2 / a - b) ** 2 * -c + (a - 3) / (0.5 + c)}
    compute(student, long, a, b, c)


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
                nodes.append(one * other / 2)
            else:
                nodes.append(one / (1 + other**2))
        return nodes[-1] * nodes[-2] + a * b * c

    return expression


@check("order")
def orders_of_a_random_web(student, case):
    """Nodes that are sums of any two nodes before them: all that the last one depends on, once, and in order."""
    nodes = leaves_of(student, (1.0, 1.0, 1.0))
    below = [{node: ()} for node in nodes]
    for place in range(3, 13):
        left, right = case.integers(max(0, place - 5), place, 2).tolist()
        nodes.append(nodes[left] + nodes[right])
        below.append(below[left] | below[right] | {nodes[-1]: (nodes[left], nodes[right])})
    order = in_order(student, nodes[-1], below[-1])
    equal(len(order), len(below[-1]), name="the number of nodes")


@check("backward", weight=1.5)
def gradients_of_random_graphs(student, case):
    """A graph of six steps in which any two nodes meet has the gradients of autograd."""
    flow_back(student, Flow("a random graph", random_graph(case, 6), signed(case, 3, 4)))


@check("backward")
def gradients_in_single_precision(student, case):
    """float32 nodes have float32 gradients, after one call and after two."""
    values = [positive(case, 2, dtype=SINGLE) for _ in range(2)]
    expression = lambda a, b: 2 * a * b / (1 + a) - 2**b  # noqa: E731
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
    walk_back(student, [user, beside])
    student.zero_grad(inner)
    student.backward(inner)
    names = "the grad of a user", "the grad of a node beside"
    close(grads_of([user, beside]), [number(1.0)] * 2, names=names)
    expected = [values[1], values[0], number(1.0)]
    close(grads_of([a, b, inner]), expected, names=("a.grad", "b.grad", "the grad of a * b"))


@check("backward", needs=the_way_back_is_linear)
def diamonds_of_products(student, case):
    """x * x, taken three times, is x^8; two diamonds of sums behind it have 2^2 times its gradient."""

    def expression(a, b):
        x = a * b
        for _ in range(3):
            x = x * x
        return diamonds(x, 2)

    flow_back(student, Flow("4 (a b) ** 8 by squares and sums", expression, signed(case, 2)))


@check("backward", weight=0.5)
def grads_are_tensors_of_their_own(student, case):
    """The grad of a node does not change when that of another one does, though both came from the same gradient."""
    values = signed(case, 2, 3)
    a, b = leaves_of(student, values)
    root = a + b
    walk_back(student, [root, a * 3 + a])
    ones = torch.ones(3, dtype=DOUBLE)
    close(grads_of([a, b, root]), [5 * ones, ones, ones], names=("a.grad", "b.grad", "root.grad"))


@check("functions")
def functions_of_single_precision(student, case):
    """All functions in float32, one behind the other: value and gradient."""
    x, weights = positive(case, 3, dtype=SINGLE), signed(case, 3, dtype=SINGLE)
    chained = lambda x: (x.sqrt().exp() - 1.2).relu().tanh() * x.log().cos().sin()  # noqa: E731
    flow_back(student, Flow("functions of functions", chained, (x,), weights))


@check("functions")
def relu_leaves_its_input_alone(student, case):
    """After x.relu() the value of x is what it was, and x can be used again."""
    flow_back(student, Flow("relu(x) x + relu(-x)", lambda x: x.relu() * x + (-x).relu(), (signed(case, 6),)))


@check("numerical")
def numerical_gradients_of_tensors(student, case):
    """Functions of [], [4] and [2, 1, 2] have the gradients of autograd up to 1e-6; x stays."""
    for shape in ((), (4,), (2, 1, 2)):
        x = case.normal(*shape)
        f = lambda x: (x.sin() * x.exp()).sum() * x.sum().cos()  # noqa: E731
        found = unchanged(student.numerical_gradient, f, x)
        close(found, *slopes(f, [x]), rtol=1e-6, atol=1e-6)


@check("expressions")
def expressions_of_tensors(student, case):
    """Both functions and a polynomial, entry by entry of a tensor."""
    x = case.uniform(2, 2, low=-0.8, high=0.5)
    is_function(student, student.exponentials, exponentials_of, explicit_exponentials, x)
    is_function(student, student.root_and_cosine, root_and_cosine_of, explicit_root_and_cosine, x)
    are_polynomials(student, (case.normal(6).tolist(), x))


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
    grads = [case.normal(*before, dtype=SINGLE) for before, _ in pairs]
    found = student.sum_to_shape.each(args(grad, after) for grad, (_, after) in zip(grads, pairs, strict=True))
    for grad, (before, after), answer in zip(grads, pairs, found, strict=True):
        _, pull = torch.func.vjp(lambda x, before=before: x.expand(before), torch.zeros(after))
        close(answer, *pull(grad), name=f"the sum of {list(before)} for {list(after)}")


@check("tensors")
def broadcasting_in_longer_expressions(student, case):
    """Powers, a bias, a column of scales and a mean over rows in one expression, in float32."""
    X, b, scale = (positive(case, *shape, dtype=SINGLE) for shape in ((4, 3), (3,), (4, 1)))

    def expression(X, b, scale):
        centred = X - X.mean(dim=0, keepdim=True)
        return (centred * scale + b).tanh() / scale + b**scale

    flow_back(student, Flow("an expression with a bias and scales", expression, (X, b, scale)))


@check("tensors")
def reductions_of_three_axes(student, case):
    """sum of [3, 1, 4] along the first axis and mean along the last one, in float32; the axis of size 1 stays."""
    x = signed(case, 3, 1, 4, dtype=SINGLE)
    sums = reductions(case, "sum", x, [{"dim": 0}])
    flow_back(student, *sums, *reductions(case, "mean", x, [{"dim": -1, "keepdim": True}]))


@check("training", needs=any_loss_is_minimized)
def minimizing_in_single_precision(student, case):
    """The path of float32 parameters, over three steps, from tensors that stay."""
    params = [positive(case, 3, 2, dtype=SINGLE), positive(case, 2, dtype=SINGLE)]
    found = unchanged(student.minimize, loss_of_ours, params, lr=0.2, steps=3)
    close(found, path_of(params, 0.2, 3), names=("the parameters", "the losses"))


@check("training")
def large_logits_overflow_nothing(student, case):
    """Logits of some thousands, of both signs, have a finite loss and the right gradients."""
    X, y, W, b = rows_with_labels(case, 5, 3, 4)
    has_the_loss(student, (X, y, 1000 * W, b), (X, y, W, 1000 * b))


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
