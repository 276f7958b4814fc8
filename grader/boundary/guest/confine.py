"""What a forked guest does to itself before any student code is imported, in this order.

Each step is a function that returns the name of the layer it put in force, or None where the
machine cannot. The rest of the jail (system-call filter, namespaces) joins this list.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import site
import sys
from collections.abc import Callable
from dataclasses import dataclass

from grader.boundary.guest import landlock

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True)
class Confinement:
    """The limits of one guest."""

    memory_mb: int
    cpu_seconds: int
    scratch: str


def lock_down(confinement: Confinement) -> list[str]:
    """Apply every layer. Returns the names of those in force."""
    steps: list[Callable[[Confinement], str | None]] = [
        _own_session,
        _die_with_launcher,
        _empty_environment,
        _scratch_folder,
        _limit_resources,
        _no_new_privileges,
        _allow_files,
    ]
    return [layer for step in steps if (layer := step(confinement))]


def _own_session(confinement: Confinement) -> str:
    # a session of its own: no terminal to write to, and one group to kill
    os.setsid()
    return "own_session"


def _die_with_launcher(confinement: Confinement) -> str | None:
    # the kernel kills the guest when the launcher dies, however it dies
    return "dies_with_launcher" if prctl(PR_SET_PDEATHSIG, signal.SIGKILL) else None


def _empty_environment(confinement: Confinement) -> str:
    os.environ.clear()
    os.environ.update(HOME=confinement.scratch, TMPDIR=confinement.scratch, LANG="C.UTF-8")
    return "empty_environment"


def _scratch_folder(confinement: Confinement) -> str:
    os.chdir(confinement.scratch)
    os.umask(0o077)
    return "scratch_folder"


def _limit_resources(confinement: Confinement) -> str:
    # RLIMIT_DATA, not RLIMIT_AS: torch reserves far more address space than it ever uses
    data = _data_bytes() + (confinement.memory_mb << 20)
    resource.setrlimit(resource.RLIMIT_DATA, (data, data))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    resource.setrlimit(resource.RLIMIT_FSIZE, (32 << 20, 32 << 20))
    # behind the trusted side's deadline: a guest that nobody watches any more still ends
    cpu = confinement.cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    return "resource_limits"


def _no_new_privileges(confinement: Confinement) -> str | None:
    return "no_new_privileges" if prctl(PR_SET_NO_NEW_PRIVS, 1) else None


def _allow_files(confinement: Confinement) -> str | None:
    # the interpreter and its libraries to read, the scratch folder to write, nothing else:
    # not the checks, not the reference, no other submission, no record, no home
    interpreter = [sys.prefix, sys.base_prefix, *site.getsitepackages()]
    system = ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime"]
    devices = ["/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"]
    own = ["/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"]
    readable = [*interpreter, *system, *devices, *own]
    allowed = landlock.restrict(readable, [confinement.scratch, "/dev/null"])
    return "landlock" if allowed else None


def _data_bytes() -> int:
    """VmData of this process: what the libraries hold before the student's code begins."""
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmData:"):
                return int(line.split()[1]) << 10
    return 0


def prctl(option: int, value: int) -> bool:
    """Ask the kernel by the system call of this name; True when it agreed."""
    call = ctypes.CDLL(None, use_errno=True).prctl
    call.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    return bool(call(option, value, 0, 0, 0) == 0)
