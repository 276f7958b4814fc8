"""An exception of the student's as plain data."""

from __future__ import annotations

import linecache
import sys
import traceback
from typing import Any

MAX_TEXT = 4000
MAX_FRAMES = 20
# Modules that start processes, or make what several would share.
_STARTERS = ("multiprocessing", "subprocess", "concurrent.futures.process")

# By which a check ends otherwise than by an exception.
_KINDS = (SystemExit, NotImplementedError, MemoryError)


def describe(error: BaseException, package: str) -> dict[str, Any]:
    """An exception as plain data: its type, its builtin bases, its text, where it was raised.

    Nothing raises, whatever the student made of the exception: that would end the guest.
    """
    try:
        return _described(error, package)
    except BaseException:
        kind = next((kind for kind in _KINDS if issubclass(type(error), kind)), Exception)
        return {
            "type": kind.__name__,
            "bases": [kind.__name__],
            "memory": kind is MemoryError,
        }


def _described(error: BaseException, package: str) -> dict[str, Any]:
    kind = type(error)
    bases = [base.__name__ for base in kind.__mro__ if base.__module__ == "builtins"]
    try:
        text = str(error)[:MAX_TEXT]
    except BaseException:
        text = ""
    frames = [
        (frame.filename, frame.lineno or 0, frame.name, _line(frame))
        for frame in traceback.StackSummary.extract(
            traceback.walk_tb(error.__traceback__), lookup_lines=False
        )
        if frame.filename.startswith(f"{package}/")
    ][-MAX_FRAMES:]
    if isinstance(error, SyntaxError) and error.filename:
        line = error.lineno if isinstance(error.lineno, int) else 0
        frames = [(str(error.filename), line, "", str(error.text or "").strip()[:200])]
        text = str(error.msg)[:MAX_TEXT]
    out_of_memory = isinstance(error, MemoryError) or "can't allocate memory" in text
    out_of_memory |= _is_of_a_device(kind)
    return {
        "type": kind.__name__[:100],
        "bases": [] if out_of_memory and kind is RuntimeError else bases,
        "text": text,
        "frames": frames,
        "memory": out_of_memory,
        "process": _wanted_a_process(error),
        "shadowed": _shadowed(error, package),
    }


def _line(frame: traceback.FrameSummary) -> str:
    """The line of source; "" where what loaded it cannot say."""
    try:
        return (frame.line or "")[:200]
    except Exception:
        return ""


def _is_of_a_device(kind: type[BaseException]) -> bool:
    """Whether torch says with it that a GPU, or the share of it, has no memory left."""
    torch = sys.modules.get("torch")
    return torch is not None and issubclass(kind, torch.OutOfMemoryError)


def _wanted_a_process(error: BaseException) -> bool:
    """Whether the system refused what another process would need."""
    if not isinstance(error, OSError):
        return False
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__")
        if type(module) is str and module.startswith(_STARTERS):
            return True
        source = linecache.getline(frame.f_code.co_filename, line, frame.f_globals)
        if "os.fork" in source or "os.posix_spawn" in source or "os.exec" in source:
            return True
    return False


def _shadowed(error: BaseException, package: str) -> str:
    """The library that was found in place of a file of the submission's."""
    name = error.name if isinstance(error, ImportError) else None
    if not isinstance(name, str):
        return ""
    origin = getattr(getattr(sys.modules.get(name), "__spec__", None), "origin", None) or ""
    return name if name and not str(origin).startswith(f"{package}/") else ""
