"""What the reference solutions cost and reach.

    python benchmarks/reference.py                       cost of all checks on digits, per assignment
    python benchmarks/reference.py --train mnist fashion_mnist --data-dir FOLDER
                                                         also: full training of the MLP and of the convolutional
                                                         network, by hand and by autograd with torch.optim

Checks run in this process, warm, on one thread, without the process boundary: the figure is pure computing, of the
oracles and of the reference together. Training by hand and training by torch use the same start, batches, schedule and
thread count, and alternate within one run. They are compared by their ratio; seconds alone say more about the machine.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from bare import seconds_of_checks
from torch import nn

from autograder import data
from autograder.checking.local import module_from
from autograder.course import Course
from autograder.plan import Plan

ROOT = Path(__file__).resolve().parents[1]
MLP = "softmax_backprop"
CONV = "conv_net"
CONV_HOW = {"epochs": 2, "batch_size": 50, "lr": 0.05, "p": 0.1}  # with the default sizes of `init_network`
ROWS_AT_ONCE = 1000  # images whose patches are held in memory together


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5, help="timed runs per assignment, after one to warm up")
    parser.add_argument("--train", nargs="*", default=[], choices=["mnist", "fashion_mnist"], metavar="DATASET")
    parser.add_argument("--data-dir", type=Path, help="folder of the data sets (default: $AUTOGRADER_DATA)")
    parser.add_argument("--rounds", type=int, default=1, help="trainings by hand and by torch, in turn")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    course = Course(ROOT)
    torch.set_num_threads(1)
    print_check_costs(course, options.repeat)
    torch.set_num_threads(options.threads)
    for name in options.train:
        dataset = data.load(name, root=options.data_dir)
        print_training(course, dataset, options.rounds)
        print_conv_training(course, scaled(dataset), options.rounds)


def print_check_costs(course: Course, repeat: int) -> None:
    """Seconds that all checks of each assignment cost the reference: median over the runs."""
    print(f"all checks on digits, one thread, median of {repeat} warm runs")
    medians = []
    for slug in course.slugs:
        plan = Plan.of(course, slug)
        seconds = [seconds_of_checks(plan, "benchmark", seed=seed) for seed in range(repeat + 1)]
        medians.append(statistics.median(seconds[1:]))  # the first one warms up
        print(f"  {slug:20} {len(plan.checks):3} checks  {medians[-1]:.3f} s")
    print(f"  {'median / dearest':20} {statistics.median(medians):.3f} s / {max(medians):.3f} s")


def print_training(course: Course, dataset: data.Dataset, rounds: int) -> None:
    """Train the network of the assignment on a full data set, by hand and with torch, in turn."""
    settings = course.assignment(MLP).training[dataset.name]
    how = {key: settings[key] for key in ("epochs", "batch_size", "lr")}
    sizes = [dataset.X_train.shape[1], *settings["hidden"], dataset.classes]
    print(f"{dataset.name}: {sizes}, {how}, {torch.get_num_threads()} thread(s)")
    reference = module_from(course.solution(MLP), MLP)
    torch.optim.SGD([torch.zeros(1)], lr=0.1)  # the first use imports for most of a second
    ratios = []
    for seed in range(rounds):
        params = reference.init_params(sizes, torch.Generator().manual_seed(seed))
        by_hand = timed(lambda p=params, s=seed: hand_trained(reference, dataset, p, how, s), dataset)
        by_torch = timed(lambda p=params, s=seed: torch_trained(dataset, p, how, s), dataset)
        ratios.append(print_pair(seed, by_hand, by_torch))
    print_ratios(ratios)


def print_conv_training(course: Course, dataset: data.Dataset, rounds: int) -> None:
    """Train the convolutional network on a full data set of images around 0, by hand and with torch, in turn."""
    print(f"{dataset.name}: convolutional network, {CONV_HOW}, {torch.get_num_threads()} thread(s)")
    reference = module_from(course.solution(CONV), CONV)
    ratios = []
    for seed in range(rounds):
        generator = torch.Generator().manual_seed(seed)
        params = reference.init_network(dataset.image_shape, classes=dataset.classes, generator=generator)
        by_hand = timed(lambda p=params, s=seed: conv_by_hand(reference, dataset, p, s), dataset)
        by_torch = timed(lambda p=params, s=seed: conv_by_torch(dataset, p, s), dataset)
        ratios.append(print_pair(seed, by_hand, by_torch))
    print_ratios(ratios)


def print_pair(seed: int, by_hand: tuple[float, float], by_torch: tuple[float, float]) -> float:
    """Print seconds and accuracy of both, and return the ratio of the seconds."""
    for name, (seconds, accuracy) in (("by hand", by_hand), ("autograd + torch.optim", by_torch)):
        print(f"  seed {seed}  {name:23} test accuracy {100 * accuracy:.2f} %  {seconds:6.1f} s", flush=True)
    return by_hand[0] / by_torch[0]


def print_ratios(ratios: list[float]) -> None:
    """Print how much longer the reference takes."""
    each = ", ".join(f"{ratio:.3f}" for ratio in ratios)
    print(f"  seconds by hand / by torch: {each}; median {statistics.median(ratios):.3f}")


def scaled(dataset: data.Dataset) -> data.Dataset:
    """The same data with pixels of mean 0 and variance 1."""
    mean, std = dataset.X_train.mean(), dataset.X_train.std()
    return replace(dataset, X_train=(dataset.X_train - mean) / std, X_test=(dataset.X_test - mean) / std)


def timed(train: Callable[[], Callable], dataset: data.Dataset) -> tuple[float, float]:
    """Seconds of a training, and the test accuracy of the predictor that it returns."""
    begun = time.perf_counter()
    predict = train()
    seconds = time.perf_counter() - begun
    return seconds, (predict(dataset.X_test) == dataset.y_test).double().mean().item()


def hand_trained(reference, dataset: data.Dataset, params: list, how: dict, seed: int) -> Callable:
    """The reference's own loop."""
    generator = torch.Generator().manual_seed(seed)
    trained = reference.train(dataset.X_train, dataset.y_train, params, generator=generator, **how)
    return lambda X: reference.predict(X, trained)


def torch_trained(dataset: data.Dataset, params: list, how: dict, seed: int) -> Callable:
    """The same network, start, batches and schedule with torch.nn, autograd and torch.optim."""
    layers: list[nn.Module] = []
    for W, b in params:
        linear = nn.Linear(*W.shape)
        with torch.no_grad():
            linear.weight.copy_(W.T)
            linear.bias.copy_(b)
        layers += [linear, nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    loss = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=how["lr"])
    n = len(dataset.X_train)
    batch_size = how["batch_size"]
    steps = how["epochs"] * -(-n // batch_size)
    generator = torch.Generator().manual_seed(seed)
    batches = (rows for _ in range(how["epochs"]) for rows in torch.randperm(n, generator=generator).split(batch_size))
    for step, rows in enumerate(batches):
        optimizer.param_groups[0]["lr"] = how["lr"] * (1 - step / steps)
        optimizer.zero_grad(set_to_none=True)
        loss(model(dataset.X_train[rows]), dataset.y_train[rows]).backward()
        optimizer.step()
    return lambda X: model(X).argmax(1)


def images(X: torch.Tensor, dataset: data.Dataset) -> torch.Tensor:
    """Rows of pixels as images of one channel."""
    return X.reshape(-1, 1, *dataset.image_shape)


def conv_by_hand(reference, dataset: data.Dataset, params: list, seed: int) -> Callable:
    """The reference's own loop, and its predictions in parts that fit into memory."""
    X, generator = images(dataset.X_train, dataset), torch.Generator().manual_seed(seed)
    trained = reference.train(params, X, dataset.y_train, generator=generator, **CONV_HOW)

    def predict(X: torch.Tensor) -> torch.Tensor:
        return torch.cat([reference.predict(trained, part) for part in images(X, dataset).split(ROWS_AT_ONCE)])

    return predict


def conv_by_torch(dataset: data.Dataset, params: list, seed: int) -> Callable:
    """The same network and start with torch.nn, autograd and torch.optim."""
    (first, _), (second, _), (third, _), (fourth, _) = params
    convolutions = [nn.Conv2d(W.shape[1], W.shape[0], tuple(W.shape[2:])) for W in (first, second)]
    matrices = [nn.Linear(*W.shape) for W in (third, fourth)]
    with torch.no_grad():
        for layer, (W, b) in zip([*convolutions, *matrices], params, strict=True):
            layer.weight.copy_(W if W.dim() == 4 else W.T)
            layer.bias.copy_(b)
    pooling = [nn.MaxPool2d(2), nn.ReLU()]
    front = [convolutions[0], *pooling, convolutions[1], nn.Dropout2d(CONV_HOW["p"]), *pooling]
    model = nn.Sequential(*front, nn.Flatten(), matrices[0], nn.ReLU(), matrices[1])
    optimizer = torch.optim.SGD(model.parameters(), lr=CONV_HOW["lr"])
    loss, X, generator = nn.CrossEntropyLoss(), images(dataset.X_train, dataset), torch.Generator().manual_seed(seed)
    for _ in range(CONV_HOW["epochs"]):
        for rows in torch.randperm(len(X), generator=generator).split(CONV_HOW["batch_size"]):
            optimizer.zero_grad(set_to_none=True)
            loss(model(X[rows]), dataset.y_train[rows]).backward()
            optimizer.step()
    model.eval()
    return lambda X: model(images(X, dataset)).argmax(1)


if __name__ == "__main__":
    main()
