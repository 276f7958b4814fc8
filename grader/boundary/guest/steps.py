"""What some families need beside operators and code: the engine, scripts, weighted draws."""

from __future__ import annotations

import ctypes
import gc
import random
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from grader.boundary.guest.code import copy, lead_to
from grader.boundary.guest.refused import Refuse

_NO_OPS = (
    "torch.ops is not available where automatic differentiation is not allowed, and neither is what"
    " needs it: torch.optim, torch.compile, torch._dynamo, torch.utils.checkpoint"
)


def _remove_engine(rule: str, refuse: Refuse) -> None:
    """Nothing can be differentiated in this process any more, by us neither."""
    import torch

    def run_backward(*_: Any, **__: Any) -> NoReturn:
        refuse(rule, "torch.autograd")

    engine = torch._C._ImperativeEngine
    base = next(kind for kind in engine.__mro__ if "run_backward" in vars(kind))
    _set(base, "run_backward", run_backward)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(engine))
    for kind in vars(torch._C._functions).values():  # the nodes of a graph, walked by hand
        if isinstance(kind, type) and "__call__" in vars(kind):
            _slot_of_call(kind).value = _slot_of_call(_Called).value
            _set(kind, "__call__", run_backward)

    def operation(name: str, *_: Any) -> NoReturn:
        # scripts have operators that no dispatcher knows: aten::grad and aten::backward
        if name in {"aten::grad", "aten::backward"}:
            refuse(rule, "torch.autograd")
        # of a RuntimeError torch makes "no such overload", which says nothing to anybody
        raise ImportError(_NO_OPS)

    for name in ("_jit_get_operation", "_get_operation_overload"):
        setattr(torch._C, name, operation)


class _Called:
    """Its slot looks for `__call__` in the type, as that of every class written in Python."""

    def __call__(self) -> None:
        """Never called."""


def _slot_of_call(kind: type) -> ctypes.c_void_p:
    """`tp_call`, the 17th word of a PyTypeObject (CPython's Include/cpython/object.h)."""
    return ctypes.c_void_p.from_address(id(kind) + 16 * ctypes.sizeof(ctypes.c_void_p))


def _set(kind: type, name: str, value: Any) -> None:
    """Set an attribute of a type that is written in C."""
    gc.get_referents(vars(kind))[0][name] = value
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))


_SCRIPTS = re.compile(
    "_jit_(script_|trace_|interpret_graph|differentiate|to_backend|get_emit_hooks|pass_)"
    "|_create_function_from|_create_object_with_type|parse_ir|_?import_ir_module|_load_jit"
    "|_load_for_lite|_load_mobile"
)
_SCRIPT_METHODS = {
    "CompilationUnit": ("__init__", "define", "create_function"),
    "ScriptModule": ("_define", "_create_method_from_trace", "_create_method_from_trace_with_dict"),
}


def _remove_scripts(rule: str, refuse: Refuse) -> None:
    """TorchScript differentiates in C++, out of reach of the engine's entry for Python."""
    import torch

    def script(*_: Any, **__: Any) -> NoReturn:
        refuse(rule, "torch.jit")

    for name in dir(torch._C):
        if _SCRIPTS.match(name):
            setattr(torch._C, name, script)
    for kind, methods in _SCRIPT_METHODS.items():
        for method in methods:
            setattr(getattr(torch._C, kind), method, script)
    for name in ("script", "trace", "load"):
        lead_to(getattr(torch.jit, name), lambda _args, _kwargs: script())


def _refuse_weights(rule: str, refuse: Refuse) -> None:
    """Draws with given probabilities; without them, libraries draw too (`tempfile`)."""

    def unweighted(
        original: Callable[..., Any], name: str, words: set[str], places: int
    ) -> Callable[..., Any]:
        def draw(*args: Any, **kwargs: Any) -> Any:
            if len(args) > places or any(kwargs.get(word) is not None for word in words):
                refuse(rule, name)
            return original(*args, **kwargs)

        return draw

    def lead(function: Any, words: set[str], places: int) -> None:
        draw = unweighted(copy(function), f"random.{function.__name__}", words, places)
        lead_to(function, lambda args, kwargs: draw(*args, **kwargs))

    lead(random.Random.choices, {"weights", "cum_weights"}, 2)  # self, population
    lead(random.Random.sample, {"counts"}, 3)
    if numpy := sys.modules.get("numpy"):
        for kind in (numpy.random.Generator, numpy.random.RandomState):
            choice = unweighted(kind.choice, "numpy.random.choice", {"p"}, 4)
            _set(kind, "choice", choice)  # self, a, size, replace
            _set(
                kind,
                "multinomial",
                unweighted(kind.multinomial, "numpy.random.multinomial", set(), 0),
            )
        for name in ("choice", "multinomial"):
            setattr(numpy.random, name, getattr(numpy.random.mtrand._rand, name))


STEPS: dict[str, Callable[[str, Refuse], None]] = {
    "engine": _remove_engine,
    "scripts": _remove_scripts,
    "weighted": _refuse_weights,
}
