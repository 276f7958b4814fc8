"""The global random generators of Python, NumPy and torch."""

from __future__ import annotations

import hashlib
import random
import sys
from typing import Any


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

    version, numbers, gauss = random.getstate()
    digest = hashlib.sha256(repr((version, gauss)).encode())
    digest.update(np.array(numbers, dtype=np.uint32))
    numpy_state = np.random.get_state(legacy=False)  # noqa: NPY002 - it is what we watch
    digest.update(repr(_plain(numpy_state)).encode())
    if of_torch:
        digest.update(torch.get_rng_state().numpy().tobytes())
        if torch.cuda.is_initialized():
            digest.update(torch.cuda.get_rng_state().numpy().tobytes())
    return digest.hexdigest()


def _plain(state: Any) -> Any:
    """With bytes for arrays: to write out their numbers takes longer than most of what we watch."""
    if isinstance(state, dict):
        return {name: _plain(part) for name, part in state.items()}
    return state.tobytes() if hasattr(state, "tobytes") else state
