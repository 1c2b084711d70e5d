"""What the references reach beside the published figures of the course's material, and beside torch in the same run.

    python benchmarks/published.py --data-dir FOLDER [ROW ...]

Rows are mlp, norms, dropout, optimizers and capstone; without names all of them, in some fifteen minutes on one thread.
By hand and by torch a training has the same start, the same batches and the same steps, so that the two columns differ
by rounding, by the draws of dropout, and where torch's optimizers have another formula.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import torch
from reference import MLP, ROOT, hand_trained, torch_trained
from torch.nn import functional

from autograder import data
from autograder.checking.local import beside, module_from
from autograder.course import Course

NORMS = {"none": 0.0205, "batch": 0.0167, "layer": 0.0050}  # the published training losses, after 30, 9 and 14 epochs
PUBLISHED_EPOCHS = {"none": 30, "batch": 9, "layer": 14}
HIDDEN = (128, 64)
EPOCHS = 30
STEPS = 50  # on Beale's function
SEED = 0


class Row(NamedTuple):
    """A line of the table."""

    what: str
    published: str
    by_hand: str
    by_torch: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)} (default: all)")
    parser.add_argument("--data-dir", type=Path, help="folder of the data sets (default: $AUTOGRADER_DATA)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    course = Course(ROOT)
    load = partial(data.load, root=options.data_dir)
    print("| what | published | by hand | by torch |\n| --- | --- | --- | --- |", flush=True)
    for name in options.rows or ROWS:
        for row in ROWS[name](course, load):
            print(f"| {' | '.join(row)} |", flush=True)


def reference_of(course: Course, slug: str) -> ModuleType:
    """The reference solution as a module."""
    with beside(course.solutions_beside(slug)):
        return module_from(course.solution(slug) or "", slug)


def mlp(course: Course, load: Callable) -> Iterator[Row]:
    """A multilayer perceptron on all of MNIST."""
    mnist = load("mnist")
    settings = course.assignment(MLP).training["mnist"]
    how = {"epochs": EPOCHS, "batch_size": settings["batch_size"], "lr": settings["lr"]}
    reference = reference_of(course, MLP)
    sizes = [mnist.X_train.shape[1], *settings["hidden"], mnist.classes]
    params = reference.init_params(sizes, torch.Generator().manual_seed(SEED))
    accuracies = []
    for predict in (hand_trained(reference, mnist, params, how, SEED), torch_trained(mnist, params, how, SEED)):
        accuracies.append((predict(mnist.X_test) == mnist.y_test).double().mean().item())
    by_hand, by_torch = [f"{100 * accuracy:.2f} %" for accuracy in accuracies]
    yield Row(f"MLP on MNIST, {EPOCHS} epochs: accuracy", "97.94 %", by_hand, by_torch)


def norms(course: Course, load: Callable) -> Iterator[Row]:
    """Epochs until the published training losses without, with batch and with layer normalisation."""
    mnist = load("mnist")
    reference = reference_of(course, "layer_norm")
    start = _start_of_norms(mnist)
    how = {"lr": 0.1, "epochs": EPOCHS, "batch_size": 64}
    for norm, target in NORMS.items():
        order = torch.Generator().manual_seed(SEED)
        _, losses = reference.train(start, mnist.X_train, mnist.y_train, norm=norm, generator=order, **how)
        twin = _losses_by_torch(start, mnist, norm=norm, generator=torch.Generator().manual_seed(SEED), **how)
        found = []
        for of_one in (losses, twin):
            epochs = reference.epochs_to(of_one, target)
            found.append(f"{epochs}" if epochs else f"loss {of_one[-1].item():.4f} after {EPOCHS}")
        yield Row(f"{norm} normalisation: epochs to a loss of {target:.4f}", str(PUBLISHED_EPOCHS[norm]), *found)


def _start_of_norms(mnist: data.Dataset) -> dict:
    generator = torch.Generator().manual_seed(SEED)
    sizes = [mnist.X_train.shape[1], *HIDDEN, mnist.classes]
    weights = []
    for a, b in zip(sizes[:-1], sizes[1:], strict=True):
        weights.append((2 / a) ** 0.5 * torch.randn(a, b, generator=generator))
    gamma = [torch.ones(width) for width in HIDDEN]
    beta = [torch.zeros(width) for width in HIDDEN]
    return {"weights": weights, "gamma": gamma, "beta": beta, "bias": torch.zeros(mnist.classes)}


def _losses_by_torch(
    start: dict, mnist: data.Dataset, *, norm: str, lr: float, epochs: int, batch_size: int, generator: torch.Generator
) -> torch.Tensor:
    """The losses of the same training with torch's normalisation, autograd and optimizer."""
    params = {name: [w.clone().requires_grad_() for w in start[name]] for name in ("weights", "gamma", "beta")}
    bias = start["bias"].clone().requires_grad_()
    optimizer = torch.optim.SGD([*params["weights"], *params["gamma"], *params["beta"], bias], lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(mnist.y_train), generator=generator).split(batch_size):
            logits = _scores_by_torch(params, bias, mnist.X_train[rows], norm)
            loss = functional.cross_entropy(logits, mnist.y_train[rows])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(mnist.y_train))
    return torch.tensor(losses)


def _scores_by_torch(params: dict, bias: torch.Tensor, X: torch.Tensor, norm: str) -> torch.Tensor:
    *hidden, head = params["weights"]
    a = X
    for W, gamma, beta in zip(hidden, params["gamma"], params["beta"], strict=True):
        z = a @ W
        if norm == "batch":
            z = functional.batch_norm(z, None, None, gamma, beta, training=True)
        elif norm == "layer":
            z = functional.layer_norm(z, gamma.shape, gamma, beta)
        else:
            z = gamma * z + beta
        a = z.relu()
    return a @ head + bias


def dropout(course: Course, load: Callable) -> Iterator[Row]:
    """Test minus training loss of a wide network on few rows, without and with dropout."""
    mnist = load("mnist")
    settings = course.assignment("dropout_scaling").training["mnist"]
    few = mnist.subset(settings["rows"], torch.Generator().manual_seed(SEED))
    reference = reference_of(course, "dropout_scaling")
    mean, std = few.X_train.mean(0), (few.X_train - few.X_train.mean(0)).std()
    fit, test = (few.X_train - mean) / std, (few.X_test - mean) / std
    labels = _with_wrong_labels(few, settings["wrong_labels"])
    start = reference.init_mlp(fit.shape[1], settings["hidden"], few.classes, torch.Generator().manual_seed(SEED))
    for p in (0.0, settings["p"]):
        how = {"p": p, "lr": settings["lr"], "steps": settings["steps"]}
        generator = torch.Generator().manual_seed(SEED)
        trained = reference.train(start, fit, labels, generator=generator, **how)
        gaps = []
        for params in (trained, _dropout_by_torch(start, fit, labels, **how)):
            on_test = functional.cross_entropy(reference.predict_logits(params, test), few.y_test)
            on_fit = functional.cross_entropy(reference.predict_logits(params, fit), labels)
            gaps.append(f"{on_test - on_fit:.3f}")
        yield Row(
            f"dropout of {p}: test minus training loss, {settings['rows']} rows of MNIST, some labels wrong", "-", *gaps
        )


def _with_wrong_labels(few: data.Dataset, share: float) -> torch.Tensor:
    """The labels, of which about a share are replaced by random ones, so that there is something to overfit."""
    generator = torch.Generator().manual_seed(SEED)
    wrong = torch.rand(len(few.y_train), generator=generator) < share
    return torch.where(wrong, torch.randint(few.classes, (len(few.y_train),), generator=generator), few.y_train)


def _dropout_by_torch(
    start: dict, X: torch.Tensor, y: torch.Tensor, *, p: float, lr: float, steps: int
) -> dict[str, torch.Tensor]:
    torch.manual_seed(SEED)
    params = {name: value.clone().requires_grad_() for name, value in start.items()}
    optimizer = torch.optim.SGD(params.values(), lr=lr)
    for _ in range(steps):
        hidden = functional.dropout((X @ params["W1"] + params["b1"]).relu(), p)
        loss = functional.cross_entropy(hidden @ params["W2"] + params["b2"], y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    return {name: value.detach() for name, value in params.items()}


def optimizers(course: Course, load: Callable) -> Iterator[Row]:
    """Beale's function after some steps from the published start (0.8, 1.6), where it is 42.2."""
    reference = reference_of(course, "optimizers")
    pairs = {
        "Momentum": (reference.Momentum(0.005), partial(torch.optim.SGD, lr=0.005, momentum=0.9)),
        "Nesterov": (reference.Nesterov(0.005), partial(torch.optim.SGD, lr=0.005, momentum=0.9, nesterov=True)),
        "Adagrad": (reference.Adagrad(0.4), partial(torch.optim.Adagrad, lr=0.4)),
        "RMSprop": (reference.RMSprop(0.1), partial(torch.optim.RMSprop, lr=0.1, alpha=0.9)),
        "Adamax": (reference.Adamax(0.2), partial(torch.optim.Adamax, lr=0.2)),
    }
    for name, (by_hand, by_torch) in pairs.items():
        start = torch.tensor([0.8, 1.6], dtype=torch.float64)
        path = reference.descend(by_hand, lambda params: [reference.beale_gradient(params[0])], [start], STEPS)
        w = start.clone().requires_grad_()
        optimizer = by_torch([w])
        for _ in range(STEPS):
            optimizer.zero_grad()
            reference.beale(w).backward()
            optimizer.step()
        values = [f"{reference.beale(point.detach()).item():.3g}" for point in (path[-1][0], w)]
        yield Row(f"{name}: Beale's function after {STEPS} steps", "-", *values)


def capstone(course: Course, load: Callable) -> Iterator[Row]:
    """The reference's network of its own on each data set, with a sixth of the rows for validation."""
    reference = reference_of(course, "capstone")
    for name, epochs, target in (("digits", 15, "97 %"), ("mnist", 10, "98.4 %"), ("fashion_mnist", 5, "88.5 %")):
        found = load(name)
        held = len(found.y_train) // 6
        parts = (found.X_train[held:], found.y_train[held:]), (found.X_train[:held], found.y_train[:held])
        network = reference.my_network(found.X_train.shape[1], found.classes, torch.Generator().manual_seed(SEED))
        twin = _network_by_torch(network)
        order = torch.Generator().manual_seed(SEED)
        reference.my_training(network, *parts, epochs=epochs, generator=order)
        _train_by_torch(twin, parts[0], epochs, reference)
        _, accuracy = reference.evaluate(network, found.X_test, found.y_test)
        with torch.no_grad():
            right = (twin(found.X_test).argmax(1) == found.y_test).double().mean().item()
        what = f"capstone on {name}, {epochs} epochs: accuracy (what the course asks of the reference)"
        yield Row(what, target, f"{100 * accuracy:.2f} %", f"{100 * right:.2f} %")


def _network_by_torch(network) -> torch.nn.Sequential:
    """A network of torch's layers with the same settings and start."""
    layers: list[torch.nn.Module] = []
    for i, W in enumerate(network.weights):
        linear = torch.nn.Linear(*W.shape)
        with torch.no_grad():
            linear.weight.copy_(W.T)
            linear.bias.zero_()
        layers.append(linear)
        if i < len(network.weights) - 1:
            layers += [torch.nn.BatchNorm1d(W.shape[1]), torch.nn.ReLU(), torch.nn.Dropout(network.dropout)]
    return torch.nn.Sequential(*layers)


def _train_by_torch(twin: torch.nn.Sequential, train: tuple, epochs: int, reference: ModuleType) -> None:
    """The reference's recipe with autograd and torch.optim, but for early stopping, which never ends it."""
    X, y = train
    steps = epochs * -(-len(y) // 64)
    warmup = 1 + steps // 20

    def falling(step: int) -> torch.Tensor:
        return reference.cosine_restarts(step, lr=3e-3, lr_min=1e-5, period=1 + steps - warmup)

    optimizer = torch.optim.AdamW(twin.parameters(), weight_decay=0.01)
    generator = torch.Generator().manual_seed(SEED)
    twin.train()
    batches = (rows for _ in range(epochs) for rows in torch.randperm(len(y), generator=generator).split(64))
    for step, rows in enumerate(batches):
        optimizer.param_groups[0]["lr"] = float(reference.warmed_up(step, schedule=falling, warmup=warmup))
        optimizer.zero_grad(set_to_none=True)
        functional.cross_entropy(twin(X[rows]), y[rows]).backward()
        optimizer.step()
    twin.eval()


ROWS: dict[str, Callable[[Course, Callable], Iterator[Row]]] = {
    "mlp": mlp,
    "norms": norms,
    "dropout": dropout,
    "optimizers": optimizers,
    "capstone": capstone,
}


if __name__ == "__main__":
    main()
