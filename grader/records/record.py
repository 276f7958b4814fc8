"""The record: one JSON file per graded submission, the only truth about a grade.

A record holds codes and fields, never finished sentences: the language is chosen by the reader.
`record.schema.json` beside this file is its JSON Schema.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from grader.course.exercise import Kind
from grader.records.decode import typed
from grader.records.outcome import Outcome

SCHEMA = "grader/record/v6"

MISSING = "nothing_handed_in"  # the problem of a record of somebody who did
MOST_OF_AN_ERROR = 200  # characters of what a check raised
MAX_OUTPUT_SHOWN = 4000  # characters of what is printed in a check


class Status(StrEnum):
    """What became of a submission: graded, 0 points for a reason, or ours to grade again."""

    GRADED = "graded"
    UNGRADABLE = "ungradable"
    MISSING = "missing"  # nothing was handed in
    BROKEN = "broken"


@dataclass(frozen=True)
class Message:
    """A sentence to be: `code` below `message.` in `grader/locale`, and what fills it."""

    code: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Trace:
    """What came back in one case, in digests: equal answers have equal ones (`checking.traces`)."""

    case: str  # its parameter set; "" where there is none
    outcome: Outcome
    asked: list[str]  # for each answer, the functions that had been asked until then
    answers: list[str]
    forms: list[str]  # of each answer the types and dtypes
    first: str  # the first array of the last answer, where that has more to it; else ""
    telling: bool  # an answer is more than a lone integer, a boolean or the name of an error


@dataclass(frozen=True)
class Shown:
    """A value as a person reads it: its text, and the numbers of an array of up to two axes."""

    text: str
    rows: list[list[str]]


@dataclass(frozen=True)
class Counterexample:
    """What a failed check asked, in lines of Python, and what came of it beside what is right."""

    lines: list[str]
    got: Shown
    want: Shown


@dataclass(frozen=True)
class CheckResult:
    """How one check ended. `detail` and `output` are for staff (and for public checks)."""

    id: str
    of: str  # the function that it is about
    kind: Kind
    public: bool
    outcome: Outcome
    seconds: float
    cases: int  # parametrised cases that stand behind it
    cases_passed: int
    passes_with: list[str]  # it failed, and passes once these functions are the reference's
    message: Message | None  # for the student
    detail: str = ""  # for staff: the assertion, the student's traceback
    output: str = ""  # what the student's code printed
    traces: list[Trace] = field(default_factory=list)  # of the cases that did not pass
    counterexample: Counterexample | None = None  # where right programs give one answer alone


@dataclass(frozen=True)
class FunctionResult:
    """The points of one function."""

    name: str
    points: float | None  # None when one of its checks is broken
    possible: float


class Declared(Protocol):
    """What an assignment says of an exercise, as it is or as it was described."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def extra(self) -> bool:
        """Whether its points come on top."""

    @property
    def points(self) -> float:
        """Points of all its functions."""


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise: how its checks ended, and the points of its functions that follow."""

    id: str
    extra: bool
    points: float | None
    possible: float
    seconds: float  # of processor time, of its checks, each run once; by whoever ran them
    functions: list[FunctionResult]
    checks: list[CheckResult]
    device: str = "cpu"  # that the student's code computed on; the name of a GPU
    follows_from: str = ""  # names all that its outcomes follow from; "" if not from that alone

    @classmethod
    def unscored(
        cls,
        exercise: Declared,
        checks: list[CheckResult],
        *,
        seconds: float = 0.0,
        device: str = "cpu",
        follows_from: str = "",
    ) -> ExerciseResult:
        """How the checks of an exercise ended: points have those who see all exercises."""
        return cls(
            id=exercise.id,
            extra=exercise.extra,
            points=None,
            possible=exercise.points,
            seconds=seconds,
            functions=[],
            checks=checks,
            device=device,
            follows_from=follows_from,
        )

    def checks_of(self, function: str) -> list[CheckResult]:
        """How the checks about one function ended."""
        return [check for check in self.checks if check.of == function]


@dataclass(frozen=True)
class SubmittedFile:
    """A file that was graded."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Record:
    """One graded submission. Points of bonus exercises stand apart and come on top."""

    assignment: str
    student: str
    status: Status
    points: float | None
    possible: float
    extra_points: float | None
    extra_possible: float
    problem: Message | None
    notes: list[Message]
    exercises: list[ExerciseResult]
    source: str
    files: list[SubmittedFile]
    ignored: list[str]
    submission_sha256: str
    checks_sha256: str
    settings_sha256: str
    environment: dict[str, str]
    layers: list[str]
    lacking: list[str]  # protections that no layer gave (see `grader.boundary.requirements`)
    started: str  # UTC, ISO 8601
    seconds: float

    @property
    def points_of_unrun(self) -> float | None:
        """What an exercise that was not run counts: 0 where nothing could be, else unknown."""
        return 0.0 if self.status in {Status.UNGRADABLE, Status.MISSING} else None

    @property
    def raised(self) -> dict[str, str]:
        """By check what it raised itself: that is a mistake in the check, and in no submission."""
        broken = [c for e in self.exercises for c in e.checks if c.outcome == Outcome.BROKEN]
        return {c.id: c.detail.partition("\n")[0][:MOST_OF_AN_ERROR] for c in broken}

    def to_json(self) -> dict[str, Any]:
        """Plain data, schema first."""
        return {"schema": SCHEMA, **asdict(self)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Record:
        """The inverse of `to_json`. Raises `ValueError` for anything else."""
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            raise ValueError(f"it is not of the schema {SCHEMA}")
        return typed(cls, {name: value for name, value in data.items() if name != "schema"})
