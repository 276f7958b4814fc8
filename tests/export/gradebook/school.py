"""A small graded class and its gradebook: written by us, read and graded by nbgrader itself."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from grader.course.folder import Course
from grader.export.files import FILES
from grader.export.gradebook.database import address, in_folder, opened
from grader.export.gradebook.sync import sync
from grader.records import store
from grader.report.build import build
from grader.report.results import gather
from tests.report import example_class

NOTEBOOK = "hw1_classification"
CHOSEN = ("oh_jimin", "김민수", "ahn_jaehyun", "script", "empty", "absent", "platform")
RECORDS = {name: example_class.class_records()[name] for name in CHOSEN}


class School:
    """OUT, a course folder and a database."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.out, self.root = folder / "out", folder / "course"
        (self.root / "assignments").mkdir(parents=True)
        self.url = url or in_folder(self.root)
        example_class.write(self.out, RECORDS)

    def sync(self, lang="en", **options):
        (synced,) = sync(self.out, self.url, Course(self.root), lang, **options)
        return synced

    @contextmanager
    def nbgrader(self):
        """Its own API on the database, which need not be there."""
        from nbgrader.api import Gradebook

        with opened(address(self.url)):
            pass
        with Gradebook(self.url) as gradebook:
            yield gradebook

    def scores(self):
        """Student -> the score that nbgrader shows, of all who have handed in."""
        with self.nbgrader() as gradebook:
            return {s.student.id: s.score for s in gradebook.assignment_submissions("hw1")}

    def totals(self):
        """Student -> points and bonus, as our report counts them; None where there are none."""
        (results,) = gather(self.out)
        entries = [results.entry(path, store.content(path)) for path in results.files]
        return {
            entry.record.student: None
            if entry.record.points is None
            else entry.record.points + entry.record.extra_points
            for entry in entries
        }

    def by_hand(self, cell, student, *, score=None, extra=None, comment=None):
        """What formgrader does when a person grades."""
        with self.nbgrader() as gradebook:
            if score is not None or extra is not None:
                grade = gradebook.find_grade(cell, NOTEBOOK, "hw1", student)
                grade.manual_score, grade.extra_credit = score, extra
                grade.needs_manual_grade = False
            if comment is not None:
                own = gradebook.find_comment(cell, NOTEBOOK, "hw1", student)
                own.manual_comment = comment
            gradebook.db.commit()

    def grade(self, cell, student):
        """Score by the checks, by hand, extra, whether it is to be looked at, and the comment."""
        with self.nbgrader() as gradebook:
            grade = gradebook.find_grade(cell, NOTEBOOK, "hw1", student)
            comment = gradebook.find_comment(cell, NOTEBOOK, "hw1", student)
            score = grade.auto_score, grade.manual_score, grade.extra_credit
            return (*score, grade.needs_manual_grade, comment.comment)

    def regrade(self, name, function, points):
        """The record of a student anew: a function has earned something else."""
        path = self.out / "records" / "hw1" / f"{name}.json"
        record = store.read(path)
        exercises = []
        for exercise in record.exercises:
            functions = [
                replace(f, points=points) if f.name == function else f for f in exercise.functions
            ]
            total = sum(f.points for f in functions)
            exercises.append(replace(exercise, functions=functions, points=total))
        total = round(sum(e.points for e in exercises if not e.extra), 4)
        store.write(replace(record, exercises=exercises, points=total), path)

    def declare(self, change):
        """The assignment declared anew: `change` edits its description."""
        path = self.out / "assignments" / "hw1.json"
        described = json.loads(path.read_text(encoding="utf-8"))
        change({entry["id"]: entry for entry in described["exercises"]})
        path.write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")

    def report(self):
        """`grader report`."""
        build(self.out, "en", FILES)
        return self.out
