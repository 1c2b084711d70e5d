"""Checks that students see and run. Autograd gives the slopes, torch's own functions the thresholds."""

import math

import torch
from torch.nn import functional

from autograder.checking import (
    accuracy,
    args,
    at_least,
    at_most,
    check,
    close,
    equal,
    gradients,
    like,
    perceptron,
    raises,
    require,
    spy,
    unchanged,
)

DOUBLE = torch.float64


def layers(case, *sizes, dtype=DOUBLE):
    """A network's parameters W1, b1, W2, b2 ..., none of them 0."""
    params = []
    for d, h in zip(sizes[:-1], sizes[1:], strict=True):
        params += [signed(case, d, h, dtype=dtype), signed(case, h, dtype=dtype)]
    return params


def signed(case, *shape, dtype=DOUBLE):
    """Draws of either sign with a size between 0.5 and 2."""
    return (case.uniform(*shape, low=0.5, high=2.0) * (2 * case.integers(0, 2, *shape) - 1)).to(dtype)


def priced(student_function, power, params, strength):
    """Fail unless a penalty is strength / power times the sum of |w|^power over the matrices, with its gradient."""

    def penalty(*inputs):
        matrices = [w for w in inputs if w.dim() == 2]
        return strength / power * sum(w.abs().pow(power).sum() for w in matrices)

    value, slopes = penalty(*params), gradients(lambda *w: penalty(*w) + 0 * sum(v.sum() for v in w), *params)
    found = unchanged(student_function, params, strength)
    complete = isinstance(found, list | tuple) and len(found) == 2
    require(complete, "A penalty comes with its gradient: return both, the penalty first.")
    close(found[0], value, name="the penalty")
    names = [f"the gradient of {'b' if i % 2 else 'W'}{i // 2 + 1}" for i in range(len(params))]
    close(list(found[1]), [s.to(w.dtype) for s, w in zip(slopes, params, strict=True)], names=names)


def one_layer():
    """Two inputs, two units, and biases that would be expensive."""
    return [torch.tensor([[1.0, -2.0], [0.5, 0.25]], dtype=DOUBLE), torch.tensor([10.0, -20.0], dtype=DOUBLE)]


@check("penalties")
def l1_penalty_of_one_layer(student, case):
    """With strength 2 the weights 1, -2, 0.5 and 0.25 cost 7.5, and pull with 2 each; the biases cost nothing."""
    slope = torch.tensor([[2.0, -2.0], [2.0, 2.0]], dtype=DOUBLE)
    value, slopes = student.l1_penalty(one_layer(), 2.0)
    close(value, torch.tensor(7.5, dtype=DOUBLE), name="the penalty")
    close(list(slopes), [slope, torch.zeros(2, dtype=DOUBLE)], names=["the gradient of W1", "the gradient of b1"])


@check("penalties")
def l2_penalty_of_one_layer(student, case):
    """With strength 2 the weights 1, -2, 0.5 and 0.25 cost 5.3125, and pull with twice their size; no bias does."""
    W, _ = one_layer()
    value, slopes = student.l2_penalty(one_layer(), 2.0)
    close(value, torch.tensor(5.3125, dtype=DOUBLE), name="the penalty")
    close(list(slopes), [2 * W, torch.zeros(2, dtype=DOUBLE)], names=["the gradient of W1", "the gradient of b1"])


@check("penalties")
def l1_penalty_agrees_with_autograd(student, case):
    """l1_penalty of two layers, and the gradient for each parameter."""
    priced(student.l1_penalty, 1, layers(case, 3, 4, 2), case.uniform(low=0.1, high=0.9).item())


@check("penalties")
def l2_penalty_agrees_with_autograd(student, case):
    """l2_penalty of two layers, and the gradient for each parameter."""
    priced(student.l2_penalty, 2, layers(case, 3, 4, 2), case.uniform(low=0.1, high=0.9).item())


@check("penalties", weight=0.5)
def a_weight_of_zero_is_not_pulled(student, case):
    """Where a weight is 0 its subgradient is 0."""
    W = torch.tensor([[0.0, 3.0], [-1.0, 0.0]], dtype=DOUBLE)
    _, slopes = student.l1_penalty([W, torch.ones(2, dtype=DOUBLE)], 0.5)
    close(slopes[0], torch.tensor([[0.0, 0.5], [-0.5, 0.0]], dtype=DOUBLE), name="the gradient of W1")


@check("sparse")
def soft_threshold_of_seven_entries(student, case):
    """soft_threshold with 1 makes (-2, 0, 0, 0, 0, 0, 2) of (-3, -1, -0.5, 0, 0.5, 1, 3)."""
    w = torch.tensor([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0], dtype=DOUBLE)
    found = unchanged(student.soft_threshold, w, 1.0)
    close(found, torch.tensor([-2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0], dtype=DOUBLE))


@check("sparse")
def subgradient_step_adds_the_slope_of_the_penalty(student, case):
    """subgradient_step goes against the gradient and the penalty's slope together; a 0 is not pulled."""
    w, grad = signed(case, 3, 2), signed(case, 3, 2)
    w[0, 0] = 0.0
    found = unchanged(student.subgradient_step, w, grad, lr=0.1, strength=0.7)
    close(found, w - 0.1 * grad - 0.07 * torch.sign(w))


@check("sparse")
def proximal_step_shrinks_after_the_step(student, case):
    """proximal_step goes down the loss and then shrinks by lr times strength."""
    w, grad = case.normal(4, 3), case.normal(4, 3)
    for lr, strength in ((0.5, 0.6), (0.25, 2.0)):
        found = unchanged(student.proximal_step, w, grad, lr=lr, strength=strength)
        close(found, functional.softshrink(w - lr * grad, lr * strength), name=f"the weights with lr = {lr}")


def step_of_ours(w, grad, *, lr, strength):
    """A step that no student has written: a little of everything, and small entries become 0."""
    moved = w - lr * grad / 2 - 0.01 * strength
    return torch.where(moved.abs() < 0.3, 0.0, moved)


def halves(w):
    """The gradient of the sum of w^2 / 4."""
    return w / 2


@check("sparse")
def sparse_descent_makes_the_steps_it_is_given(student, case):
    """With a step of ours the path is exact, and so is the number of zeros after each step; the start stays."""
    start = w = signed(case, 6)
    zeros = []
    for _number in range(4):
        w = step_of_ours(w, halves(w), lr=0.9, strength=0.5)
        zeros.append((w == 0).sum().item())
    asked = spy(step_of_ours)
    found = unchanged(student.sparse_descent, halves, start, step=asked, lr=0.9, strength=0.5, steps=4)
    equal(len(asked.calls), 4, name="the number of steps")
    close(found[0], w, name="the weights after four steps")
    equal(list(found[1]), zeros, name="the number of zeros after each step")


@check("sparse")
def only_the_proximal_step_makes_zeros(student, case):
    """On a parabola with its minimum at a, the proximal path ends at the soft threshold of a, the other near it."""
    goal = torch.tensor([1.6, -1.2, 0.3, -0.2, 0.1], dtype=DOUBLE) * (1 + case.uniform(low=0.01, high=0.2))
    settings = {"lr": 0.3, "strength": 0.5, "steps": 60}
    start, ends = signed(case, 5), functional.softshrink(goal, 0.5)
    w, zeros = student.sparse_descent(lambda w: w - goal, start, step=student.proximal_step, **settings)
    close(w, ends, rtol=0, atol=1e-5, name="the weights after proximal steps")
    equal(zeros[-1], 3, name="the number of zeros after proximal steps")
    w, zeros = student.sparse_descent(lambda w: w - goal, start, step=student.subgradient_step, **settings)
    close(w, ends, rtol=0, atol=0.3, name="the weights after subgradient steps")
    equal(zeros[-1], 0, name="the number of zeros after subgradient steps")


def told(stopping, values, params=None):
    """Tell an EarlyStopping these values in turn, until it wants to stop; returns what it answered."""
    params = [torch.zeros(1, dtype=DOUBLE)] if params is None else params
    answers = []
    for value in values:
        answers.append(bool(stopping.update(value, params)))
        if answers[-1]:
            break
    return answers


def stops_after(stopping, values, epochs):
    """Fail unless an EarlyStopping wants to stop after so many of these values, and not before."""
    found = told(stopping, values)
    expected = [False] * (epochs - 1) + [True]
    if epochs > len(values):
        expected = [False] * len(values)
    equal(found, expected, name="what update answered in turn")


@check("stopping")
def it_stops_when_patience_is_over(student, case):
    """With patience 2 the values 3, 2, 4, 5, 1 end the training after the fourth, with patience 3 not at all."""
    values = [3.0, 2.0, 4.0, 5.0, 1.0]
    stops_after(student.EarlyStopping(2), values, 4)
    stops_after(student.EarlyStopping(3), values, 6)


@check("stopping")
def patience_of_one_waits_for_one_bad_epoch(student, case):
    """With patience 1 training goes on as long as it improves, and ends after the first epoch that does not."""
    stops_after(student.EarlyStopping(1), [4.0, 3.0, 2.0, 1.0], 5)
    stops_after(student.EarlyStopping(1), [4.0, 3.0, 3.5, 1.0], 3)


@check("stopping")
def an_improvement_starts_the_count_anew(student, case):
    """Bad epochs count in a row: with patience 3 the values 5, 6, 6, 4, 7, 7, 3 do not end the training."""
    stops_after(student.EarlyStopping(3), [5.0, 6.0, 6.0, 4.0, 7.0, 7.0, 3.0], 8)
    stops_after(student.EarlyStopping(3), [5.0, 6.0, 6.0, 4.0, 7.0, 7.0, 7.0, 3.0], 7)


@check("stopping")
def values_are_compared_with_the_best(student, case):
    """After 2 the values 6, 5, 4 fall and are no improvement; nor is 2 itself."""
    stops_after(student.EarlyStopping(3), [3.0, 2.0, 6.0, 5.0, 4.0, 1.0], 5)
    stops_after(student.EarlyStopping(2), [3.0, 2.0, 2.0, 2.0, 1.0], 4)


@check("stopping")
def an_improvement_beats_min_delta(student, case):
    """With min_delta 0.5 the step from 4 to 3.5 is no improvement, and that from 4 to 3.25 is one."""
    stops_after(student.EarlyStopping(2, min_delta=0.5), [4.0, 3.5, 3.75, 3.0], 3)
    stops_after(student.EarlyStopping(2, min_delta=0.5), [4.0, 3.75, 3.25, 3.25, 2.5], 6)


@check("stopping", weight=0.5)
def a_little_worse_is_never_better(student, case):
    """With min_delta 0.5 the values 4, 4.25, 4.5 get worse in mode "min", as 0.75, 0.5, 0.25 do in mode "max"."""
    stops_after(student.EarlyStopping(2, min_delta=0.5), [4.0, 4.25, 4.5, 1.0], 3)
    stops_after(student.EarlyStopping(2, min_delta=0.5, mode="max"), [0.75, 0.5, 0.25, 4.0], 3)


@check("stopping")
def large_values_can_be_good(student, case):
    """In mode "max" the best value is the largest, and an improvement lies more than min_delta above it."""
    stops_after(student.EarlyStopping(2, mode="max"), [0.5, 0.75, 0.625, 0.75, 1.0], 4)
    stops_after(student.EarlyStopping(2, mode="max"), [-3.0, -2.0, -1.0, -0.5], 5)
    stops_after(student.EarlyStopping(2, min_delta=0.25, mode="max"), [0.25, 0.5, 0.375, 1.0], 3)


@check("stopping")
def nan_is_no_improvement(student, case):
    """nan makes the training wait like any bad value, and is never the best one."""
    stops_after(student.EarlyStopping(2), [3.0, math.nan, math.nan, 1.0], 3)
    stops_after(student.EarlyStopping(2), [math.nan, 5.0, math.nan, 4.0], 5)
    stopping = student.EarlyStopping(3)
    told(stopping, [3.0, math.nan])
    close(number_of(stopping, "best_value"), 3.0, name="best_value after 3 and nan")


def number_of(stopping, name):
    """An attribute that is a number, or a tensor with one."""
    return float(stopping.value(name))


@check("stopping")
def it_shows_the_best_value_and_the_wait(student, case):
    """After 3, 4, 2, 4, 5 the best_value is 2 and waited is 2; before the first epoch inf and 0."""
    stopping = student.EarlyStopping(4)
    equal((number_of(stopping, "best_value"), number_of(stopping, "waited")), (math.inf, 0.0), name="at the start")
    told(stopping, [3.0, 4.0, 2.0, 4.0, 5.0])
    equal((number_of(stopping, "best_value"), number_of(stopping, "waited")), (2.0, 2.0), name="best_value and waited")


def fourths(params):
    """The same slope everywhere, so that every epoch takes the same off each entry."""
    return [torch.full_like(w, 0.25) for w in params]


def distance_to(goal):
    """How far the first entry is from a goal: it falls, then rises."""

    def distance(params):
        return (params[0].reshape(-1)[0] - goal).abs().item()

    return distance


def three_turns(case):
    """Parameters, how they are after each epoch with `fourths` and lr 1, and what to watch: the third is best."""
    start = [signed(case, 2, 2), signed(case, 3)]
    after = [[w - 0.25 * turn for w in start] for turn in range(1, 7)]
    return start, after, distance_to(after[2][0].reshape(-1)[0].item())


@check("stopping", needs=it_stops_when_patience_is_over)
def the_best_parameters_are_kept_as_they_were(student, case):
    """A training changes its parameters in place, is best in its third epoch, and gets those parameters back."""
    start, after, watched = three_turns(case)
    settings = {"gradients": fourths, "evaluate": watched, "lr": 1.0}
    found = student.descend_in_place(start, stopping=student.EarlyStopping(2), max_epochs=9, **settings)
    close(found, after[2], names=["the weights that are restored", "the biases that are restored"])


@check("stopping")
def the_best_parameters_come_back_without_a_stop(student, case):
    """Where max_epochs ends the training and nobody stopped it, `restore` gives the best ones too."""
    first, second, third = (layers(case, 2, 3) for _ in range(3))
    stopping = student.EarlyStopping(5)
    for value, params in zip((2.0, 1.0, 3.0), (first, second, third), strict=True):
        stopping.update(value, params)
    close(stopping.restore(third), second, name="the parameters that are restored")


@check("stopping", weight=0.5)
def the_last_parameters_can_be_kept(student, case):
    """With restore_best=False, or if nothing ever improved, `restore` gives what it is given."""
    first, last = layers(case, 2, 3), layers(case, 2, 3)
    stopping = student.EarlyStopping(1, restore_best=False)
    stopping.update(1.0, first)
    stopping.update(2.0, last)
    close(stopping.restore(last), last, name="the parameters with restore_best=False")
    stopping = student.EarlyStopping(3)
    stopping.update(math.nan, first)
    close(stopping.restore(last), last, name="the parameters after nothing but nan")


@check("stopping", weight=0.5)
def other_modes_are_refused(student, case):
    """A mode that is neither "min" nor "max" raises a ValueError."""
    raises(ValueError, student.EarlyStopping, 2, mode="maximum")


def numbered(rows, n, name):
    """The numbers of rows, sorted; fails unless they are int64 and each of them is one of n rows."""
    require(isinstance(rows, torch.Tensor), f"{name.capitalize()} are an int64 tensor with the numbers of rows.")
    equal((rows.dtype, rows.dim()), (torch.int64, 1), name=f"dtype and dimensions of {name}")
    rows = rows.cpu().sort().values
    inside = len(rows) == 0 or bool(rows[0] >= 0 and rows[-1] < n)
    require(inside, f"Of {name} some are no rows: they are numbered from 0 to {n - 1}.")
    return rows


def parts_of(found, n):
    """The sorted training and validation rows; fails unless every row is in one of them, and once."""
    complete = isinstance(found, list | tuple) and len(found) == 2
    require(complete, "Training and validation rows are two tensors, the training rows first.")
    train, validation = numbered(found[0], n, "the training rows"), numbered(found[1], n, "the validation rows")
    equal(torch.cat([train, validation]).sort().values, torch.arange(n), name="all rows of both parts, sorted")
    return train, validation


def uneven_labels(case):
    """Labels of 8, 12 and 40 rows in a random order; the classes are any numbers."""
    labels = torch.tensor([3] * 8 + [0] * 12 + [7] * 40)
    return labels[case.permutation(60)]


@check("splits")
def split_parts_have_no_row_in_common(student, case):
    """Every row is in one of both parts, and in only one; a quarter of them is held out."""
    labels = uneven_labels(case)
    _, validation = parts_of(unchanged(student.split, labels, 0.25, case.generator()), 60)
    equal(len(validation), 15, name="the number of validation rows")


@check("splits")
def split_takes_a_share_of_every_class(student, case):
    """A quarter of each class is held out: 2 of 8 rows, 3 of 12 and 10 of 40."""
    labels = uneven_labels(case)
    _, validation = parts_of(student.split(labels, 0.25, case.generator()), 60)
    counts = {label: (labels[validation] == label).sum().item() for label in (3, 0, 7)}
    equal(counts, {3: 2, 0: 3, 7: 10}, name="the validation rows of each class")


@check("splits", weight=0.5)
def split_is_random(student, case):
    """Two generators hold out different rows; one with the same state the same again."""
    labels, one, other = uneven_labels(case), case.generator(), case.generator()
    found = [parts_of(student.split(labels, 0.25, generator), 60)[1] for generator in (one, other, one)]
    require(not torch.equal(found[0], found[1]), "Two generators held out the same rows: are they drawn with them?")
    equal(found[2], found[0], name="the validation rows with the same generator again")


def folds_of(found, n, k):
    """The validation rows of each fold; fails unless each trains on all other rows, and they are all rows together."""
    require(isinstance(found, list | tuple) and len(found) == k, f"k_folds gives a list of k pairs, here {k}.")
    parts = []
    for i, pair in enumerate(found):
        complete = isinstance(pair, list | tuple) and len(pair) == 2
        require(complete, "Each fold is a pair: the rows for training and those for validation.")
        parts.append(numbered(pair[1], n, f"the validation rows of fold {i}"))
    equal(torch.cat(parts).sort().values, torch.arange(n), name="the validation rows of all folds, sorted")
    for pair, validation in zip(found, parts, strict=True):
        others = torch.arange(n)[~torch.isin(torch.arange(n), validation)]
        equal(numbered(pair[0], n, "the training rows of a fold"), others, name="the training rows of a fold, sorted")
    return parts


@check("splits")
def folds_use_every_row_for_validation_once(student, case):
    """Each row is in one validation part and in the training part of the others, for 12 rows and for 11 with a rest."""
    for n, k, sizes in ((12, 3, [4, 4, 4]), (11, 4, [2, 3, 3, 3])):
        parts = folds_of(student.k_folds(n, k, case.generator()), n, k)
        equal(sorted(len(rows) for rows in parts), sizes, name="the sizes of the folds, sorted")


@check("splits", weight=0.5)
def folds_are_random(student, case):
    """Two generators make different folds; one with the same state the same again."""
    one, other = case.generator(), case.generator()
    found = [folds_of(student.k_folds(40, 4, generator), 40, 4) for generator in (one, other, one)]
    same = all(torch.equal(a, b) for a, b in zip(found[0], found[1], strict=True))
    require(not same, "Two generators made the same folds: is the order of the rows drawn with them?")
    equal(found[2], found[0], name="the folds with the same generator again")


def shop(values, *, n=30):
    """Functions that fit and evaluate: a candidate's model remembers it and its rows, and each part has its losses.

    Args:
        values: for each candidate the losses on rows below 10, below 20 and above.
    """

    def fit(candidate, rows):
        return {"candidate": candidate, "rows": rows}

    def evaluate(model, rows):
        return values[model["candidate"]][int(rows[0]) // 10]

    return spy(fit), spy(evaluate)


def three_parts():
    """Rows to train on, to choose by and to test with: different numbers of them."""
    return {"train": torch.arange(0, 10), "validation": torch.arange(10, 16), "test": torch.arange(20, 24)}


PRICES = {"small": (0.5, 0.75, 0.875), "medium": (0.25, 0.375, 0.625), "large": (0.125, 0.5, 0.25)}


@check("selection")
def the_best_on_validation_is_chosen(student, case):
    """ "large" is best on the training rows and on the test rows, "medium" on validation: that one is chosen."""
    fit, evaluate = shop(PRICES)
    found = student.select(list(PRICES), fit, evaluate, **three_parts())
    require(isinstance(found, list | tuple) and len(found) == 3, "select returns three things, the candidate first.")
    equal(found[0], "medium", name="the candidate")
    close([float(loss) for loss in found[1:]], [0.375, 0.625], names=["its validation loss", "its test loss"])


@check("selection")
def the_test_rows_are_asked_once(student, case):
    """Each candidate is fitted once, on training rows; only the chosen model meets the test rows, after all others."""
    fit, evaluate = shop(PRICES)
    parts = three_parts()
    student.select(list(PRICES), fit, evaluate, **parts)
    equal([call.args[0] for call in fit.calls], list(PRICES), name="the candidates that were fitted")
    for call in fit.calls:
        equal(call.args[1], parts["train"], name="the rows that a candidate was fitted on")
    asked = [(call.args[0]["candidate"], call.args[1].tolist()) for call in evaluate.calls]
    validation, test = parts["validation"].tolist(), parts["test"].tolist()
    tested = [name for name, rows in asked if rows == test]
    equal(tested, ["medium"], name="the candidates that were tested")
    expected = [(name, validation) for name in PRICES] + [("medium", test)]
    equal(asked, expected, name="what was evaluated, and on which rows")


@check("selection")
def cross_validation_holds_out_each_fold(student, case):
    """In each fold a model is fitted on the training rows and evaluated on the others; the mean comes back."""
    fit = spy(lambda candidate, rows: rows.sum().item() * candidate)
    evaluate = spy(lambda model, rows: model + 100.0 * rows.sum().item())
    folds = [(torch.tensor([0, 1, 2]), torch.tensor([5, 6])), (torch.tensor([5, 6, 1]), torch.tensor([0, 2]))]
    folds.append((torch.tensor([0, 2, 5, 6]), torch.tensor([1])))
    found = float(student.cross_validate(2.0, fit, evaluate, folds))
    for i, (train, validation) in enumerate(folds):
        require(len(fit.calls) == len(evaluate.calls) == 3, "Each of the three folds has one model, evaluated once.")
        equal(fit.calls[i].args[1], train, name=f"the rows that fold {i} was fitted on")
        equal(evaluate.calls[i].args[1], validation, name=f"the rows that fold {i} was evaluated on")
    close(found, (6.0 + 1100.0 + 24.0 + 200.0 + 26.0 + 100.0) / 3, name="the validation loss")


@check("capacity")
def parameters_are_counted(student, case):
    """3 inputs and 2 outputs make 8 parameters; 784-512-512-10 has 669,706, and 784-256-32-10 has 209,514."""
    sizes = [[3, 2], [784, 512, 512, 10], [784, 256, 32, 10], [1, 1]]
    counts = list(student.count_parameters.each(args(row) for row in sizes))
    equal(counts, [8, 669_706, 209_514, 2], names=["the parameters of " + "-".join(map(str, row)) for row in sizes])


def loss_of(params, X, labels):
    """Mean cross-entropy of a network with ReLU between its layers, by torch."""
    pairs = list(zip(params[::2], params[1::2], strict=True))
    return functional.cross_entropy(perceptron(X, pairs)[0], labels)


def fitted(X, labels, params, *, lr, epochs, strength):
    """The parameters after each epoch of descent on the loss and half the squared matrices, by autograd."""

    def loss(*inputs):
        matrices = sum(w.square().sum() for w in inputs if w.dim() == 2)
        return loss_of(inputs, X.double(), labels) + strength * matrices / 2

    path = []
    here = [w.double() for w in params]
    for _number in range(epochs):
        here = [w - lr * slope for w, slope in zip(here, gradients(loss, *here), strict=True)]
        path.append([w.to(X.dtype) for w in here])
    return path


def start_of(case, d, h, k, dtype=DOUBLE, std=1.0):
    """Where a small network begins; its biases are not 0."""
    return [
        case.normal(d, h, std=std * (2 / d) ** 0.5, dtype=dtype),
        case.normal(h, std=0.1, dtype=dtype),
        case.normal(h, k, std=std * (2 / h) ** 0.5, dtype=dtype),
        case.normal(k, std=0.1, dtype=dtype),
    ]


@check("capacity")
def fit_descends_loss_and_penalty_together(student, case):
    """After 1 step and after 3 the parameters are those of descent by autograd; the start stays as it is."""
    X, labels, params = case.normal(7, 3), case.labels(7, 2), start_of(case, 3, 4, 2)
    for epochs, strength in ((1, 0.5), (3, 0.2)):
        found = unchanged(student.fit_network, X, labels, params, lr=0.3, epochs=epochs, strength=strength)
        expected = fitted(X, labels, params, lr=0.3, epochs=epochs, strength=strength)[-1]
        close(list(found), expected, names=[f"{name} after {epochs} steps" for name in ("W1", "b1", "W2", "b2")])


def memory_of(student, case, h):
    """The share of 40 random labels that a network with h hidden units knows after its training."""
    X, labels = case.normal(40, 20), case.labels(40, 8)
    params = start_of(case, 20, h, 8)
    found = student.fit_network(X, labels, params, lr=0.5, epochs=120)
    found = like(list(found), params, name="the parameters")
    scores = perceptron(X, [(found[0], found[1]), (found[2], found[3])])[0]
    return accuracy(scores.argmax(1), labels)


@check("capacity", needs=fit_descends_loss_and_penalty_together, weight=0.5)
def only_a_wide_network_memorises_random_labels(student, case):
    """64 hidden units learn 40 random labels of 8 classes by heart; through a single one they do not fit."""
    at_least(memory_of(student, case, 64), 0.95, "the share that 64 units remember")
    at_most(memory_of(student, case, 1), 0.8, "the share that 1 unit remembers")


def early(case, n=6, d=3, h=4, k=2, dtype=DOUBLE):
    """A small network, rows to train on and rows that are held out."""
    X, labels = case.normal(n, d, dtype=dtype), case.labels(n, k)
    validation = case.normal(5, d, dtype=dtype), case.labels(5, k)
    return (X, labels, start_of(case, d, h, k, dtype=dtype)), validation


@check("training")
def every_epoch_is_watched_on_other_rows(student, case):
    """Three epochs that nobody stops: the losses are those on the rows held out, after each, without the penalty."""
    given, validation = early(case)
    # Nothing stops within three epochs; the best of them comes back.
    path = fitted(*given, lr=0.3, epochs=3, strength=0.2)
    losses = torch.stack([loss_of(params, *validation) for params in path])
    stopping = student.EarlyStopping(9)
    settings = {"validation": validation, "lr": 0.3, "strength": 0.2, "stopping": stopping, "max_epochs": 3}
    found = unchanged(student.fit_early, *given, **settings)
    complete = isinstance(found, list | tuple) and len(found) == 2
    require(complete, "fit_early returns the parameters and the losses of the epochs.")
    close(found[1], losses, name="the losses")
    close(list(found[0]), path[int(losses.argmin())], names=["W1", "b1", "W2", "b2"])


@check("training")
def training_stops_and_goes_back(student, case):
    """Where the labels held out are the opposite of those learned, the first epoch is the best, and it ends soon."""
    X, labels, params = case.normal(8, 3), case.labels(8, 2), start_of(case, 3, 4, 2)
    validation = X, 1 - labels
    path = fitted(X, labels, params, lr=0.5, epochs=40, strength=0.01)
    losses = torch.stack([loss_of(after, *validation) for after in path])
    best, epochs = stopped(losses.tolist(), 3)
    stopping = student.EarlyStopping(3)
    settings = {"validation": validation, "lr": 0.5, "strength": 0.01, "stopping": stopping, "max_epochs": 40}
    found = student.fit_early(X, labels, params, **settings)
    close(found[1], losses[:epochs], name="the losses")
    close(list(found[0]), path[best], names=["W1", "b1", "W2", "b2"])


def stopped(losses, patience):
    """The number of the best epoch, from 0, and how many epochs there are with this patience."""
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return best, epoch + 1
    return best, len(losses)


def noisy_training(case):
    """Rows whose labels are false in a given share, rows with true labels that are held out, and a start."""
    plan = case.training
    data = case.subset(plan["rows"] + plan["validation"])
    X, labels = data.X_train[: plan["rows"]], data.y_train[: plan["rows"]].clone()
    false = case.uniform(plan["rows"]) < plan["noise"]
    labels = torch.where(false.to(labels.device), case.labels(plan["rows"], data.classes), labels)
    validation = data.X_train[plan["rows"] :], data.y_train[plan["rows"] :]
    start = start_of(case, X.shape[1], plan["hidden"], data.classes, dtype=X.dtype)
    return (X, labels, start), validation, data


def accuracy_on_test(params, data):
    """The share of test rows whose largest score is that of their class."""
    scores = perceptron(data.X_test, [(params[0], params[1]), (params[2], params[3])])[0]
    return accuracy(scores.argmax(1), data.y_test)


def trained_early(student, case):
    """Test accuracy of a network that was trained with false labels until `EarlyStopping` ended it."""
    plan = case.training
    given, validation, data = noisy_training(case)
    params, losses = student.fit_early(
        *given,
        validation=validation,
        lr=plan["lr"],
        strength=plan["strength"],
        stopping=student.EarlyStopping(plan["patience"]),
        max_epochs=plan["max_epochs"],
    )
    params = like(list(params), given[2], name="the parameters")
    close(loss_of(params, *validation), losses.min(), rtol=1e-3, name="the loss on the rows held out")
    return accuracy_on_test(params, data)


@check("training", needs=training_stops_and_goes_back)
def false_labels_do_little_harm(student, case):
    """On real images, two of five with false labels, the restored network is as good as on its best epoch, and good."""
    at_least(trained_early(student, case), case.training["accuracy"], "the test accuracy")
