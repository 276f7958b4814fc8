"""`grader doctor`: what this machine can enforce, each line found by trying it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

from grader.boundary.devices import found
from grader.boundary.endings import Ending
from grader.boundary.guests import Guests
from grader.boundary.launchers import ForkLauncher
from grader.boundary.requirements import lacking
from grader.boundary.submitted import Rules, Submitted
from grader.course.assignment import Limits
from grader.course.families import FAMILIES
from grader.errors import PlatformError

MIN_PYTHON = (3, 11)


@dataclass(frozen=True)
class Probe:
    """One line: what was looked at, whether it is there, and the detail."""

    topic: str  # a key of `doctor.` in the locale
    ok: bool
    detail: str


def examine() -> list[Probe]:
    """Look at everything. A probe that fails is a line of its own, not an error."""
    probes = [
        Probe("python", sys.version_info >= MIN_PYTHON, platform.python_version()),
        Probe("system", sys.platform == "linux", f"{platform.system()} {platform.release()}"),
        *(_library(name) for name in ("numpy", "torch", "pytest")),
        Probe("cores", True, str(os.cpu_count())),
        _device(),
        Probe("gpus", True, ", ".join(found()) or "-"),
    ]
    if sys.platform == "linux":
        probes += [*_boundary(), *_families()]
    return probes


def _library(name: str) -> Probe:
    try:
        return Probe(name, True, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Probe(name, False, f"pip install {name}")


def _device() -> Probe:
    try:
        import torch
    except ImportError:
        return Probe("device", False, "-")
    available = torch.cuda.is_available()
    return Probe("device", True, torch.cuda.get_device_name(0) if available else "cpu")


def _boundary() -> list[Probe]:
    """Open a real guest, ask it which layers it has, and try what each must stop."""
    launcher = ForkLauncher(())
    submitted = Submitted("probe", {"acts.py": ACTS})
    guests = Guests(launcher, submitted, Limits(memory_mb=256))
    try:
        guests.open()
        survey = guests.survey
        probes = [Probe(f"layer_{name}", True, "") for name in survey.layers]
        probes += [Probe(f"layer_{name}", False, why) for name, why in survey.missing.items()]
        probes += [Probe(f"protection_{name}", False, "") for name in lacking(survey.layers)]
        probes += [_try(guests, act, expected) for act, expected in _PROBES.items()]
        guests.close()
    except PlatformError as error:
        return [Probe("boundary", False, str(error))]
    finally:
        launcher.close()
    return probes


def _families() -> list[Probe]:
    """What homework may forbid, each as a launcher proves it before it grades: alone."""
    launcher = ForkLauncher(("numpy", "torch"))
    refusing, others = [], []
    try:
        for name in FAMILIES:
            try:
                launcher.open(Limits(), Rules("probe", (name,))).end()
            except PlatformError as error:
                others.append(Probe("families", False, f"{name}: {error}"))
                if error.code != "error.still_works":
                    break  # nor can any other be tried
            else:
                refusing.append(name)
    finally:
        launcher.close()
    return [Probe("families", True, ", ".join(refusing)), *others] if refusing else others


def _try(guests: Guests, act: str, expected: Callable[[object], bool]) -> Probe:
    guests.begin_check(2.0)
    try:
        guests.import_module("acts")
        answer = guests.request("call", "acts", act, (), {})[1]
    except Ending as ending:
        answer = ending.outcome
    return Probe(f"probe_{act}", expected(answer), str(answer))


# The forbidden acts, as a student could write them.
ACTS = b"""
import os

def secrets():
    own = ("HOME", "TMPDIR", "LANG", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    own += ("CUDA_VISIBLE_DEVICES",)
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
