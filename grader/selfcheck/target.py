"""What is checked, and where the checks are."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from grader.course import assignment as assignments
from grader.course.assignment import Assignment
from grader.course.exercise import Exercise
from grader.course.folder import Course
from grader.errors import GraderError, UsageError
from grader.intake.entries import is_archive, is_notebook


@dataclass(frozen=True)
class Target:
    """What is checked, a folder or a notebook, by the checks of which assignment."""

    path: Path
    assignment: Assignment
    named: str = ""  # how the path was given, for a shell; "" where the current folder is meant


def find(name: str, path: Path | None, course: Path | None) -> Target:
    """The student's folder or notebook, and the assignment's checks.

    A released template brings its own `assignment.toml`; a notebook may lie in it, or beside it,
    or be named from inside of it. Anything else is checked with the public checks of the course
    around the current folder. Raises `UsageError`.
    """
    here = path or Path.cwd()
    if path is not None and is_notebook(path.name) and path.is_file():
        for place in (path.parent, Path.cwd()):
            for assignment in templates(place):
                if assignment.id == name:
                    return Target(path, assignment, _typed(path))
    elif not here.is_dir():
        raise _no_folder(name, here)
    elif (here / "assignment.toml").exists():
        assignment = assignments.load(here)
        if assignment.id != name:
            raise UsageError("error.other_assignment", name=name, found=assignment.id, folder=here)
        return Target(here, assignment, _typed(path))
    try:
        around = Course.find((course or Path.cwd()).resolve())
    except UsageError:
        for below in (a.folder for a in templates(here) if a.id == name):
            go = below.relative_to(here) if here == Path.cwd() else below
            command = shlex.quote(str(go))
            raise UsageError("error.go_into", name=name, folder=command) from None
        if course:
            raise
        command = f"grader check {name} FOLDER"
        raise UsageError("error.not_here", name=name, folder=here, command=command) from None
    assignment = around.load(name)
    return Target(path or around.template(assignment), public_part(assignment), _typed(path))


def templates(folder: Path) -> Iterator[Assignment]:
    """The released template that a folder is, and those one level down, of zips unpacked there."""
    for declared in [folder / "assignment.toml", *sorted(folder.glob("*/assignment.toml"))]:
        with suppress(GraderError):
            yield assignments.load(declared.parent)


def _no_folder(name: str, path: Path) -> UsageError:
    """Why a path is none to be checked, and what to name instead."""
    if not path.exists():
        return UsageError("error.no_path", path=path)
    if is_archive(path.name):
        return UsageError("error.check_unpack", file=path, name=name)
    if path.is_file():
        folder = _typed(path.parent)
        return UsageError("error.check_folder", file=path, command=f"grader check {name} {folder}")
    return UsageError("error.no_folder", folder=path)


def _typed(path: Path | None) -> str:
    return "" if path is None else shlex.quote(str(path))


def public_part(assignment: Assignment) -> Assignment:
    """The assignment with its hidden checks counted but not run."""
    exercises = tuple(_public_exercise(exercise) for exercise in assignment.exercises)
    return replace(assignment, exercises=exercises)


def _public_exercise(exercise: Exercise) -> Exercise:
    public = tuple(check for check in exercise.checks if check.public)
    hidden = exercise.hidden_checks + len(exercise.checks) - len(public)
    return replace(exercise, checks=public, hidden_checks=hidden)
