"""Forward and backward in one request: what autograd makes of the student's functions.

torch is imported by whoever calls these: a guest without torch never does.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Sequence
from typing import Any


def gradients(
    function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
) -> tuple[Any, list[Any]]:
    """Value of a scalar function and its gradient in every float tensor among `args`."""
    import torch

    leaves = [_leaf(a) if _is_float(a) else a for a in args]
    value = function(*leaves, **kwargs)
    wanted = [leaf for leaf in leaves if _is_float(leaf)]
    found = iter(torch.autograd.grad(value, wanted, allow_unused=True))
    return value, [next(found) if _is_float(a) else None for a in args]


def parameter_gradients(
    module: Any, function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """Value of a module's scalar method, and its gradient in every parameter, by name."""
    import torch

    parameters = dict(module.named_parameters())
    trained = [parameter for parameter in parameters.values() if parameter.requires_grad]
    value = function(*args, **kwargs)
    found = iter(torch.autograd.grad(value, trained, allow_unused=True))
    by_name = {n: next(found) if p.requires_grad else None for n, p in parameters.items()}
    # an embedding's may be sparse
    return value, {n: None if g is None else g.to_dense() for n, g in by_name.items()}


def vjp(
    function: Callable[..., Any],
    args: Sequence[Any],
    cotangents: Sequence[Any],
    parameters: Sequence[tuple[Any, str]],
) -> tuple[Any, list[Any], list[Any]]:
    """The result, and the cotangents of its float tensors pulled back through the call."""
    import torch

    leaves: list[Any] = []

    def leaf(tensor: Any) -> Any:
        leaves.append(_leaf(tensor))
        return leaves[-1]

    outputs: list[Any] = []
    result = function(*_map_floats(list(args), leaf))
    _map_floats(result, outputs.append)
    if len(outputs) != len(cotangents):
        raise ValueError(f"{len(outputs)} float tensors came back, not {len(cotangents)}")
    for output, cotangent in zip(outputs, cotangents, strict=True):
        if output.shape != cotangent.shape:
            raise ValueError(f"a tensor of shape {tuple(output.shape)} came back")
    pairs = [(o, c) for o, c in zip(outputs, cotangents, strict=True) if o.requires_grad]
    wanted = leaves + [operator.attrgetter(path)(module) for module, path in parameters]
    found: list[Any] = [None] * len(wanted)
    if pairs:
        # a sum, because grad with grad_outputs would import half a second's worth of modules
        total = sum((output * cotangent).sum() for output, cotangent in pairs)
        found = list(torch.autograd.grad(total, wanted, allow_unused=True))
    return result, found[: len(leaves)], found[len(leaves) :]


def pullback(
    module: Any, function: Callable[..., Any], args: Sequence[Any], weights: Sequence[Any]
) -> tuple[Any, list[Any], dict[str, Any]]:
    """The result, and the gradients of the sum of its parts, each times its weights.

    By the float tensors among `args`, and by the parameters of the module that was called.
    """
    import torch

    leaves = [_leaf(a) if _is_float(a) else a for a in args]
    result = function(*leaves)
    parts = result if isinstance(result, tuple) else (result,)
    weighted = [(p * w).sum() for p, w in zip(parts, weights, strict=True) if w is not None]
    named = dict(module.named_parameters()) if isinstance(module, torch.nn.Module) else {}
    trained = {n: p for n, p in named.items() if p.requires_grad}
    wanted = [*(leaf for leaf in leaves if _is_float(leaf)), *trained.values()]
    found = iter(torch.autograd.grad(sum(weighted), wanted, materialize_grads=True))
    by_args = [next(found) if _is_float(a) else None for a in args]
    return result, by_args, dict(zip(trained, found, strict=True))


def _leaf(tensor: Any) -> Any:
    return tensor.detach().clone().requires_grad_()


def _is_float(value: Any) -> bool:
    torch = sys.modules["torch"]
    return type(value) is torch.Tensor and value.is_floating_point()


def _map_floats(value: Any, function: Callable[[Any], Any]) -> Any:
    """`value` with `function` of every float tensor in its lists, tuples and dicts, in order."""
    if isinstance(value, list | tuple):
        items = [_map_floats(item, function) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        return {key: _map_floats(item, function) for key, item in value.items()}
    torch = sys.modules["torch"]
    if isinstance(value, torch.Tensor) and value.is_floating_point():
        return function(value)
    return value
