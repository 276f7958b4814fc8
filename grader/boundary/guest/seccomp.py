"""The system-call filter: what a guest may ask of the kernel, and what it hears otherwise.

An allow-list, as a program for the kernel's own small machine (seccomp(2), classic BPF). A call
that is not named fails with ENOSYS, as on an older kernel: libraries know how to live with that.
A call of another architecture's table (`int 0x80`, x32) kills, since the numbers mean other
calls there. The kernel's Documentation/userspace-api/seccomp_filter.rst is the source.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterable, Iterator
from functools import cache

from grader.boundary.guest import kernel, numbers

# fmt: off
ALLOWED = (  # noqa: SIM905 - a word a call reads best
    # open files, and files that Landlock lets it open
    "read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 close close_range "
    "open openat openat2 lseek dup dup2 dup3 flock fsync fdatasync ftruncate truncate fallocate "
    "stat lstat fstat newfstatat statx statfs fstatfs access faccessat faccessat2 readlink "
    "readlinkat getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat "
    "rename renameat renameat2 link linkat symlink symlinkat umask sendfile copy_file_range "
    "fadvise64 "
    # memory, within RLIMIT_DATA
    "brk munmap mprotect mremap madvise mincore membarrier msync "
    # waiting, and threads among themselves
    "poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait "
    "epoll_pwait2 eventfd eventfd2 pipe pipe2 futex futex_waitv "
    # time; an alarm rings for oneself
    "clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getitimer "
    "setitimer alarm "
    # questions about oneself and the machine
    "getpid getppid gettid getuid geteuid getgid getegid getgroups getresuid getresgid getpgrp "
    "getpgid getsid getrlimit getrusage sysinfo uname getcpu getpriority sched_getaffinity "
    "sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min sched_yield "
    "capget getrandom "
    # what every thread of the C library does at its start and end
    "set_tid_address set_robust_list get_robust_list rseq arch_prctl exit exit_group "
    "restart_syscall "
    # handlers of one's own signals
    "rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait "
    "sigaltstack pause "
    # the wire, which is there already
    "recvfrom shutdown getsockopt getsockname getpeername"
).split()

PRETENDED = (  # noqa: SIM905
    # owners, modes and times: Landlock does not watch them, and `shutil.copy` gives up when they
    # fail; so they succeed, and nothing happens
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat"
).split()

REFUSED = (  # noqa: SIM905 - "Operation not permitted" rather than "Function not implemented"
    # other programs and processes
    "fork vfork execve execveat ptrace process_vm_readv process_vm_writev "
    "pidfd_open pidfd_getfd pidfd_send_signal tkill "
    # the network, and descriptors by message
    "socket connect bind listen accept accept4 sendmsg sendmmsg recvmsg setsockopt "
    # memory outside RLIMIT_DATA, and what would outlive the process
    "memfd_create memfd_secret shmget shmat shmctl semget semop mq_open msgget "
    "keyctl add_key request_key "
    # the layers themselves
    "unshare setns mount umount2 pivot_root chroot setuid setgid setreuid setregid setresuid "
    "setresgid setgroups setpgid setsid setrlimit "
    # a larger share of the machine
    "setpriority sched_setscheduler sched_setparam sched_setattr sched_setaffinity ioprio_set "
    # names in the file system that are no files, and notes on those that are
    "mknod mknodat setxattr lsetxattr fsetxattr inotify_init1 "
    # large doors into the kernel
    "io_uring_setup userfaultfd bpf perf_event_open"
).split()
# fmt: on

# One test: the argument's low 32 bits, cut by a mask, are this value. `HIGH` tests the upper half.
Test = tuple[int, int, int]
HIGH = 8
ANY = 0xFFFFFFFF

MAP_SHARED, MAP_ANONYMOUS, MAP_GROWSDOWN = 0x01, 0x20, 0x100
CLONE_THREAD, CLONE_NEW = 0x10000, 0x7E020080
AF_UNIX = 1
F_COMMANDS = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1031, 1032, 1033, 1034)  # no signal, no lease
IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS, TIOCGWINSZ, FIONREAD, ...
PRCTLS = (3, 15, 16, 21, 23, 39, 0x53564D41)  # get, and names of threads and of memory


def checked(
    pid: int, requests: Iterable[tuple[int, int]] = ()
) -> dict[str, tuple[int, list[list[Test]]]]:
    """Calls whose arguments decide: name -> (errno, alternatives; all tests of one must hold).

    `requests`: of ioctl, beside those that every guest may send, by mask and value.
    """
    return {
        # memory that processes share, and a stack that grows by itself, are outside RLIMIT_DATA
        "mmap": (
            errno.EPERM,
            [[(3, MAP_SHARED | MAP_GROWSDOWN, 0)], [(3, MAP_ANONYMOUS | MAP_GROWSDOWN, 0)]],
        ),
        # threads, no processes
        "clone": (errno.EPERM, [[(0, CLONE_THREAD | CLONE_NEW, CLONE_THREAD)]]),
        # F_SETOWN and F_SETSIG would let the kernel send signals to others
        "fcntl": (errno.EPERM, [[(1, ANY, command)] for command in F_COMMANDS]),
        "ioctl": (
            errno.ENOTTY,
            [[(1, mask, value)] for mask, value in (*((ANY, one) for one in IOCTLS), *requests)],
        ),
        # not PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER
        "prctl": (errno.EPERM, [[(0, ANY, option)] for option in PRCTLS]),
        # own limits may be read
        "prlimit64": (errno.EPERM, [[(2, ANY, 0), (2 + HIGH, ANY, 0)]]),
        # signals to oneself only
        **{
            name: (errno.EPERM, [[(0, ANY, pid)]])
            for name in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo")
        },
        # on a connected socket; an address would be another's
        "sendto": (errno.EPERM, [[(4, ANY, 0), (4 + HIGH, ANY, 0)]]),
        "socketpair": (errno.EPERM, [[(0, ANY, AF_UNIX)]]),
    }


# Instructions of classic BPF (linux/bpf_common.h) and the filter's answers (linux/seccomp.h).
_LOAD, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant


def restrict(requests: tuple[tuple[int, int], ...] = ()) -> None:
    """Put the filter over this thread and all it starts. Needs no_new_privs.

    `requests`: of ioctl, by mask and value, that a guest's device is asked with.

    Raises `OSError` when the kernel refuses, or knows the machine under another name.
    """
    install(code_for(os.getpid(), requests))


def code_for(pid: int, requests: tuple[tuple[int, int], ...]) -> bytes:
    """The whole filter of one process on this machine, as `install` takes it.

    Raises `OSError` where the machine is known under another name.
    """
    if kernel.MACHINE not in _AUDIT_ARCH:
        raise OSError(errno.ENOSYS, f"no table of system calls for {kernel.MACHINE}")
    return _code(requests).replace(struct.pack("I", _SOMEBODY), struct.pack("I", pid))


# Stands for a process in a filter that is made before there is one. No process has it.
_SOMEBODY = 0x5EC0_0B0D


@cache
def _code(requests: tuple[tuple[int, int], ...]) -> bytes:
    """Made once, in a launcher: its guests inherit it, and each is spared a millisecond."""
    instructions = program(kernel.MACHINE, _SOMEBODY, requests)
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)


def install(code: bytes) -> None:
    """Install a program, 8 bytes an instruction. Raises `OSError`."""
    memory = ctypes.create_string_buffer(code, len(code))
    address = ctypes.addressof(memory)
    kernel.prctl(kernel.PR_SET_SECCOMP, 2, struct.pack("HxxxxxxQ", len(code) // 8, address))


def program(machine: str, pid: int, requests: Iterable[tuple[int, int]] = ()) -> list[Instruction]:
    """The whole filter for one machine and one process."""
    answers = dict.fromkeys(ALLOWED, _ALLOW)
    answers |= dict.fromkeys(PRETENDED, _ERRNO)  # errno 0: success, and nothing done
    answers |= dict.fromkeys(REFUSED, _ERRNO | errno.EPERM)
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        code += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _KILL)]
    rules = checked(pid, requests)
    for number, name in _numbers(machine, rules):
        block = list(_block(*rules[name]))
        code += [(_EQUAL, 0, len(block), number), *block]
    for number, name in _numbers(machine, answers):
        code += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, answers[name])]
    return [*code, (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]


def _numbers(machine: str, names: Iterable[str]) -> list[tuple[int, str]]:
    pairs = [(numbers.of(name, machine), name) for name in names]
    return [(number, name) for number, name in pairs if number is not None]


def _block(refusal: int, alternatives: list[list[Test]]) -> Iterator[Instruction]:
    for tests in alternatives:
        lines: list[Instruction] = []
        left = sum(2 if mask == ANY else 3 for _, mask, _ in tests)
        for argument, mask, value in tests:
            lines.append((_LOAD, 0, 0, _offset(argument)))
            if mask != ANY:
                lines.append((_AND, 0, 0, mask))
            # past the rest of this alternative and its ALLOW, when the test fails
            lines.append((_EQUAL, 0, left - len(lines), value))
        yield from [*lines, (_RETURN, 0, 0, _ALLOW)]
    yield (_RETURN, 0, 0, _ERRNO | refusal)


def _offset(argument: int) -> int:
    """Both machines are little-endian: the low half comes first."""
    return _ARGUMENTS + 8 * (argument % HIGH) + 4 * (argument // HIGH)
