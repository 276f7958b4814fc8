"""Forward and backward in one request: what autograd makes of the student's functions.

torch is imported by whoever calls this: a guest without torch never does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from grader.boundary.guest.refused import Refused
from grader.boundary.guest.tensors import mapped
from grader.boundary.replies import float_tensors


def gradients(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: dict[str, Any],
    weights: Sequence[Any] | None,
    modules: Sequence[Any],
    kept: Sequence[Any],
) -> tuple[Any, list[Any], list[dict[str, Any]]]:
    """The result, and the gradients of the weighted sum of its float tensors.

    By each float tensor in `args`, which are copied first, but none inside of what is `kept` here
    and came as a handle; and by each trained parameter of each of `modules`. In an exercise that
    forbids automatic differentiation nothing can be differentiated: a gradient that there would be
    is nan.
    """
    import torch

    leaves: list[Any] = []

    def leaf(item: Any) -> Any:
        if not (isinstance(item, torch.Tensor) and item.is_floating_point()):
            return item
        leaves.append(item.detach().clone().requires_grad_())
        return leaves[-1]

    result = function(*mapped(list(args), leaf, kept), **kwargs)
    total = _weighted_sum(list(float_tensors(result)), weights)
    trained = [
        {name: p for name, p in module.named_parameters() if p.requires_grad} for module in modules
    ]
    parameters = [p for named in trained for p in named.values()]
    wanted = leaves + parameters
    found: list[Any] = [None] * len(wanted)
    if total is not None and wanted:
        try:
            found = list(torch.autograd.grad(total, wanted, allow_unused=True))
        except Refused:  # the exercise forbids it, to us too: there would be one, unknown here
            found = [torch.full_like(tensor, math.nan) for tensor in wanted]
    by_parameter = iter(found[len(leaves) :])
    return (
        result,
        found[: len(leaves)],
        [{name: _dense(next(by_parameter), p) for name, p in named.items()} for named in trained],
    )


def _weighted_sum(outputs: Sequence[Any], weights: Sequence[Any] | None) -> Any:
    """None where nothing in it depends on anything."""
    import torch

    if weights is None:
        if [output.numel() for output in outputs] != [1]:
            raise ValueError("the result is not a single number of a float tensor")
        weights = [torch.ones_like(outputs[0])]
    if len(outputs) != len(weights):
        raise ValueError(f"{len(outputs)} float tensors came back, not {len(weights)}")
    pairs = [(o, w) for o, w in zip(outputs, weights, strict=True) if w is not None]
    for output, weight in pairs:
        if output.shape != weight.shape:
            raise ValueError(f"a tensor of shape {tuple(output.shape)} came back")
    # a sum, because grad with grad_outputs would import half a second's worth of modules
    parts = [(output * weight).sum() for output, weight in pairs if output.requires_grad]
    return sum(parts) if parts else None


def _dense(gradient: Any, parameter: Any) -> Any:
    """An embedding's may be sparse; of what does not count the gradient is zero."""
    import torch

    return torch.zeros_like(parameter) if gradient is None else gradient.to_dense()
