"""What a worker is confined to."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import UsageError


class IsolationError(UsageError):
    """A level of isolation cannot be had on this machine."""


@dataclass(frozen=True)
class SandboxSpec:
    """What a worker is confined to.

    Args:
        level: one of `model.ISOLATION_LEVELS`.
        gpu: whether it may use the GPU.
        memory_mb: private memory that it may use.
        watched: names in libraries whose use it notices, so that rules can be held to.
    """

    level: str = "process"
    gpu: bool = False
    memory_mb: int = 2048
    watched: tuple[str, ...] = ()
