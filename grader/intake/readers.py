"""The sources, and which of them a folder is of."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from grader.course.roster import Known
from grader.intake.handin import Seen, Wanted
from grader.intake.nodes import Node
from grader.intake.sources import brightspace, canvas, clones, folders, gradescope, moodle

_Reader = Callable[[Node, Wanted, Known], Seen]

# What tells a download from anything else, in the order in which they are tried.
DOWNLOADS: dict[str, Callable[[Node, Wanted], bool]] = {
    "gradescope": gradescope.recognises,
    "moodle": moodle.recognises,
    "canvas": canvas.recognises,
    "brightspace": brightspace.recognises,
}
READ: dict[str, _Reader] = {
    "gradescope": gradescope.read,
    "moodle": moodle.read,
    "canvas": canvas.read,
    "brightspace": brightspace.read,
    "nbgrader": partial(folders.read, source="nbgrader"),
    "git": partial(folders.read, source="git"),
    "folders": folders.read,
}


def download(node: Node, wanted: Wanted) -> str:
    """The source whose download a folder is; "" for none."""
    return next((name for name, recognises in DOWNLOADS.items() if recognises(node, wanted)), "")


def by_folder(node: Node, wanted: Wanted) -> str:
    """The source of a folder for each student."""
    if clones.recognises(node, wanted):
        return "git"
    return "nbgrader" if folders.recognises_nbgrader(node, wanted) else "folders"
