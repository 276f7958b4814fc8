"""A guest that has a GPU: it takes the device, and what checks pass to the student's code is there.

So the same check is one about the CPU and about a GPU: tensors among the arguments come to the
device, modules that stay with the student go there, and whatever comes back comes to the CPU
(`grader.boundary.wire`). torch is not imported here: a guest that has none needs no GPU.
"""

from __future__ import annotations

import sys
from typing import Any

from grader.boundary.guest.layers import Confinement, Layers

CPU = "cpu"


def take(confinement: Confinement, layers: Layers) -> str:
    """The name of the GPU that this process computes on from now; "cpu" where there is none.

    It is the first that CUDA finds: no other one's file can be opened here. Where nothing keeps
    files closed, it could be any, so it is none. The cap is that of torch's own allocator.
    """
    torch = sys.modules.get("torch")
    if not confinement.device or not {"landlock", "namespaces"} & set(layers.in_force):
        return CPU
    if torch is None or not torch.cuda.is_available():
        return CPU
    try:  # the first call that needs the device: it may be another's alone, or have no room left
        torch.cuda.set_per_process_memory_fraction(confinement.gpu_share)
    except (RuntimeError, AssertionError):
        return CPU
    # convolutions would round float32 to 10 bits otherwise, as matrix products do on request only
    torch.backends.cudnn.allow_tf32 = False
    return str(torch.cuda.get_device_name())[:100]


def placed(value: Any, device: str) -> Any:
    """`value` with its tensors and modules on `device`.

    Lists and dicts stay the same objects, since the student's code may hold one of them, too: so it
    is not `grader.boundary.guest.tensors` that goes through them.
    """
    torch = sys.modules["torch"]
    if isinstance(value, torch.Tensor | torch.nn.Module):
        return value.to(device)
    if type(value) is tuple:
        return tuple(placed(item, device) for item in value)
    if type(value) is list or type(value) is dict:
        for key in range(len(value)) if type(value) is list else value:
            value[key] = placed(value[key], device)
    return value
