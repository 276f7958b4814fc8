"""The global random generators of Python, NumPy and torch."""

from __future__ import annotations

import hashlib
import random
import sys


def seed(number: int) -> None:
    """Seed the global generators of random, NumPy and torch, of those that are loaded."""
    random.seed(number)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(number)
    if torch := sys.modules.get("torch"):
        torch.default_generator.manual_seed(number)
        if torch.cuda.is_initialized():
            torch.cuda.manual_seed(number)


def states(*, of_torch: bool) -> str:
    """Digest of the states of the global generators of random, NumPy and, if asked, torch."""
    import numpy as np
    import torch

    digest = hashlib.sha256(repr(random.getstate()).encode())
    digest.update(repr(np.random.get_state(legacy=False)).encode())  # noqa: NPY002 - it is what we watch
    if of_torch:
        digest.update(torch.get_rng_state().numpy().tobytes())
        if torch.cuda.is_initialized():
            digest.update(torch.cuda.get_rng_state().numpy().tobytes())
    return digest.hexdigest()
