"""Whose code a frame runs: the student's, a library's, or nobody knows whose.

A file name is what code says of itself: good enough to show somebody the line.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from grader.boundary.guest.layers import LIBRARIES

_STANDARD = (sysconfig.get_path("stdlib") + os.sep, "<frozen ")
_INSTALLED = tuple(f"{os.sep}{name}{os.sep}" for name in LIBRARIES)
_OWN = str(Path(__file__).parent.parent) + os.sep  # grader/boundary/


def nearest(package: str, frame: FrameType | None) -> tuple[str, int, bool] | None:
    """File and line of the student's nearest frame from `frame` outwards, and whether it is sure.

    Where there is none, in a thread or under code that says it is of no file, it is that of the
    main thread and not sure; ("", 0, False) where there is none either. None where nobody but
    libraries and ourselves is at work.
    """
    unknown = threading.current_thread() is not threading.main_thread()
    for outer in _outwards(frame):
        file = outer.f_code.co_filename
        if file.startswith(f"{package}/"):
            return file.removeprefix(f"{package}/"), outer.f_lineno, True
        unknown |= not (_is_installed(file) or file.startswith((*_STANDARD, _OWN)))
    if not unknown:
        return None
    main = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001
    for outer in _outwards(main):
        file = outer.f_code.co_filename
        if file.startswith(f"{package}/"):
            return file.removeprefix(f"{package}/"), outer.f_lineno, False
    return "", 0, False


def is_students(package: str, frame: FrameType) -> bool:
    """Whether a frame is no library's, nor that of a function which stands in for a student's."""
    file = frame.f_code.co_filename
    return not (_is_installed(file) or file.startswith((*_STANDARD, _OWN, f"_{package}/")))


def is_asked_by_student(package: str, frame: FrameType | None) -> bool:
    """Whether the nearest frame that is not the standard library's is a student's."""
    for outer in _outwards(frame):
        file = outer.f_code.co_filename
        if _is_installed(file) or not file.startswith(_STANDARD):
            return is_students(package, outer)
    return False


def _is_installed(file: str) -> bool:
    return any(folder in file for folder in _INSTALLED)


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
