"""What keeps torch from telling a mode that looks at operations about them.

None of it has an honest use in a course. It is ruled out by its names wherever anything is, and while operations are
looked at nobody else may use it for a student either: libraries have functions that do so and call back.
"""

from __future__ import annotations

import threading
from types import CodeType, FrameType
from typing import Any

import torch

from .genuine import is_genuine

OF_C = (  # of `torch._C`
    *("_dispatch_call_boxed", "_dispatch_get_computed_kernel_for_dispatch_key"),
    *("ExcludeDispatchKeyGuard", "_DisableTorchDispatch", "_ExcludeDispatchKeyGuard", "_ForceDispatchKeyGuard"),
    *("_IncludeDispatchKeyGuard", "_PreserveDispatchKeyGuard", "_RestorePythonTLSSnapshot"),
    *("_SetExcludeDispatchKeyGuard", "_dispatch_tls_set_dispatch_key_excluded"),
    *("_dispatch_tls_set_dispatch_key_included", "_pop_torch_dispatch_stack", "_unset_dispatch_mode"),
)
KERNEL = "torch._ops.OpOverload._op_dk"  # of an operation, called for a key of the dispatcher's
BLINDING = (
    *(f"torch._C.{name}" for name in OF_C),
    *("torch._C._DispatchOperatorHandle.redispatch_boxed", "torch._ops.OpOverload.redispatch", KERNEL),
    "torch.library.get_kernel",
    *("torch.utils._mode_utils.no_dispatch", "torch.utils._python_dispatch._disable_current_modes"),
    *("torch.utils._python_dispatch._pop_mode_temporarily", "torch.utils._python_dispatch._pop_torch_dispatch_stack"),
)
POPS = "_pop_torch_dispatch_stack"  # by which every mode ends, too
PRINTS = torch._tensor_str._str.__code__  # takes all modes away while it makes the text of a tensor


class Looking(threading.local):
    """The modes of ours that look at the operations of this thread."""

    def __init__(self) -> None:
        self.modes: list[Any] = []


LOOKING = Looking()


def is_harmless(name: str) -> bool:
    """Whether a use of something blinding takes none of our modes away: it ends another one."""
    if not name.endswith(POPS):
        return False
    others = torch._C._len_torch_dispatch_stack()
    return others == 0 or torch._C._get_dispatch_stack_at(others - 1) not in LOOKING.modes


def is_printing(frame: FrameType | None) -> bool:
    """Whether what a frame calls is done to print a tensor, a plain one, so that it calls nobody back."""
    while frame is not None:
        code: CodeType = frame.f_code
        if code is PRINTS:
            return is_genuine(code) and _is_plain(frame.f_locals.get("self"))
        if not code.co_filename.endswith(("_python_dispatch.py", "contextlib.py", "runtime.py")):
            return False
        frame = frame.f_back
    return False


def _is_plain(printed: Any) -> bool:
    return type(printed) in (torch.Tensor, torch.nn.Parameter)
