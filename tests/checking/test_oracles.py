"""autograder.checking.oracles against derivatives known on paper."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.checking import finite_difference, gradients, perceptron, vjp

X = torch.tensor([[0.3, -1.2, 2.0], [0.7, 0.0, -0.4]], dtype=torch.float64)
KNOWN = {
    "cubes": (lambda x: (x**3).sum(), lambda x: 3 * x**2),
    "sine": (lambda x: x.sin().sum(), torch.cos),
    "mean square": (lambda x: (x**2).mean(), lambda x: 2 * x / x.numel()),
    "one entry": (lambda x: 5 * x[0, 1], lambda x: torch.tensor([[0.0, 5.0, 0.0], [0.0, 0.0, 0.0]])),
    "log of a sum": (lambda x: x.exp().sum().log(), lambda x: x.exp() / x.exp().sum()),
}
known = pytest.mark.parametrize(("f", "derivative"), KNOWN.values(), ids=KNOWN)


@known
def test_gradients_are_those_on_paper(f, derivative):
    """Autograd in double precision agrees to the last digits."""
    (found,) = gradients(f, X)
    torch.testing.assert_close(found, derivative(X).double(), rtol=1e-14, atol=1e-14)


@known
def test_finite_differences_are_those_on_paper(f, derivative):
    """Central differences agree to about eps^2."""
    torch.testing.assert_close(finite_difference(f, X), derivative(X).double(), rtol=1e-8, atol=1e-8)


def test_gradients_come_in_the_order_of_the_inputs():
    """x w + b: one gradient per input, each of its own shape."""
    x, w, b = torch.tensor([2.0, 3.0]), torch.tensor(5.0), torch.tensor([1.0, 1.0])
    found = gradients(lambda x, w, b: (x * w + b).sum(), x, w, b)
    assert [g.tolist() for g in found] == [[5, 5], 5, [1, 1]]


def test_gradients_are_zero_where_nothing_depends():
    """An input that the function ignores has the gradient zero, not None."""
    _, unused = gradients(lambda x, y: x.sum(), X, torch.ones(2, 2))
    assert unused.tolist() == [[0, 0], [0, 0]]


def test_gradients_are_double_for_single_precision_inputs():
    """A float32 input is lifted, so that the oracle is more exact than what it judges."""
    (found,) = gradients(lambda x: (x / 3).sum(), torch.ones(2, dtype=torch.float32))
    assert found.dtype == torch.float64
    assert found[0].item() == 1 / 3


def test_gradients_work_inside_no_grad():
    """Where a check has switched autograd off, the oracle has not."""
    with torch.no_grad():
        (found,) = gradients(lambda x: (x**2).sum(), torch.ones(2))
    assert found.tolist() == [2, 2]


@pytest.mark.parametrize("oracle", [gradients, finite_difference])
def test_an_oracle_leaves_its_input_alone(oracle):
    """The tensor keeps its values and does not begin to require a gradient."""
    x = torch.ones(2, dtype=torch.float64)
    oracle(lambda x: (x * x).sum(), x)
    assert x.tolist() == [1, 1]
    assert not x.requires_grad


@pytest.mark.parametrize("shape", [(), (1,), (2, 1, 3)], ids=str)
def test_finite_differences_keep_the_shape(shape: tuple):
    """Any number of axes, none included."""
    assert finite_difference(lambda x: x.sum(), torch.ones(shape)).shape == shape


def test_finite_differences_take_a_function_of_numbers():
    """A student's function may answer with a Python number."""
    found = finite_difference(lambda x: math.exp(x.item()), torch.tensor(1.0))
    assert found.item() == pytest.approx(math.e, rel=1e-8)


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5))
def test_finite_differences_are_exact_for_parabolas(a: float, b: float, x: float):
    """The error of central differences starts with the third derivative."""
    found = finite_difference(lambda x: a * x**2 + b * x, torch.tensor(x, dtype=torch.float64), eps=1e-3)
    assert found.item() == pytest.approx(2 * a * x + b, abs=1e-10)


def test_a_vector_jacobian_product_is_that_on_paper():
    """For f = a b the gradients are grad b and grad a, each in the dtype of its input."""
    a, b = torch.tensor([2.0, 3.0]), torch.tensor([5.0, 7.0], dtype=torch.float64)
    found = vjp(lambda a, b: a * b, torch.tensor([1.0, -1.0]), a, b)
    assert [(slope.tolist(), slope.dtype) for slope in found] == [([5, -7], torch.float32), ([2, -3], torch.float64)]


def test_a_perceptron_is_that_on_paper():
    """Two layers of one unit: the activation stands between them, and not behind the last."""
    one = torch.ones(1, 1)
    output, inputs = perceptron(torch.tensor([[3.0], [-3.0]]), [(2 * one, one[0]), (-one, 5 * one[0])])
    assert output.tolist() == [[-2], [5]]
    assert [layer.tolist() for layer in inputs] == [[[3], [-3]], [[7], [0]]]
    output, _ = perceptron(torch.tensor([[3.0]]), [(2 * one, one[0]), (-one, 0 * one[0])], torch.neg)
    assert output.tolist() == [[7]]


def test_a_perceptron_of_one_layer_has_no_activation():
    """Its inputs are those of the network."""
    X = torch.tensor([[-3.0]])
    output, inputs = perceptron(X, [(torch.ones(1, 1), torch.zeros(1))])
    assert (output.tolist(), inputs) == ([[-3]], [X])
