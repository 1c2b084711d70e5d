"""Notices operations that are ruled out where torch dispatches them, whatever they were called by.

A name can be reached in more ways than can be watched: through another operation that computes the same, a graph in
an archive, or torch's own versions of it. All of them end here. It takes time for each operation, so only calls with
small inputs are looked at; training is not slowed, and every function is asked with small inputs in some check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import torch
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode

from ...values import leaves
from .blinding import LOOKING

MOST_ENTRIES = 4096  # in the tensors of a call that is looked at; checks of single functions send at most a few hundred

# By a word of a rule: other operations that compute the same thing or hold it.
SAME = {
    "softmax": ("_scaled_dot_product_attention_math", "_scaled_dot_product_flash_attention_for_cpu"),
    "logsumexp": ("logcumsumexp", "_logcumsumexp"),
    "sigmoid": ("silu", "log_sigmoid_forward", "glu", "binary_cross_entropy_with_logits"),
    "relu": ("threshold", "relu6", "hardtanh", "leaky_relu", "_prelu_kernel", "rrelu_with_noise"),
    "batch_norm": ("_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "_batch_norm_with_update"),
    "layer_norm": ("_fused_rms_norm",),
    "lstsq": ("linalg_qr", "geqrf", "linalg_svd", "_linalg_svd"),
    "solve": ("_linalg_solve_ex", "linalg_solve_triangular", "triangular_solve", "linalg_ldl_solve"),
    "inv": ("linalg_inv_ex",),
}
# What torch makes of a function before it dispatches anything: where the function may be used, so may these.
MADE_OF = {"einsum": {"bmm", "mm", "mv", "dot", "mul", "sum"}}
# Of torch.nn alone: no other part of torch offers these to students.
LAYERS = {
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "convolution",
    "elu",
    "gelu",
    "glu",
    "hardtanh",
    "huber_loss",
    "leaky_relu",
    "linear",
    "log_sigmoid_forward",
    "mish",
    "mse_loss",
    "nll_loss2d_forward",
    "nll_loss_forward",
    "silu",
    "smooth_l1_loss",
    "soft_margin_loss",
    "softplus",
}
DERIVATIVES = ("_backward", "_backward_data", "_make_dual", "_fw_primal")  # ends of names that autograd alone needs


CALL = OpOverload.__call__  # before rules have it watched, which would look at every operation twice
PROBE = torch.ops.aten.empty.memory_format  # an operation that does nothing


class Dispatched(TorchDispatchMode):
    """Inside the block, every operation of this thread is looked up before it is done.

    Args:
        ruled_out: the rule that each operation breaks, by its name; see `operations`.
        report: is told the rule and the full name, and raises. The rule is None where operations were kept from it.
        remembers: whether an operation that broke no rule once never will inside of the block.
    """

    def __init__(
        self,
        ruled_out: Callable[[str], int | None],
        report: Callable[[int | None, str], None],
        *,
        remembers: bool = True,
    ) -> None:
        super().__init__()
        self._ruled_out = ruled_out
        self._report = report
        self._remembers = remembers
        self._harmless: set[Any] = set()  # operations that break no rule, each looked up once
        self._has_seen = False

    def __enter__(self) -> Self:
        """Begin to look, and make sure that there is something to see."""
        super().__enter__()
        LOOKING.modes.append(self)
        try:
            self._look_for_itself()
        except BaseException:
            self._leave(None, None, None)
            raise
        return self

    def __exit__(self, *problem: Any) -> None:
        """End to look, if it could be done until now."""
        try:
            self._look_for_itself()
        finally:
            self._leave(*problem)

    def _leave(self, *problem: Any) -> None:
        LOOKING.modes.remove(self)
        super().__exit__(*problem)

    def _look_for_itself(self) -> None:
        """Report unless an operation that is done now is seen."""
        self._has_seen = False
        CALL(PROBE, [0])
        if not self._has_seen:
            self._report(None, "torch._C._DisableTorchDispatch")

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Not to be wrapped for torch's compiler, which is switched off and would be imported for that: two seconds."""
        return False

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Look an operation up and do it."""
        self._has_seen = True
        if function not in self._harmless:
            name = function.name().rpartition("::")[2].partition(".")[0]
            rule = self._ruled_out(name)
            if rule is not None:
                self._report(rule, f"torch.ops.aten.{name}")
            if self._remembers:
                self._harmless.add(function)
        return CALL(function, *args, **(kwargs or {}))


def operations(names: Sequence[str], spellings: Callable[[str], Sequence[str]]) -> Callable[[str], bool]:
    """Whether an operation's name is ruled out by the names of a rule.

    Args:
        spellings: torch's versions of a word.
    """
    known: set[str] = set()
    for name in names:
        if "." not in name:
            known.update(spellings(name), SAME.get(name, ()))
    for function, parts in MADE_OF.items():
        if function not in names:
            known -= parts
    if "torch.nn" in names:
        known |= LAYERS
    ends = DERIVATIVES if "autograd" in names else ()

    def matches(operation: str) -> bool:
        return operation in known or operation.endswith(ends)

    return matches


def is_small(values: Any) -> bool:
    """Whether the tensors among some values are small enough to look at what is done with them."""
    entries = 0
    for _, leaf in leaves(values):
        if isinstance(leaf, torch.Tensor):
            entries += leaf.numel()
    return entries <= MOST_ENTRIES
