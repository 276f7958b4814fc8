"""What a report must know of an assignment, as plain data beside the records.

`grader grade` writes `describe(assignment)` to `OUT/assignments/<id>.json`; a report `load`s it, so
that it needs neither the course's folder nor the checks.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from grader.course.assignment import Assignment
from grader.course.exercise import Check, Exercise, Function, Kind
from grader.course.toml import Text
from grader.errors import PlatformError
from grader.i18n import LANGUAGES
from grader.json_file import Damaged, read_json
from grader.records.decode import typed


@dataclass(frozen=True)
class DescribedFunction:
    """A function and its points."""

    name: str
    points: float

    @classmethod
    def of(cls, function: Function) -> Self:
        """What is described of this function."""
        return cls(function.name, function.points)


@dataclass(frozen=True)
class DescribedCheck:
    """Titles and visibility of one check: some of its fields, under their names."""

    id: str
    of: str
    kind: Kind
    title: Text
    hint: Text
    public: bool
    show: str
    wants_error: bool = False

    @classmethod
    def from_check(cls, check: Check) -> Self:
        """What is described of this check; `of` is the function that it is about."""
        return cls(**{field.name: getattr(check, field.name) for field in fields(cls)})


@dataclass(frozen=True)
class DescribedExercise:
    """One exercise with its checks, in the order of `assignment.toml`."""

    id: str
    title: Text
    file: str
    points: float
    extra: bool
    functions: list[DescribedFunction]
    checks: list[DescribedCheck]

    @classmethod
    def of(cls, exercise: Exercise) -> Self:
        """What is described of this exercise."""
        return cls(
            id=exercise.id,
            title=exercise.title,
            file=exercise.file,
            points=exercise.points,
            extra=exercise.extra,
            functions=[DescribedFunction.of(function) for function in exercise.functions],
            checks=[DescribedCheck.from_check(check) for check in exercise.checks],
        )


@dataclass(frozen=True)
class Snapshot:
    """An assignment as far as readers of a report are concerned."""

    id: str
    package: str
    title: Text
    languages: list[str]  # of the pages, in this order
    due: str | None  # ISO 8601 with an offset
    possible: float
    extra_possible: float
    exercises: list[DescribedExercise]
    timezone: str | None = None  # in which people read times, by its name in the IANA's list

    @classmethod
    def of(cls, assignment: Assignment) -> Self:
        """The snapshot of an assignment that is at hand."""
        return cls(
            id=assignment.id,
            package=assignment.package,
            title=assignment.title,
            languages=list(assignment.languages),
            due=assignment.due,
            possible=assignment.possible,
            extra_possible=assignment.extra_possible,
            exercises=[DescribedExercise.of(exercise) for exercise in assignment.exercises],
            timezone=assignment.timezone,
        )

    def check(self, exercise: str, check: str) -> DescribedCheck:
        """The check of that name. A record of older checks may name one that is gone."""
        if found := self._checks.get((exercise, check)):
            return found
        # Who may see a check that is gone is not known, so it waits for the publication.
        return DescribedCheck(
            check, "", Kind.CORE, _same(check), _same(""), False, "after_publication"
        )

    @cached_property
    def _checks(self) -> dict[tuple[str, str], DescribedCheck]:
        return {(entry.id, check.id): check for entry in self.exercises for check in entry.checks}

    @cached_property
    def public_checks(self) -> frozenset[str]:
        """The checks that are given away."""
        return frozenset(
            check.id for entry in self.exercises for check in entry.checks if check.public
        )

    def exercise(self, name: str) -> DescribedExercise:
        """The exercise of that name, or a stand-in for one that is gone."""
        for found in self.exercises:
            if found.id == name:
                return found
        return DescribedExercise(name, _same(name), "", 0.0, False, [], [])


def describe(assignment: Assignment) -> dict[str, Any]:
    """The assignment as plain data; `load` reads it back."""
    return asdict(Snapshot.of(assignment))


def load(path: Path) -> Snapshot:
    """Read what `describe` wrote. Raises `PlatformError` for anything else."""
    try:
        return read_json(path, _snapshot)
    except Damaged as error:
        raise PlatformError("error.record_unreadable", file=path, reason=error) from error


def _snapshot(data: Any) -> Snapshot:
    """Raises `ValueError` for what `describe` does not say."""
    snapshot = typed(Snapshot, _completed(data))
    if snapshot.due is not None and datetime.fromisoformat(snapshot.due).tzinfo is None:
        raise ValueError("due has no offset")
    if not snapshot.languages or not set(snapshot.languages) <= set(LANGUAGES):
        raise ValueError("an unknown language")
    return snapshot


def _completed(data: Any) -> Any:
    """The data of an earlier grader, which said neither a time zone nor who wants an error."""
    try:
        for exercise in data["exercises"]:
            for check in exercise["checks"]:
                check.setdefault("wants_error", False)
        return {"timezone": None, **data}
    except (AttributeError, KeyError, TypeError):
        return data  # `typed` refuses it


def _same(text: str) -> Text:
    return dict.fromkeys(LANGUAGES, text)
