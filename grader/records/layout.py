"""What lies in the output folder of a class, and where.

    OUT/records/<assignment>/<student>.json            one record a submission
    OUT/assignments/<assignment>.json                  titles, hints and points, for the report
    OUT/intake/<assignment>.json                       who handed in what, what was left over
    OUT/mistakes/<assignment>.json                     the mistakes that were known, for the report
    OUT/known/<assignment>.sqlite                      what makes the next start quicker
    OUT/roster.json                                    who takes the course, where that is known
    OUT/gradebook.json                                 what people decided in the gradebook
    OUT/gradebook/<assignment>.json                    what stands in the gradebook already
    OUT/report/<assignment>/index.html                 the class
    OUT/report/<assignment>/students-2.html            some of its students, where they are many
    OUT/report/<assignment>/made.json                  which pages need not be made again
    OUT/feedback/<student>/<assignment>/feedback.html  one student (nbgrader's names)
    OUT/scores/<assignment>/...                        what the report's page of the class offers
    OUT/export/<assignment>/...                        what `grader export` writes
    OUT/secret                                         the key of the names of private pages
    OUT/.lock                                          held by whoever grades or merges

Every module asks `Out` for a place. What lies in the folder of a report or an export, these know.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.records.store import remove_unfinished

_WITH_THE_LOCK = ("records", "assignments", "intake", "mistakes", "known")


@dataclass(frozen=True)
class Out:
    """An output folder: the place of each thing in it."""

    root: Path

    def records(self, assignment: str) -> Path:
        """The folder of the records."""
        return self.root / "records" / assignment

    def assignment(self, assignment: str) -> Path:
        """The assignment's snapshot."""
        return self.root / "assignments" / f"{assignment}.json"

    def assignments(self) -> list[Path]:
        """The snapshots of all assignments that were graded into this folder."""
        return sorted((self.root / "assignments").glob("*.json"))

    def intake(self, assignment: str) -> Path:
        """Who handed in what."""
        return self.root / "intake" / f"{assignment}.json"

    def mistakes(self, assignment: str) -> Path:
        """The mistakes that were known when it was graded."""
        return self.root / "mistakes" / f"{assignment}.json"

    def known(self, assignment: str) -> Path:
        """The index of the records."""
        return self.root / "known" / f"{assignment}.sqlite"

    @property
    def roster(self) -> Path:
        """Who takes the course."""
        return self.root / "roster.json"

    @property
    def decisions(self) -> Path:
        """What people decided in the gradebook."""
        return self.root / "gradebook.json"

    def synced(self, assignment: str) -> Path:
        """What stands in the gradebook already."""
        return self.root / "gradebook" / f"{assignment}.json"

    def report(self, assignment: str) -> Path:
        """The folder of the pages about the class."""
        return self.root / "report" / assignment

    @property
    def feedback(self) -> Path:
        """The folder of all students' pages, with a folder for each student."""
        return self.root / "feedback"

    def scores(self, assignment: str) -> Path:
        """The folder of the files that the page of the class offers."""
        return self.root / "scores" / assignment

    def export(self, assignment: str) -> Path:
        """The folder where exports are written, unless somebody names another."""
        return self.root / "export" / assignment

    @property
    def secret(self) -> Path:
        """The key of the names of private pages."""
        return self.root / "secret"

    @property
    def lock(self) -> Path:
        """Held by whoever grades or merges."""
        return self.root / ".lock"

    def is_graded(self) -> bool:
        """Whether this looks like the output of an earlier run."""
        return all((self.root / name).is_dir() for name in ("records", "assignments"))

    def remove_unfinished(self) -> None:
        """Remove what killed writers left, for whoever holds the lock.

        The gradebook's decisions are written without it. A command that writes them in this very
        moment says that it cannot; they are in the database, and the next one writes them.
        """
        for name in _WITH_THE_LOCK:
            remove_unfinished(self.root / name)
        remove_unfinished(self.root, below=False)
