"""What the kernel tells of a process and those below it."""

from __future__ import annotations

from pathlib import Path


def descendants(pid: int) -> list[int]:
    """All processes below this one, zombies too."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        found += children + [below for child in children for below in descendants(child)]
    return found


def proportional(pid: int) -> int:
    """KB of memory, shared pages counted by share; 0 when the process is gone."""
    return _memory(pid, "Pss:")


def resident(pid: int) -> int:
    """KB of memory, shared pages counted in full; 0 when the process is gone."""
    return _memory(pid, "Rss:")


def is_zombie(pid: int) -> bool:
    """Whether it has ended and nobody has asked how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def descriptors(pid: int) -> int:
    """How many files, sockets and pipes it holds open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def command_line(pid: int) -> str:
    """How it was started."""
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def _memory(pid: int, field: str) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
