"""Where things are in a course folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.course import assignment as assignments
from grader.course.assignment import Assignment
from grader.errors import UsageError


@dataclass(frozen=True)
class Course:
    """A folder with `assignments/`, `reference/` and `student_template/`."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> Course:
        """The course around `start`. Raises `UsageError` when there is none."""
        for folder in (start, *start.parents):
            if (folder / "assignments").is_dir():
                return cls(folder)
        raise UsageError("error.no_course", folder=start)

    def names(self) -> list[str]:
        """The assignments of this course."""
        return sorted(p.parent.name for p in self.root.glob("assignments/*/assignment.toml"))

    def load(self, name: str) -> Assignment:
        """One assignment. Raises `UsageError` with the names there are."""
        if name not in self.names():
            known = ", ".join(self.names()) or "-"
            raise UsageError("error.unknown_assignment", name=name, known=known)
        return assignments.load(self.root / "assignments" / name)

    def reference(self, assignment: Assignment) -> Path:
        """The solved package."""
        return self.root / "reference" / assignment.package

    def template(self, assignment: Assignment) -> Path:
        """The stubbed package, generated."""
        return self.root / "student_template" / assignment.package
