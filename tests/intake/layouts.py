"""Classes as they lie on a disk, and what the intake makes of them."""

import io
import zipfile
from dataclasses import replace

import pytest

from grader.course.roster import Person, Roster
from grader.errors import UsageError
from grader.intake.find import find
from grader.intake.handin import Wanted
from grader.intake.join import join
from grader.intake.request import Request

PACKAGE = "hw1_classification"
FILES = ("text.py", "features.py", "network.py")
ALL = dict.fromkeys(FILES, "x = 1\n")
WANTED = Wanted("hw1", PACKAGE, FILES, ("hw2",))
ONE_FILE = replace(WANTED, files=("text.py",))
CLASS = Roster(tuple(Person(f"202700{n}") for n in range(1, 9)))


def write(root, files):
    """Files by their path below `root`, which comes back; None makes an empty folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir(parents=True)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def below(folder, files=ALL):
    return {f"{folder}/{name}": content for name, content in files.items()}


def zipped(files=ALL):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


TWO = zipped(below("v1") | below("v2"))


def intake(path, roster=None, *, wanted=WANTED, attempts="last", **request):
    """Everybody in `path`."""
    seen = find(path, wanted, Request(path.parent / "out", roster=roster, **request))
    return join(seen, roster, attempts, wanted)


def counting(taken):
    """Person -> what counts; None for nothing, several names where nothing can count."""
    shown = {}
    for person in taken.people:
        labels = [handin.label for handin in person.handins]
        counts = person.counts.label if person.counts and person.counts.place else None
        shown[person.id] = labels if person.is_double else counts
    return shown


def people(path, roster=None, **request):
    """Who is somebody in `path`."""
    return set(counting(intake(path, roster, **request)))


def refusal(path, roster=None, **request):
    """Why `path` is not read."""
    with pytest.raises(UsageError) as caught:
        intake(path, roster, **request)
    return caught.value
