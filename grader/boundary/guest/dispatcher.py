"""Operators that refuse: their kernels are replaced in torch's dispatcher."""

from __future__ import annotations

import ctypes
import re
import sys
import warnings
from collections.abc import Iterable
from typing import Any, NoReturn

from grader.boundary.guest.code import functions_of, replace
from grader.boundary.guest.refused import Refuse


class Dispatcher:
    """torch's dispatcher, as far as kernels are replaced in it."""

    def __init__(self, refuse: Refuse) -> None:
        import torch

        self._torch, self._refuse = torch, refuse
        self._libraries: dict[str, Any] = {}
        self._overloads: dict[str, list[str]] = {}
        for name in torch._C._dispatch_get_all_op_names():
            self._overloads.setdefault(name.partition(".")[0], []).append(name)

    def refuse(self, rule: str, names: Iterable[str]) -> None:
        """Operators of the namespace aten, and the library's Python twins of them.

        An older or newer torch may lack some: what is not there needs no refusing.
        """
        for name in names:
            for overload in self._overloads.get(f"aten::{name}", ()):
                self._replace(overload, rule, _public_name(name))
        own = set(names)
        for module in _TWINS:
            for function in functions_of(sys.modules.get(module)):
                if function.__name__ in own:
                    replace(function, rule, f"{module}.{function.__name__}", self._refuse)

    def refuse_namespaces(self, namespaces: Iterable[str]) -> None:
        """Every operator in them."""
        for name, overloads in self._overloads.items():
            space, _, base = name.partition("::")
            if space in namespaces:
                for overload in overloads:
                    self._replace(overload, "", f"torch.ops.{space}.{base}")

    def _replace(self, overload: str, rule: str, name: str) -> None:
        space, _, own = overload.partition("::")
        library = self._libraries.get(space)
        if library is None:
            library = self._torch._C._dispatch_library("IMPL", space, "")
            self._libraries[space] = library
            # destroyed with the process alone: its end would give the old kernels back
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(library))
        refuse = self._refuse

        def kernel(*_: Any, **__: Any) -> NoReturn:
            refuse(rule, name)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a kernel is replaced is what we are here for
            for key in _keys(self._torch._C._dispatch_dump(overload), forward=rule == "autograd"):
                library.impl(own, key, kernel)


# Where torch writes operators in Python once more, in other operators.
_TWINS = (
    *("torch._refs", "torch._refs.nn.functional", "torch._refs.special"),
    *("torch._decomp.decompositions", "torch._decomp.decompositions_for_jvp"),
)
# Keys that hand on to one below, compute nothing, or belong to a device that no guest has.
_PASSING_ON = re.compile(
    "Tracer|Autocast|FuncTorch(VmapMode|DynamicLayer)|ADInplaceOrView|Python|Functionalize"
    "|PreDispatch|Meta|(FuncTorch)?Batched$|ZeroTensor|Conjugate|Negative|CUDA|HPU|MPS|XPU|MTIA|HIP"
    "|Vulkan|PrivateUse|^Autograd(?!NestedTensor)"
)
_NO_KEYS = {"name", "schema", "debug", "alias analysis kind", "catchall"}


def _keys(dump: str, *, forward: bool) -> list[str]:
    """The dispatch keys at which an operator computes; `forward`: also that of its derivative."""
    found = []
    for line in dump.splitlines():
        key, is_key, _ = line.partition(": ")
        key = key.replace("[alias]", "").replace(" (inactive)", "")
        if not is_key or key in _NO_KEYS or not key.isidentifier():
            continue
        if not _PASSING_ON.search(key) or (forward and key == "Autograd"):
            found.append(key)
    return list(dict.fromkeys(found)) or ["CompositeImplicitAutograd"]


def _public_name(operator: str) -> str:
    """What people call an operator: "torch.lstm", "torch.nn.functional.silu", ".sigmoid_"."""
    import torch

    if hasattr(torch, operator):
        return f"torch.{operator}"
    if hasattr(torch.nn.functional, operator):
        return f"torch.nn.functional.{operator}"
    if hasattr(torch.Tensor, operator):
        return f".{operator}"
    return f"torch.ops.aten.{operator}"


def remove_static_runtime(refuse: Refuse) -> None:
    """What runs operators past the dispatcher; nobody else holds these objects."""
    import torch

    def runtime(*_: Any, **__: Any) -> NoReturn:
        refuse("", "torch._C")

    for name in ("_jit_to_static_module", "_fuse_to_static_module", "StaticModule", "_te"):
        if hasattr(torch._C, name):
            setattr(torch._C, name, runtime)
    for name in [name for name in sys.modules if name.startswith("torch._C._te")]:
        del sys.modules[name]
