"""What the gradebook costs: `python -m bench.gradebook [--students N] [--database URL]`.

A class with made-up results in every check of hw1 (384; with its functions some 450 grade cells) is
written into nbgrader's database by `grader gradebook`:

    first      nothing is there: nbgrader makes the tables, everybody is written
    again      nothing has changed
    one more   one student's record has changed
    regraded   every record has changed

Wall and processor seconds of the whole command, and the load of the machine. Without a URL the
database is a SQLite file; one with a URL must be empty.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bench.figures import Figure, run
from bench.grading import QUIET, ROOT, measure
from grader.course.assignment import Assignment
from grader.course.exercise import Check
from grader.course.folder import Course
from grader.records import store
from grader.records.assignment_snapshot import describe
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, Message, Record, Status
from grader.scoring.points import score, totals


def check(declared: Check, *, passed: bool) -> CheckResult:
    """How a check ended, with a message of usual length."""
    outcome = Outcome.PASSED if passed else Outcome.FAILED
    said = None if passed else Message("failed", {"text": "element 3 is 0.25, expected 0.5 " * 2})
    own = declared.id, declared.of, declared.kind, declared.public, outcome
    return CheckResult(*own, 0.01, 1, int(passed), [], said, "" if passed else "detail " * 60)


def record(assignment: Assignment, student: str, chance: random.Random) -> Record:
    """A graded submission of somebody of some ability."""
    ability = chance.uniform(0.4, 1.0)
    results = [
        ExerciseResult.unscored(
            exercise,
            [check(c, passed=chance.random() < ability) for c in exercise.checks],
            seconds=0.1,
        )
        for exercise in assignment.exercises
    ]
    results = score(assignment.exercises, results)
    points, extra_points = totals(results)
    return Record(
        assignment=assignment.id,
        student=student,
        status=Status.GRADED,
        points=points,
        possible=assignment.possible,
        extra_points=extra_points,
        extra_possible=assignment.extra_possible,
        problem=None,
        notes=[],
        exercises=results,
        source=student,
        files=[],
        ignored=[],
        submission_sha256="",
        checks_sha256="",
        settings_sha256="",
        environment={},
        layers=[],
        lacking=[],
        started="2026-03-02T04:05:06+00:00",
        seconds=1.0,
    )


def graded(out: Path, students: int) -> None:
    """OUT as `grader grade` leaves it."""
    assignment = Course.find(ROOT).load("hw1")
    chance = random.Random(1)
    for number in range(students):
        name = f"student{number:04}"
        path = out / "records" / "hw1" / f"{name}.json"
        store.write(record(assignment, name, chance), path)
    described = json.dumps(describe(assignment), ensure_ascii=False)
    store.write_atomically(out / "assignments" / "hw1.json", described)


def changed(out: Path, students: int) -> None:
    """The first so many records are others."""
    for path in sorted((out / "records" / "hw1").glob("*.json"))[:students]:
        found = store.read(path)
        store.write(replace(found, seconds=found.seconds + 1.0), path)


def figures(options: argparse.Namespace) -> list[Figure]:
    """Processor seconds, and those on the clock: part of the work is the database's."""
    with tempfile.TemporaryDirectory() as name:
        out, course = Path(name, "out"), Path(name, "course")
        (course / "assignments").mkdir(parents=True)
        graded(out, options.students)
        command = [sys.executable, "-m", "grader", "--course", str(course), "gradebook", str(out)]
        command += ["--database", options.database] if options.database else []

        def write() -> None:
            subprocess.run(command, env=QUIET, check=True, stdout=subprocess.DEVNULL)

        steps: dict[str, Callable[[], None]] = {
            "first": lambda: None,
            "again": lambda: None,
            "one more": lambda: changed(out, 1),
            "all regraded": lambda: changed(out, options.students),
        }
        found = []
        for step, prepare in steps.items():
            prepare()
            cost, title = measure(1, write), f"gradebook of {options.students}, {step}"
            found += [Figure(title, cost.cpu, "s"), Figure(f"{title}, wall", cost.wall, "s wall")]
        return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--database", default="")
    run(figures, parser)
