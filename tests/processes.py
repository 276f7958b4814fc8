"""Processes of this machine, as tests look at them."""

import os
import time
from pathlib import Path


def descendants(pid):
    """All processes below this one, children first."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *descendants(child)]
    return found


def alive(pid):
    """Whether the process still runs; a zombie only waits to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def left_of(pids, seconds=20):
    """Those that still run when all should have ended by themselves."""
    deadline = time.monotonic() + seconds
    while any(map(alive, pids)) and time.monotonic() < deadline:
        os.sched_yield()
    return [pid for pid in pids if alive(pid)]


def named(name):
    """The processes that call themselves so (PR_SET_NAME), wherever they live."""
    found = []
    for file in Path("/proc").glob("[0-9]*/comm"):
        try:
            if file.read_text().strip() == name:
                found.append(int(file.parent.name))
        except OSError:
            continue  # it has ended meanwhile
    return found
