"""Which device to compute on."""

from __future__ import annotations

import sys
from pathlib import Path

from ..errors import UsageError

GPU_DRIVERS = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")  # of NVIDIA, of AMD, and of either inside WSL


def gpu_is_likely(device: str) -> bool:
    """Whether a GPU will probably be used, told without importing torch."""
    if device == "auto":
        return any(Path(driver).exists() for driver in GPU_DRIVERS)
    return device == "cuda"


def chosen_device(wanted: str) -> str:
    """The device to compute on.

    Raises:
        UsageError: this machine does not have it.
    """
    if wanted == "cpu":
        return "cpu"
    if wanted == "auto" and sys.platform == "linux" and not gpu_is_likely(wanted):
        return "cpu"  # known without importing torch, which takes a second

    import torch

    present = []
    if torch.cuda.is_available():
        present.append("cuda")
    if torch.backends.mps.is_available():
        present.append("mps")
    if wanted == "auto":  # the order above is that of preference
        return next(iter(present), "cpu")
    if wanted not in present:
        raise UsageError(f"This machine (or this build of torch) has no {wanted} device; use --device cpu.")
    return wanted
