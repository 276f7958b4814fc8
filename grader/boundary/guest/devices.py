"""A call on torch's meta device: does the student's code stay on the device of its input?

Tensors there have a shape, a dtype and a device, but no numbers. Where one of them meets one that
was made on the CPU by mistake, operations raise as they would between the CPU and a GPU. torch does
so for most of them; products of matrices and embeddings are watched here.
torch is imported by whoever calls this: a guest without torch never does.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from grader.boundary.guest.tensors import mapped

# Operators that a GPU too lets meet the CPU: copies, indices, the lengths of packed sequences.
_ANYWHERE = {"_to_copy", "copy_", "index", "index_put", "index_put_", "_index_put_impl_"}
_ANYWHERE |= {"_pack_padded_sequence", "_pad_packed_sequence"}


class TwoDevicesError(RuntimeError):
    """As torch's own, which is of no class of its own."""


def on_meta(
    owner: Any, name: str, args: Sequence[Any], kwargs: dict[str, Any]
) -> tuple[Any, list[str], bool]:
    """The result as zeros on the CPU, the device of each of its tensors, and True.

    The tensors in `args` and `kwargs` go to the meta device, and so do copies of the torch modules
    there; `owner` is copied too if it is one. (None, [], False) for code that reads a number, which
    no tensor there has, or fails otherwise: that says nothing about devices.
    """
    moved = _on_meta(owner)
    function: Callable[..., Any] = getattr(moved, name) if name else moved
    inputs = _on_meta(list(args)), _on_meta(kwargs)
    try:
        with _watched():
            result = function(*inputs[0], **inputs[1])
    except TwoDevicesError:
        raise
    except Exception:
        return None, [], False
    devices: list[str] = []
    return _as_zeros(result, devices), devices, True


def _watched() -> Any:
    """Operators raise where two devices meet; a tensor without axes may come from anywhere."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    class Watch(TorchDispatchMode):  # type: ignore[misc]
        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            leaves = tree_leaves((args, kwargs or {}))
            found = {t.device.type for t in leaves if isinstance(t, torch.Tensor) and t.dim()}
            name = func.overloadpacket.__name__
            if len(found) > 1 and name not in _ANYWHERE:
                raise TwoDevicesError(
                    f"{name} met tensors on two devices: one was made on the CPU, whatever the "
                    "device of the arguments is (x.device, torch.zeros_like, device=x.device)"
                )
            if name == "copy_" and args[0].device.type == "cpu" and "meta" in found:
                return args[0]  # numbers from a GPU would be there now: here there are none
            return func(*args, **(kwargs or {}))

    return Watch()


def _on_meta(value: Any) -> Any:
    import torch

    def moved(item: Any) -> Any:
        if isinstance(item, torch.nn.Module):
            return copy.deepcopy(item).to("meta")
        return item.detach().to("meta") if isinstance(item, torch.Tensor) else item

    return mapped(value, moved)


def _as_zeros(value: Any, devices: list[str]) -> Any:
    import torch

    def zeros(item: Any) -> Any:
        if not isinstance(item, torch.Tensor):
            return _on_meta(item)
        devices.append(item.device.type)
        return torch.zeros(item.shape, dtype=item.dtype)

    return mapped(value, zeros)
