"""Ways to keep torch from telling what looks at operations about them: each loses, and correct work knows none."""

from __future__ import annotations

import dataclasses

import pytest

from autograder.model import Result, Rule
from autograder.plan import Plan

TOP = """
import torch
name = "".join(reversed("lumcdda"))
overload = getattr(torch.ops.aten, name).default
one = torch.ones(())
{more}

def hidden(x):
    return overload._op(x, x, one)
"""
KEYS = "K = torch._C.DispatchKey\n"
ATTACKS = {
    "no modes": 'with getattr(torch.utils._python_dispatch, "_disable_current" + "_modes")(): return hidden(x)',
    "one mode less": 'with getattr(torch.utils._python_dispatch, "_pop_mode_" + "temporarily")(): return hidden(x)',
    "one mode less for a while": """
mode = getattr(torch._C, "_pop_torch_dispatch" + "_stack")(None)
z = hidden(x)
torch.utils._python_dispatch._push_mode(mode)
return z""",
    "through a library": """
from torch._subclasses.fake_tensor import unset_fake_temporarily as unset
with unset(): return hidden(x)""",
    "a guard": 'guard = getattr(torch._C, "_Disable" + "TorchDispatch")()\nz = hidden(x)\ndel guard\nreturn z',
    "a guard under another name": """
from torch.utils import _mode_utils
with vars(_mode_utils)["no_" + "dispatch"](): return hidden(x)""",
    "a key left out": f"""
{KEYS}with getattr(torch._C, "_Exclude" + "DispatchKeyGuard")(torch._C.DispatchKeySet(K.Python)): return hidden(x)""",
    "a key left out by a switch": f"""
{KEYS}switch = getattr(torch._C, "_dispatch_tls_set_dispatch" + "_key_excluded")
switch(K.Python, True)
z = hidden(x)
switch(K.Python, False)
return z""",
    "below the keys": f'{KEYS}return getattr(overload, "redis" + "patch")(torch._C.DispatchKeySet(K.CPU), x, x, one)',
    "below, by its handle": f"""
{KEYS}return getattr(overload._handle, "redispatch" + "_boxed")(torch._C.DispatchKeySet(K.CPU), x, x, one)""",
    "its kernel": f'{KEYS}return getattr(overload, "_op" + "_dk")(K.CPU, x, x, one)',
    "its kernel from the library": f"""
import torch.library as library
{KEYS}kernel = getattr(library, "get_" + "kernel")(overload, "CPU")
return kernel.call_boxed(torch._C.DispatchKeySet(K.CPU), x, x, one)""",
    "as the engine does": """
from importlib import import_module
with import_module("auto" + "grader.hosting").unseen(): return hidden(x)""",
    "while something is printed": """
class Printed(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        done.append(hidden(x))
        return super().__torch_function__(function, types, args, kwargs or {})
done = []
repr(x.as_subclass(Printed))
return done[-1]""",
}
AT_LOAD = {
    "a guard": 'guard = getattr(torch._C, "_Disable" + "TorchDispatch")()',
    "a key left out": """
switch = getattr(torch._C, "_dispatch_tls_set_dispatch_key_" + "excluded")
switch(torch._C.DispatchKey.Python, True)""",
}
HARMLESS = {
    "prints": "print(x, repr(x.float()))\nreturn x + x",
    "copies": "import copy\nreturn x + copy.deepcopy(x)",
    "saves": "import io\nfile = io.BytesIO()\ntorch.save(x, file)\nfile.seek(0)\nreturn x + torch.load(file)",
    "maps": "return torch.vmap(lambda z: z + z)(x)",
    "has a device": 'with torch.device("cpu"): return x + x',
    "infers": "with torch.inference_mode(): return x + x",
    "compares": "torch.testing.assert_close(x, x)\nreturn x + x",
    "compiles": "return torch.compile(lambda z: z + z)(x)",
    "prints in a thread": """
import threading
thread = threading.Thread(target=print, args=(x,))
thread.start()
thread.join()
return x + x""",
    "has a mode of its own": """
from torch.utils._python_dispatch import TorchDispatchMode
class Counting(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        return function(*args, **(kwargs or {}))
with Counting(): return x + x""",
}


def graded(submit, text, plan: Plan, double: str, *, more: str = "") -> Result:
    """A submission in an assignment that rules a sum of products out."""
    rules = (Rule(("addcmul",), "Add it up."),)
    top = TOP.format(more=more).strip()
    ruled = dataclasses.replace(plan, assignment=dataclasses.replace(plan.assignment, rules=rules))
    return submit(text(double.strip(), top=top), plan=ruled)


def test_the_operation_itself_is_seen(submit, text, plan: Plan):
    """Nothing but what torch dispatches tells of it."""
    assert "torch.ops.aten.addcmul" in graded(submit, text, plan, "return hidden(x)").checks[0].message


@pytest.mark.parametrize("double", ATTACKS.values(), ids=ATTACKS)
def test_nobody_is_blinded(submit, text, plan: Plan, double: str):
    """What takes the sight of operations away is ruled out itself, whoever does it."""
    assert graded(submit, text, plan, double).checks[0].outcome == "forbidden"


@pytest.mark.parametrize("more", AT_LOAD.values(), ids=AT_LOAD)
def test_nobody_is_blinded_from_the_start(submit, text, plan: Plan, more: str):
    """While the file loads no rule is in force; what looks at a call later makes sure that it sees."""
    assert graded(submit, text, plan, "return hidden(x)", more=more).checks[0].outcome == "forbidden"


@pytest.mark.parametrize("double", HARMLESS.values(), ids=HARMLESS)
def test_what_torch_does_for_itself_is_not_accused(submit, text, plan: Plan, double: str):
    """Printing takes all modes away, and every mode that ends takes itself away."""
    assert graded(submit, text, plan, double).checks[0].outcome == "passed"
