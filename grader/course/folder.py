"""A course: `course.toml`, and where things are in the folder that holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from grader.course import assignment as assignments
from grader.course.assignment import Assignment
from grader.course.toml import Table, Text
from grader.errors import AssignmentInvalid, UsageError
from grader.i18n import LANGUAGES

FILE = "course.toml"

# How submissions arrive.
SOURCES = ("folders", "nbgrader", "canvas", "moodle", "gradescope", "brightspace", "git")

# Which of several attempts counts.
ATTEMPTS = ("last", "first")


@dataclass(frozen=True)
class Folders:
    """Names of the folders in a course, relative to it: nbgrader's where nbgrader has one."""

    assignments: str = "assignments"
    reference: str = "reference"
    student_template: str = "student_template"
    submitted: str = "submitted"


@dataclass(frozen=True)
class Course:
    """What `course.toml` says. Without that file, a folder with `assignments/` is a course too."""

    root: Path
    title: Text = field(default_factory=dict)  # empty without a course.toml
    languages: tuple[str, ...] = LANGUAGES  # of titles, hints and handouts
    timezone: ZoneInfo | None = None  # of every date without an offset
    source: str | None = None  # one of `SOURCES`; None: `grade` looks for itself
    attempts: str = ATTEMPTS[0]
    roster: Path | None = None
    folders: Folders = Folders()

    @classmethod
    def find(cls, start: Path) -> Course:
        """The course around `start`. Raises `UsageError` when there is none."""
        for folder in (start, *start.parents):
            if (folder / FILE).is_file() or (folder / Folders.assignments).is_dir():
                return cls.read(folder)
        raise UsageError("error.no_course", folder=start)

    @classmethod
    def read(cls, root: Path) -> Course:
        """The course in `root`. Raises `AssignmentInvalid` for a mistake in its `course.toml`."""
        if not (root / FILE).is_file():
            return cls(root)
        table = Table.read(root / FILE)
        languages = table.some("languages", list(LANGUAGES))
        roster = table.string("roster", default="")
        course = cls(
            root=root,
            title=table.text("title", languages),
            languages=languages,
            timezone=table.zone("timezone"),
            source=table.choice("source", list(SOURCES), default="") or None,
            attempts=table.choice("attempts", list(ATTEMPTS), default=ATTEMPTS[0]),
            roster=root / roster if roster else None,
            folders=_folders(table.table("folders")),
        )
        table.done()
        return course

    def names(self) -> list[str]:
        """The assignments of this course."""
        folder = self.root / self.folders.assignments
        return sorted(path.parent.name for path in folder.glob("*/assignment.toml"))

    def load(self, name: str) -> Assignment:
        """One assignment. Raises `UsageError` with the names there are.

        Its records are called after its `id`: a copied folder that still has the old one would
        overwrite those of the other.
        """
        if name not in self.names():
            known = ", ".join(self.names()) or "-"
            raise UsageError("error.unknown_assignment", name=name, known=known)
        folder = self.root / self.folders.assignments / name
        assignment = assignments.load(
            folder, self.languages, self.timezone, self.root / self.folders.reference
        )
        if assignment.id != name:
            file = folder / "assignment.toml"
            raise AssignmentInvalid("error.id_not_folder", file=file, id=assignment.id, name=name)
        return assignment

    def template(self, assignment: Assignment) -> Path:
        """The stubbed package, generated."""
        return self.root / self.folders.student_template / assignment.package

    @property
    def submitted(self) -> Path:
        """Where submissions lie: `submitted/<student>/<assignment>/`, as nbgrader has it."""
        return self.root / self.folders.submitted


def _folders(table: Table) -> Folders:
    default = Folders()
    folders = Folders(
        assignments=table.string("assignments", default.assignments),
        reference=table.string("reference", default.reference),
        student_template=table.string("student_template", default.student_template),
        submitted=table.string("submitted", default.submitted),
    )
    table.done()
    return folders
