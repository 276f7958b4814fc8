"""`grader doctor`: what this machine can enforce, each line found by trying it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

from grader.boundary.endings import Ending
from grader.boundary.guests import Package, StudentProcess
from grader.boundary.launchers import ForkLauncher
from grader.boundary.requirements import lacking
from grader.course.assignment import Limits
from grader.errors import PlatformError

MIN_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, whether it is there, and the detail."""

    topic: str  # a key of `doctor.` in the locale
    ok: bool
    detail: str


def examine() -> list[Finding]:
    """Look at everything. Each probe that fails is a finding, not an error."""
    findings = [
        Finding("python", sys.version_info >= MIN_PYTHON, platform.python_version()),
        Finding("system", sys.platform == "linux", f"{platform.system()} {platform.release()}"),
        *(_library(name) for name in ("numpy", "torch", "pytest")),
        Finding("cores", True, str(os.cpu_count())),
        _device(),
    ]
    if sys.platform == "linux":
        findings += _boundary()
    return findings


def _library(name: str) -> Finding:
    try:
        return Finding(name, True, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding(name, False, f"pip install {name}")


def _device() -> Finding:
    try:
        import torch
    except ImportError:
        return Finding("device", False, "-")
    available = torch.cuda.is_available()
    return Finding("device", True, torch.cuda.get_device_name(0) if available else "cpu")


def _boundary() -> list[Finding]:
    """Open a real guest, ask it which layers it has, and try what each must stop."""
    launcher = ForkLauncher(())
    try:
        process = StudentProcess(
            launcher, Package("probe", {"acts.py": ACTS}), Limits(memory_mb=256)
        )
        process.open()
        findings = [Finding(f"layer_{name}", True, "") for name in process.layers]
        findings += [Finding(f"layer_{name}", False, why) for name, why in process.missing.items()]
        findings += [Finding(f"protection_{name}", False, "") for name in lacking(process.layers)]
        findings += [_probe(process, act, expected) for act, expected in _PROBES.items()]
        process.close()
    except PlatformError as error:
        return [Finding("boundary", False, str(error))]
    finally:
        launcher.close()
    return findings


def _probe(process: StudentProcess, act: str, expected: Callable[[object], bool]) -> Finding:
    process.begin_check(2.0)
    try:
        process.import_module("acts")
        answer = process.request("call", "acts", act, (), {})[1]
    except Ending as ending:
        answer = ending.outcome
    return Finding(f"probe_{act}", expected(answer), str(answer))


# The forbidden acts, as a student could write them.
ACTS = b"""
import os

def secrets():
    own = ("HOME", "TMPDIR", "LANG", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return len([name for name in os.environ if name not in own])

def descriptors():
    return len(os.listdir("/proc/self/fd")) - 1

def files():
    for path in ("/etc/passwd", "/etc/hostname", "/tmp", "/home"):
        try:
            os.listdir(path) if os.path.isdir(path) else open(path).close()
            return path
        except OSError:
            pass
    return ""

def memory():
    return len(bytearray(4 << 30))

def endless():
    while True:
        pass

def leave():
    os._exit(0)
"""

_PROBES: dict[str, Callable[[object], bool]] = {
    "secrets": lambda answer: answer == 0,
    "descriptors": lambda answer: answer == 4,  # stdin, stdout, stderr and the wire
    "files": lambda answer: answer == "",
    "memory": lambda answer: answer == "memory",
    "endless": lambda answer: answer == "timeout",
    "leave": lambda answer: answer == "crashed",
}
