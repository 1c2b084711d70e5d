"""Importing torchvision where its compiled extension cannot be loaded.

The torchvision of the package index is built for CUDA. Beside a torch for CPUs only, its extension
cannot be loaded. torchvision tolerates that, but it then registers fake kernels for two operators
that only the extension declares, and the import fails with "operator torchvision::nms does not
exist". The data sets need no operator, so it is enough to declare these two.
"""

from __future__ import annotations

import sys
from types import ModuleType

import torch

from autograder.errors import DataError

_SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_declared: list[torch.library.Library] = []  # torch drops a declaration together with its Library object


def torchvision_datasets() -> ModuleType:
    """The module `torchvision.datasets`.

    Raises:
        DataError: torchvision is not installed, or does not fit the installed torch.
    """
    try:
        return _import_with_operators()
    except (ImportError, RuntimeError) as error:
        raise DataError(
            f"torchvision cannot be imported ({error}): install the version that fits torch "
            f"{torch.__version__}, or use --dataset digits, which does not need it."
        ) from error


def _import_with_operators() -> ModuleType:
    # The plain import comes first: where the extension can be loaded, it declares the operators
    # itself, and aborts the process if they are declared already.
    try:
        return _import()
    except RuntimeError:
        missing = [name for name in _SCHEMAS if not hasattr(torch.ops.torchvision, name)]
        if not missing:
            raise
    _forget_half_imported()
    _declare(missing)
    return _import()


def _import() -> ModuleType:
    import torchvision.datasets

    return torchvision.datasets


def _forget_half_imported() -> None:
    """Drop the submodules that a failed import leaves behind without their parent."""
    for name in list(sys.modules):
        if name.partition(".")[0] == "torchvision":
            del sys.modules[name]


def _declare(names: list[str]) -> None:
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in names:
        library.define(_SCHEMAS[name])
    _declared.append(library)
