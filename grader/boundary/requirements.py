"""What must hold before student code runs for a grade, and which layers see to it.

One layer of a row is enough. The process of its own is not in the table: there is no grading
without it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from pathlib import Path

from grader.boundary.guests import Guests
from grader.boundary.launchers import ForkLauncher
from grader.boundary.submitted import Submitted
from grader.course.assignment import Limits
from grader.errors import PlatformError, UsageError

PROTECTIONS = {
    "files": ("landlock", "namespaces"),
    "network": ("system_call_filter", "namespaces"),
    "limits": ("resource_limits",),
    "tree_kill": ("tree_kill",),
}


def lacking(layers: Collection[str], secrets: Collection[Path] = ()) -> list[str]:
    """The protections that none of these layers gives.

    `secrets` are the folders that hold all that student code may not read, where somebody knows
    them all: if only we may enter these, a user of its own protects the files as well.
    """
    closed = "own_user" in layers and bool(secrets) and all(map(_is_closed, secrets))
    return [
        name
        for name, any_of in PROTECTIONS.items()
        if not set(any_of) & set(layers) and not (name == "files" and closed)
    ]


def _is_closed(folder: Path) -> bool:
    """Whether the folder's rights let nobody but this process's user in."""
    state = folder.stat()
    return state.st_uid == os.geteuid() and not state.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def refuse_readable(*folders: Path) -> None:
    """Raise `UsageError` where student code could read one of these: below its interpreter."""
    from grader.boundary.guest.layers import places

    for folder in folders:
        for place in places():
            if folder.resolve().is_relative_to(Path(place).resolve()):
                raise UsageError("error.readable_folder", folder=folder, place=place)


def refuse_weak_jail(secrets: Collection[Path] = ()) -> None:
    """Raise `PlatformError` unless a guest of this machine has every protection; see `lacking`."""
    launcher = ForkLauncher(())
    guests = Guests(launcher, Submitted("probe", {}), Limits())
    try:
        guests.open()
    finally:
        guests.close()
        launcher.close()
    survey = guests.survey
    weak = lacking(survey.layers, secrets)
    if weak:
        wanted = {layer for name in weak for layer in PROTECTIONS[name]}
        why = "; ".join(f"{n}: {reason}" for n, reason in survey.missing.items() if n in wanted)
        raise PlatformError("error.weak_jail", what=", ".join(weak), why=why)
