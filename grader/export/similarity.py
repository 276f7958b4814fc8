"""A class laid out for tools that look for copied code; the template is what everybody may share.

    <folder>/jplag/submissions/<student>/text.py     JPlag and MOSS: a folder for each student
    <folder>/jplag/template/text.py                  what they call base code
    <folder>/dolos.zip                               Dolos: a file for each student, and info.csv

Dolos compares files and knows one file that everybody may share, so that there a student's modules
are joined into one. Everybody is called by their id.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.course.assignment import Assignment
from grader.course.folder import Course
from grader.errors import PlatformError, UsageError
from grader.export.table import line
from grader.intake.handin import Found
from grader.intake.names import record_name
from grader.intake.read import Submission, read_for
from grader.records.layout import Out

_INFO = ["filename", "full_name", "id", "labels", "ignored"]
_TEMPLATE = "template.py"


@dataclass(frozen=True)
class Compared:
    """What one student handed in, and the section they are in."""

    submission: Submission
    section: str = ""


def template_of(course: Course, assignment: Assignment, submissions: Path) -> dict[str, bytes]:
    """The files of the template.

    Raises `UsageError` when it was not released, or `submissions` is what `grade` wrote.
    """
    if Out(submissions).is_graded():
        raise UsageError("export.no_code", folder=submissions)
    folder = course.template(assignment)
    if not folder.is_dir():
        raise UsageError("export.no_template", folder=folder, assignment=assignment.id)
    return read_for(assignment, Found("template", folder)).files


def lay_out(folder: Path, compared: Iterable[Compared], template: Mapping[str, bytes]) -> None:
    """Write both layouts into a new folder. No submission may have a problem.

    Raises `UsageError` when the folder holds something, `PlatformError` when it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("error.folder_in_use", folder=folder)
    try:
        _write(folder / "jplag" / "template", template)
        info = [line(_INFO), line([_TEMPLATE, "", "", "", "true"])]
        with zipfile.ZipFile(folder / "dolos.zip", "w", zipfile.ZIP_DEFLATED) as dolos:
            dolos.writestr(_TEMPLATE, _joined(template))
            for own in compared:
                student, files = own.submission.student, own.submission.files
                name = record_name(student)
                _write(folder / "jplag" / "submissions" / name, files)
                path = f"submissions/{name}.py"
                dolos.writestr(path, _joined(files))
                info.append(line([path, student, student, own.section, ""]))
            dolos.writestr("info.csv", "".join(info))  # with a byte-order mark Dolos cannot read it
    except OSError as error:
        reason = error.strerror or error
        raise PlatformError("error.cannot_write", file=folder, reason=reason) from error


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _joined(files: Mapping[str, bytes]) -> bytes:
    return b"\n".join(_parts(files))


def _parts(files: Mapping[str, bytes]) -> Iterator[bytes]:
    for name, content in sorted(files.items()):
        yield f"# ---- {name} ----".encode()
        yield content
