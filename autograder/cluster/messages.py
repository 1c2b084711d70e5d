"""What a node sends: who it is, and the answer to each parcel, as JSON that our own trusted processes wrote."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import AutograderError, UsageError
from ..grading.classroom import Answer, Task, grade_one
from ..model import Result
from ..plan import Setting
from ..sandbox.pool import Lost, Raised
from ..sandbox.workers import Workers
from .proof import Identity, Proof

KINDS = {kind.__name__: kind for kind in (UsageError, AutograderError)}


@dataclass(frozen=True)
class Greeting:
    """The first word of a node.

    Args:
        node: its address.
        refusal: why it cannot take part; "" if it can.
    """

    node: str
    refusal: str = ""
    isolation: str = ""
    versions: dict[str, str] = dataclasses.field(default_factory=dict)
    hashes: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, node: str, proof: Proof) -> Greeting:
        """That of a node which can take part, if it is what the run expects."""
        identity = proof.identity
        return cls(node, isolation=proof.isolation, versions=identity.versions, hashes=identity.hashes)

    @property
    def identity(self) -> Identity:
        """What its results will depend on."""
        return Identity(self.versions, self.hashes)


def graded(course: Path, setting: Setting, task: Task, workers: Workers) -> bytes:
    """The result of a task, made in a grader process."""
    return json.dumps({"result": grade_one(course, setting, task, workers).to_dict()}).encode()


def encoded(answer: bytes | Lost[Any] | Raised) -> bytes:
    """An answer as it travels; a result was encoded where it was made."""
    if isinstance(answer, bytes):
        return answer
    if isinstance(answer, Lost):
        return json.dumps({"lost": True}).encode()
    kind = None
    if answer.kind is not None:
        kind = answer.kind.__name__
    raised = {"message": answer.message, "kind": kind, "traceback": answer.traceback}
    return json.dumps({"raised": raised}).encode()


def decoded(text: bytes, task: Task) -> Answer:
    """The answer to a task.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    # JSON, so that nothing can come to life here, though the node is trusted: it has met students' code.
    record = json.loads(text)
    if "lost" in record:
        return Lost(task)
    if "raised" in record:
        raised = record["raised"]
        return Raised(raised["message"], KINDS.get(raised["kind"]), raised["traceback"])
    return Result.from_dict(record["result"])
