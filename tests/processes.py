"""Processes of this machine, as tests look at them."""

from pathlib import Path


def children(pid):
    """The processes that this one has started and not waited for."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def descendants(pid):
    """All processes below this one, parents first."""
    return [found for child in children(pid) for found in (child, *descendants(child))]


def alive(pid):
    """Whether the process is there (a zombie is)."""
    return Path(f"/proc/{pid}").exists()


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
