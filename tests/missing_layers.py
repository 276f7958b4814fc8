"""Run a command as on a machine that lacks some layers.

    python -m tests.missing_layers landlock namespaces -- grader doctor

The kernel itself refuses, by a filter of system calls that the command inherits; nothing of the
product is replaced.
"""

import errno
import os
import struct
import sys

from grader.boundary.guest import kernel, numbers, seccomp

REFUSES = {
    "landlock": (errno.ENOSYS, ["landlock_create_ruleset"]),
    "namespaces": (errno.EPERM, ["unshare", "mount"]),
    "pidfd": (errno.ENOSYS, ["pidfd_open"]),
    "own_user": (errno.EPERM, ["setresuid"]),
    "tree_kill": (errno.EPERM, ["prctl:36"]),
    "system_call_filter": (errno.EINVAL, ["prctl:22"]),
    "resource_limits": (errno.EPERM, ["prlimit64:RLIMIT_DATA"]),
}
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_RESOURCE_DATA = 2


def program(layers):
    """Instructions that refuse what these layers need."""
    code = [(_LOAD, 0, 0, 0)]
    for layer in layers:
        refusal, calls = REFUSES[layer]
        for call in calls:
            name, _, argument = call.partition(":")
            number = 444 if name.startswith("landlock") else numbers.of(name, kernel.MACHINE)
            answer = (_RETURN, 0, 0, _ERRNO | refusal)
            if not argument:
                code += [(_EQUAL, 0, 1, number), answer]
                continue
            index, value = (1, _RESOURCE_DATA) if name == "prlimit64" else (0, int(argument))
            test = [(_LOAD, 0, 0, 16 + 8 * index), (_EQUAL, 0, 1, value), answer]
            code += [(_EQUAL, 0, len(test) + 1, number), *test, (_LOAD, 0, 0, 0)]
    return [*code, (_RETURN, 0, 0, _ALLOW)]


def main():
    """Refuse, then become the command."""
    middle = sys.argv.index("--")
    code = b"".join(struct.pack("=HBBI", *line) for line in program(sys.argv[1:middle]))
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install(code)
    command = sys.argv[middle + 1 :]
    os.environ.pop("PYTHONPATH", None)  # it was for this module
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
