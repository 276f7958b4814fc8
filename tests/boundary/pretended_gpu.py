"""The launcher on a machine whose torch says that it has a GPU, and computes on the CPU all the same.

Started by `ForkLauncher` in place of `grader.boundary.guest.launcher`.
"""

import torch

from grader.boundary.guest import launcher

NAME = "Pretended GPU"
# What has been asked of CUDA in this process, for student code to look at.
asked = []


def patched(real):
    """`to` of a kind, which goes to the CPU in place of CUDA."""

    def to(value, device, *more, **options):
        if device != "cuda":
            return real(value, device, *more, **options)
        asked.append(f"{type(value).__name__} to {device}")
        return real(value, "cpu")

    return to


def main():
    """Pretend, and be the launcher."""
    torch.cuda.is_available = lambda: True
    torch.cuda.get_device_name = lambda: NAME
    torch.cuda.set_per_process_memory_fraction = lambda share: asked.append(f"share {share}")
    for kind in (torch.Tensor, torch.nn.Module):
        kind.to = patched(kind.to)
    torch.nn.Module.asked = property(lambda _: list(asked))
    launcher.main()
    assert not asked, "a device was used before a fork"


if __name__ == "__main__":
    main()
