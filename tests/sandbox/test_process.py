"""autograder.sandbox.process: what the student's process gets to know, and what is left of it."""

from __future__ import annotations

import dataclasses
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from autograder.actions import KINDS, Call, asking
from autograder.errors import WorkerError
from autograder.model import Outcome
from autograder.sandbox import process
from autograder.sandbox.process import WorkerProcess
from autograder.sandbox.spec import SandboxSpec


@pytest.fixture
def worker(workers) -> Iterator[WorkerProcess]:
    """A worker of the test's own, with a function in it."""
    started = workers.start(SandboxSpec(memory_mb=512))
    sources = {"x": "def run(code):\n    exec(code)\n"}
    ask(started, "load", sources=sources, path="x.py", name="x", device="cpu", functions=[])
    yield started
    started.kill()


def ask(worker: WorkerProcess, op: str, **fields: Any) -> dict:
    return worker.request({"op": op, **fields}, deadline=time.monotonic() + 60)


def run(worker: WorkerProcess, code: str) -> dict:
    return ask(worker, **asking(Call(None, "run", (code,), {})))


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


FIELDS = {
    "hello": {"op"},
    "inspect": {"op", "sources", "path", "name", "functions", "stated", "apart"},
    "load": {"op", "sources", "path", "name", "device", "functions", "own"},
    "notes": {"op"},
    "ask": {"op", "actions"},
}
ACTIONS = {"Call": ["target", "name", "args", "kwargs", "observe", "count", "clock"], "Read": ["target", "name"]}


def test_the_worker_is_sent_inputs_only(submit, text, sent):
    """Requests have no field for anything expected, and no tensor in them is what must come back."""
    assert submit(text()).score == 10
    assert {message["op"] for message in sent} >= {"hello", "load", "ask"}
    optional = {"seed", "in_force", "exercise"}
    assert all(set(message) - optional == FIELDS[message["op"]] for message in sent)
    actions = [action for message in sent for action in message.get("actions", ())]
    assert {kind for kind, *_ in actions} == set(ACTIONS)
    for kind, *parts in actions:
        assert [field.name for field in dataclasses.fields(KINDS[kind])] == ACTIONS[kind]
        assert len(parts) == len(ACTIONS[kind])
    inputs = [leaf for message in sent for leaf in leaves(message) if isinstance(leaf, torch.Tensor)]
    doubled = [2 * x for x in inputs]
    assert len(inputs) == 3
    assert not any(x.shape == y.shape and torch.allclose(x.double(), y.double()) for x in inputs for y in doubled)


def test_the_worker_is_sent_no_text_of_ours(submit, text, sent, plan):
    """The student's own file is the only text longer than a name: no reference, no check, no sentence."""
    source = text()
    submit(source)
    texts = {leaf for message in sent for leaf in leaves(message) if isinstance(leaf, str)}
    assert {t for t in texts if len(t) > 40 and "/" not in t} == {source}
    assert not any(check.name in t or check.title in t for check in plan.checks for t in texts)


def test_a_seed_of_the_worker_tells_no_seed_of_the_inputs(submit, text, sent):
    """What seeds the student's generators cannot be used to draw a check's inputs."""
    submit(text())
    seeds = [message["seed"] for message in sent if "seed" in message]
    inputs = [leaf for message in sent for leaf in leaves(message) if isinstance(leaf, torch.Tensor)]
    assert len(set(seeds)) == len(seeds) == 6
    drawn = [torch.randn(3, 2, generator=torch.Generator().manual_seed(s), dtype=torch.float64) for s in seeds]
    assert not any(torch.equal(x, inputs[0]) for x in drawn)


def command_lines() -> list[str]:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # it ended meanwhile
            continue
    return lines


def vanishes(marker: str, seconds: float = 20.0) -> bool:
    """Whether every process with a marker in its command line ends; a killed one takes a moment."""
    end = time.monotonic() + seconds
    while any(marker in line for line in command_lines()):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


CHILD = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', '{}'])"


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [("return x + x", "passed"), ("import os; os._exit(0)", "crashed")],
    ids=["answered", "crashed"],
)
def test_nothing_of_a_submission_is_left(submit, text, ending: str, outcome: str):
    """Processes that it started are gone with it, also where it ended itself."""
    marker = uuid.uuid4().hex
    result = submit(text(f"{CHILD.format(marker)}; print('started')\n{ending}"))
    assert (str(result.checks[0].outcome), result.checks[0].output) == (outcome, "started\n")
    assert vanishes(marker)


def test_a_dead_process_answers_with_its_end(worker):
    """Whoever asks again gets an error, not a hang."""
    with pytest.raises(WorkerError, match="exit status 3") as caught:
        run(worker, "import os; os._exit(3)")
    assert caught.value.outcome == Outcome.CRASHED
    with pytest.raises(WorkerError):
        run(worker, "pass")


def test_a_silent_process_is_ended_at_its_deadline(worker):
    """The error says that it timed out, and the process is gone."""
    request = asking(Call(None, "run", ("while True: pass",), {}))
    with pytest.raises(WorkerError) as caught:
        worker.request(request, deadline=time.monotonic() + 0.2)
    assert caught.value.outcome == Outcome.TIMED_OUT
    assert not worker.alive


def test_killing_twice_gives_the_same_answer(worker):
    """The exit code of the first time."""
    assert worker.kill() == worker.kill()


def test_output_is_taken_once(worker):
    """Each line belongs to the request before, also one that was written by a file descriptor."""
    run(worker, "print('one')")
    assert worker.take_output() == "one\n"
    run(worker, "import os; os.write(2, b'two')")
    assert worker.take_output() == "two"
    assert worker.take_output() == ""


def test_a_flood_of_output_neither_blocks_nor_grows(worker):
    """More than a pipe holds is read, a part is kept, and the number of dropped bytes is told."""
    run(worker, "print('x' * 300_000)")
    taken = worker.take_output()
    assert taken.startswith("x" * process.KEPT_OUTPUT)
    assert taken.endswith(f"... {300_001 - process.KEPT_OUTPUT} more bytes of output were dropped")


def test_output_of_a_dead_process_can_still_be_taken(worker):
    """The last words before a crash."""
    with pytest.raises(WorkerError):
        run(worker, "import os; os.write(1, b'last words'); os._exit(1)")
    assert worker.take_output() == "last words"
