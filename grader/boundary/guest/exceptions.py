"""An exception of the student's as plain data."""

from __future__ import annotations

import traceback
from typing import Any

MAX_TEXT = 4000
MAX_FRAMES = 20


def describe(error: BaseException, package: str) -> dict[str, Any]:
    """An exception as plain data: its type, its builtin bases, its text, where it was raised."""
    kind = type(error)
    bases = [base.__name__ for base in kind.__mro__ if base.__module__ == "builtins"]
    try:
        text = str(error)[:MAX_TEXT]
    except BaseException:
        text = ""
    frames = [
        (frame.filename, frame.lineno or 0, frame.name, (frame.line or "")[:200])
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(f"{package}/")
    ][-MAX_FRAMES:]
    if isinstance(error, SyntaxError) and error.filename:
        frames = [(error.filename, error.lineno or 0, "", (error.text or "").strip()[:200])]
        text = str(error.msg)[:MAX_TEXT]
    out_of_memory = isinstance(error, MemoryError) or "can't allocate memory" in text
    return {
        "type": kind.__name__[:100],
        "bases": [] if out_of_memory and kind is RuntimeError else bases,
        "text": text,
        "frames": frames,
        "memory": out_of_memory,
    }
