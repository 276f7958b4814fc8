"""Processes of this machine, as tests look at them."""

from pathlib import Path


def descendants(pid):
    """All processes below this one, children first."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *descendants(child)]
    return found


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
