"""Feedback in the layout in which an LMS takes it back, as one zip.

    Moodle    Kim Minsu_1041_assignsubmission_file_/feedback.html    "Upload feedback files"
    Canvas    kimminsu_12345_678910_hw1.zip                          "Upload submissions"

Moodle takes the number of the participant from the folder, Canvas those of the user and of the
file that was handed in from the name. Canvas shows what it gets under the name of that file, so it
has to be of the same kind.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from grader.export import feedback_text, student_pages
from grader.export.joining import Graded
from grader.records.packing import packed
from grader.report.moment import Moment
from grader.report.results import Entry, Results

_NOT_IN_A_NAME = re.compile(r'[_/\\:*?"<>|`\'\s]+')
_LONGEST_NAME = 60
_MOODLES_KIND = "assignsubmission_file_"


@dataclass
class Zipped:
    """The zip, and who is not in it."""

    data: bytes = b""
    students: int = 0
    without: list[Graded] = field(default_factory=list)


def for_moodle(results: Results, moment: Moment) -> Zipped:
    """Pages for everybody whose participant number is known."""
    files: dict[str, bytes] = {}
    zipped, numbers = Zipped(), _numbers(results, "moodle")
    for entry in results.entries():
        number = numbers.get(entry.record.student)
        if number is None:
            zipped.without.append(Graded.of(entry, None))
            continue
        folder = f"{_clean(entry.person)}_{number}_{_MOODLES_KIND}"
        made = student_pages.render(results, entry, moment)
        files |= {f"{folder}/{name}": page.encode() for name, page in made.items()}
        zipped.students += 1
    zipped.data = packed(files)
    return zipped


def for_canvas(results: Results, languages: Sequence[str], moment: Moment) -> Zipped:
    """Feedback for everybody of whom a file came from Canvas that can hold it.

    A text is in these languages; pages are in all of the course's.
    """
    files: dict[str, bytes] = {}
    zipped, users = Zipped(), _numbers(results, "canvas")
    for entry in results.entries():
        student = entry.record.student
        for name in results.people.files.get(student, []):
            own = _canvas_name(name, users.get(student))
            made = _like(PurePath(name).suffix, results, entry, languages, moment) if own else None
            if own and made:
                files[own] = made
                zipped.students += 1
                break
        else:
            zipped.without.append(Graded.of(entry, None))
    zipped.data = packed(files)
    return zipped


def _numbers(results: Results, kind: str) -> dict[str, str]:
    """Student -> number in the LMS, where it is nobody else's."""
    numbers = {student: ids[kind] for student, ids in results.people.ids.items() if kind in ids}
    counts = Counter(numbers.values())
    return {student: number for student, number in numbers.items() if counts[number] == 1}


def _clean(name: str) -> str:
    """A name for people in a folder's name, of which Moodle counts the underscores."""
    shown = "".join(c for c in name if c.isprintable())
    return _NOT_IN_A_NAME.sub(" ", shown)[:_LONGEST_NAME].strip(" .~") or "Participant"


def _canvas_name(name: str, user: str | None) -> str | None:
    """The name under which Canvas takes a file back: as it came, where that says whose it is.

    Canvas takes the first two numbers between underscores for those of the user and of the file,
    and passes over `link...`. Names: `infer_comment_context_from_filename` of its `Assignment`.
    """
    found = re.fullmatch(rf"(.*?)_{re.escape(user)}_(\d+)_(.+)", name, re.DOTALL) if user else None
    if found is None:
        return None
    numbers = [part for part in name.split("_") if re.fullmatch("[0-9]+", part)]
    is_read = numbers[:2] == [user, found[2]] and not name.rpartition("_")[2].startswith("link")
    if is_read and not name.startswith("._") and name.isprintable() and "\\" not in name:
        return name
    return f"student_{user}_{found[2]}_feedback{PurePath(name).suffix}"


def _like(
    suffix: str, results: Results, entry: Entry, languages: Sequence[str], moment: Moment
) -> bytes | None:
    """The feedback as a file of that kind; None for a kind that cannot hold any."""
    kind = suffix.lower()
    if kind == ".zip":
        made = student_pages.render(results, entry, moment)
        return packed({name: page.encode() for name, page in made.items()})
    if kind not in {".py", ".ipynb", ".txt", ".md"}:
        return None
    lines = feedback_text.lines(results, entry, languages, moment)
    if kind == ".ipynb":
        cell = {"cell_type": "raw", "metadata": {}, "source": "\n".join(lines)}
        book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        return json.dumps(book, ensure_ascii=False, indent=1).encode()
    mark = "# " if kind == ".py" else ""
    return "".join(f"{mark}{line}".rstrip() + "\n" for line in lines).encode()
