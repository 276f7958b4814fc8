# /// attack
# title = "Settings of the kernel and of control groups"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "setting: refused"
# ///

import os

from .acts import attempt


def guess(question):
    for path in (
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/vm/overcommit_memory",
        "/proc/sysrq-trigger",
        "/proc/self/oom_score_adj",
        "/proc/self/uid_map",
        "/sys/fs/cgroup/cgroup.procs",
        "/sys/kernel/uevent_helper",
        "/sys/devices/system/cpu/cpu1/online",
    ):
        attempt("setting", lambda: os.open(path, os.O_WRONLY))
    return 1
