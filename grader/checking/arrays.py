"""What counts as an array wherever a check's values are looked at."""

from __future__ import annotations

from typing import Any


def is_array(value: Any) -> bool:
    """Whether it is an array or a tensor; by name, since neither library need be there."""
    return type(value).__name__ in {"ndarray", "Tensor"} and hasattr(value, "shape")
