"""The layers around a guest: the list of them, and the log of those in force and those missing.

`OWN_LAYERS` are what a guest puts on before any student code is imported, in this order. Each is
a function that raises `OSError` where the machine cannot do it; then its name stands under
`missing`, with the reason. Other layers are the launcher's, around all its guests (`namespaces`,
`tree_kill`, and `empty_environment` here).
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from grader.boundary.guest import identity, kernel, landlock, nvidia, seccomp

# The folders of installed libraries. Any other folder on the path is somebody's work: that of an
# editable install holds a course with its hidden checks.
LIBRARIES = ("site-packages", "dist-packages")
# Where a wheel puts the assignments that come with the grader, below the prefix that it is
# installed to: solutions and hidden checks, and the one thing there that no guest may read.
SHIPPED = "share/grader"


@dataclass(frozen=True)
class Confinement:
    """The limits of one guest. `user`: the uid it switches to, None keeps the current one.

    `device`: the file name of the GPU that it may use, "" for none.
    """

    memory_mb: int
    cpu_seconds: int
    threads: int
    scratch_mb: int
    scratch: str
    user: int | None
    device: str
    gpu_share: float  # of the device's memory


@dataclass
class Layers:
    """`in_force` in the order in which they were put on; `missing`: name -> the kernel's reason."""

    in_force: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    def attempt(self, name: str, step: Callable[[], None]) -> None:
        """Put on one layer; note how it went."""
        try:
            step()
        except (OSError, ValueError) as error:  # ValueError: what Python makes of setrlimit's EPERM
            self.missing[name] = getattr(error, "strerror", None) or str(error)
        else:
            self.in_force.append(name)

    def put_on(self, confinement: Confinement) -> None:
        """Every layer of a guest that the launcher has not found impossible already."""
        for name, step in OWN_LAYERS:
            if name not in self.missing:
                self.attempt(name, partial(step, confinement))


def empty_environment() -> None:
    """What a launcher's guests inherit in place of its own environment, but for what is theirs."""
    os.environ.clear()
    # for a library that is not warm yet: the limit of threads is not for its pool
    os.environ.update(LANG="C.UTF-8", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    os.environ.update(CUDA_VISIBLE_DEVICES="")


def _own_session(confinement: Confinement) -> None:
    # no terminal to write to, and one group to kill
    os.setsid()


def _scratch_folder(confinement: Confinement) -> None:
    os.environ.update(HOME=confinement.scratch, TMPDIR=confinement.scratch)
    if confinement.device:
        # the only one whose file it can open; what keeps it from others is not this
        os.environ.update(CUDA_VISIBLE_DEVICES="0")
    os.chdir(confinement.scratch)
    os.umask(0o077)


def _own_user(confinement: Confinement) -> None:
    if confinement.user is not None:
        identity.become(confinement.user)


def _no_capabilities(confinement: Confinement) -> None:
    identity.drop_capabilities()


def _dies_with_launcher(confinement: Confinement) -> None:
    # the kernel kills the guest when the launcher dies, however it dies; setuid would undo it
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def _resource_limits(confinement: Confinement) -> None:
    # RLIMIT_DATA, not RLIMIT_AS: torch reserves far more address space than it ever uses
    memory_mb = confinement.memory_mb + (nvidia.HOST_MB if confinement.device else 0)
    _limit(resource.RLIMIT_DATA, data_bytes() + (memory_mb << 20))
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 256)
    _limit(resource.RLIMIT_FSIZE, confinement.scratch_mb << 20)
    # behind the trusted side's deadline: a guest that nobody watches any more still ends
    _limit(resource.RLIMIT_CPU, confinement.cpu_seconds)
    if confinement.user is not None:  # counted for each user, and this one has nothing else
        _limit(resource.RLIMIT_NPROC, confinement.threads)


def _limit(what: int, most: int) -> None:
    resource.setrlimit(what, (most, most))


def _no_new_privileges(confinement: Confinement) -> None:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)


def _landlock(confinement: Confinement) -> None:
    # the interpreter and its libraries to read, the scratch folder to write, nothing else:
    # not the checks, not the reference, no other submission, no record, no home
    own = ["/proc/self", "/proc/cpuinfo", "/proc/meminfo"]
    if confinement.device:
        own.append(nvidia.SETTINGS)
    devices = nvidia.files(confinement.device)
    landlock.restrict([*readable(), *own], [confinement.scratch, "/dev/null"], devices)


def _system_call_filter(confinement: Confinement) -> None:
    seccomp.restrict(nvidia.requests(confinement.device))


OWN_LAYERS: list[tuple[str, Callable[[Confinement], None]]] = [
    ("own_session", _own_session),
    ("scratch_folder", _scratch_folder),
    ("own_user", _own_user),
    ("no_capabilities", _no_capabilities),
    ("dies_with_launcher", _dies_with_launcher),
    ("resource_limits", _resource_limits),
    ("no_new_privileges", _no_new_privileges),
    ("landlock", _landlock),
    ("system_call_filter", _system_call_filter),  # last: it forbids what the others need
]


@cache
def readable() -> list[str]:
    """What a guest may read: `places()` without the assignments that came with the grader."""
    found = places()
    for prefix in (sys.prefix, sys.base_prefix, "/usr", "/usr/local"):
        secret = Path(os.path.realpath(prefix), SHIPPED)
        if secret.exists():
            found = [part for place in found for part in _without(secret, place)]
    return found


def places() -> list[str]:
    """Where an interpreter and its libraries are, and harmless devices."""
    libraries = [path for path in sys.path if Path(path).name in LIBRARIES]
    system = ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime"]
    devices = ["/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"]
    return [sys.prefix, sys.base_prefix, *libraries, *system, *devices, "/sys/devices/system/cpu"]


def _without(secret: Path, place: str) -> list[str]:
    """`place`; where `secret` lies below it, what else is there on the way down to it."""
    real = Path(os.path.realpath(place))
    if real.is_relative_to(secret):
        return []
    if not secret.is_relative_to(real):
        return [place]
    with os.scandir(place) as entries:
        # a link that leads back up would be a second way to the secret, and a circle
        inside = [e.path for e in entries if not (e.is_symlink() and _leads_to(secret, e.path))]
    return [part for path in sorted(inside) for part in _without(secret, path)]


def _leads_to(secret: Path, path: str) -> bool:
    return secret.is_relative_to(os.path.realpath(path))


def data_bytes() -> int:
    """VmData of this process: what the libraries hold before the student's code begins."""
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmData:"):
                return int(line.split()[1]) << 10
    return 0
