"""The peers' way: the submission imported into the process that holds the checks.

A pytest plugin with a `student` fixture that is the package itself. `BENCH_PACKAGE` names the
folder that holds the package.
"""

from __future__ import annotations

import copy
import importlib
import os
import random
import sys
from typing import Any

import pytest


class Student:
    """The package, with the helpers that a check may call."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __getattr__(self, name: str) -> Any:
        return importlib.import_module(f"{self._package}.{name}")

    def with_arguments(self, function: Any, *args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        args = copy.deepcopy(args)
        return function(*args, **kwargs), list(args)

    def map(self, function: Any, calls: list[tuple[Any, ...]]) -> list[Any]:
        return [function(*copy.deepcopy(args)) for args in calls]

    def generators(self, seed: int | None = None) -> str:
        import numpy as np
        import torch

        if seed is not None:
            random.seed(seed)
            np.random.seed(seed)
            torch.manual_seed(seed)
        return repr((random.getstate(), np.random.get_state(), torch.get_rng_state().tolist()))


@pytest.fixture
def student() -> Student:
    """The submission in this very process."""
    folder, package = os.environ["BENCH_PACKAGE"].rsplit("/", 1)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return Student(package)
