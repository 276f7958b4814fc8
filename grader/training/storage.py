"""Models and checkpoints on the disk: tensors and plain data, and nothing that could run.

A file is replaced in one move, so that there is always a whole one. It may come from another
person: `weights_only` unpickles tensors and plain data and refuses everything else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from grader.errors import PlatformError, UsageError

CHECKPOINT, MODEL = "checkpoint.pt", "model.pt"


def save(path: Path, content: dict[str, Any]) -> None:
    """Write `content`, whole or not at all. Raises `PlatformError`."""
    half = path.with_suffix(".part")
    try:
        with half.open("wb") as file:  # given a path, torch would not say why it cannot write
            torch.save(content, file)
        half.replace(path)
    except (OSError, RuntimeError) as error:
        half.unlink(missing_ok=True)
        # after an OSError torch still ends its archive, which raises a RuntimeError
        real = error if isinstance(error, OSError) else error.__context__
        reason = getattr(real, "strerror", None) or error
        raise PlatformError("error.cannot_write", file=path, reason=reason) from error


def load(path: Path, assignment: str) -> dict[str, Any]:
    """Read what `save` wrote of this assignment, onto the CPU. Raises `UsageError`."""
    if not path.is_file():
        raise UsageError("error.train_no_file", file=path)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        # a torn zip, a pickle that is refused, text: torch has a different error for each
        reason = type(error).__name__
        raise UsageError("error.train_damaged", file=path, reason=reason) from None
    if not isinstance(content, dict) or "assignment" not in content:
        raise UsageError("error.train_damaged", file=path, reason=type(content).__name__)
    if content["assignment"] != assignment:
        raise UsageError("error.train_other", file=path, found=str(content["assignment"]))
    return content
