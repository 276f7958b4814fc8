"""An exercise: functions of one file, their points, and the checks about them.

`exercises/<id>.toml` holds one exercise with its checks; `assignment.toml` names them in order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from grader.course import check_files
from grader.course.forbidden import Forbidden, read_forbidden
from grader.course.toml import Table, Text
from grader.errors import AssignmentInvalid

SHOW = ("always", "after_due", "after_publication", "never")

# Limit of a check: this many times what the reference needs, and some seconds more. A loop in pure
# Python is some 30 times slower than a matrix product, and it is a right answer; a busy machine may
# stand still for a second or two, and nobody may lose points to that.
GENEROUS, STALL = 30, 5.0


class Kind(StrEnum):
    """What a check asks of a function."""

    CORE = "core"  # right values on ordinary input: what the function is for
    EDGE = "edge"  # rare input: ties, empties, extremes, stability
    MANNERS = "manners"  # types, dtypes, refusals, arguments left alone, seeds


@dataclass(frozen=True)
class Function:
    """What has points: a function, a class, or a part of a big class ("LSTM.dropout")."""

    name: str
    points: float

    @property
    def root(self) -> str:
        """The name at the top level of the file."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Check:
    """What the exercise's file says of one check; its body is `test_<id>` in `source`."""

    id: str
    of: str  # the function that it is about
    kind: Kind
    seconds: float
    fresh: bool
    needs: tuple[str, ...]
    show: str
    title: Text
    hint: Text
    public: bool
    source: Path
    measured: float  # seconds that the reference needs; 0 where nobody has measured
    wants_error: bool = False  # it waits for an exception of the student's code


@dataclass(frozen=True)
class Exercise:
    """A part of the assignment."""

    id: str
    file: str
    functions: tuple[Function, ...]
    uses: tuple[str, ...]  # other files whose student code its checks run
    preload: tuple[str, ...]  # libraries its checks need
    extra: bool
    hidden_checks: int  # in a template: how many checks are not shipped
    title: Text
    forbidden: tuple[Forbidden, ...]  # in this exercise, beside what the assignment forbids
    checks: tuple[Check, ...]
    gpu: bool = False  # its checks run on a GPU where there is one

    @property
    def points(self) -> float:
        """Points of all its functions."""
        return sum(function.points for function in self.functions)

    @property
    def names(self) -> tuple[str, ...]:
        """The top-level functions and classes that a student writes for it."""
        return tuple(dict.fromkeys(function.root for function in self.functions))

    @property
    def measured(self) -> float:
        """Seconds that the reference needs for all checks."""
        return sum(check.measured for check in self.checks)


@dataclass(frozen=True)
class Surroundings:
    """What an exercise's file is read against: the assignment's other tables, and its tests."""

    files: list[str]
    languages: tuple[str, ...]
    sources: dict[str, check_files.Test]  # by check
    check_seconds: float  # the most any check may take
    timings: dict[str, float]


def read_exercise(path: Path, around: Surroundings) -> Exercise:
    """Read `exercises/<id>.toml`. Raises `AssignmentInvalid`."""
    table = Table.read(path)
    exercise = Exercise(
        id=path.stem,
        file=table.choice("file", around.files),
        functions=tuple(Function(*pair) for pair in table.numbers("points").items()),
        uses=table.choices("uses", around.files, default=()),
        preload=table.strings("preload", default=()),
        extra=table.flag("extra", default=False),
        gpu=table.flag("gpu", default=False),
        hidden_checks=table.integer("hidden_checks", 0, least=0),
        title=table.text("title", around.languages),
        forbidden=tuple(read_forbidden(t, around.languages) for t in table.tables("forbidden")),
        checks=(),
    )
    names = [function.name for function in exercise.functions]
    checks = tuple(_check(entry, names, around) for entry in table.tables("check"))
    table.refuse_twice("check", [check.id for check in checks])
    table.done()
    exercise = replace(exercise, checks=checks)
    _prove(path, exercise)
    return exercise


def _check(table: Table, functions: list[str], around: Surroundings) -> Check:
    name = table.string("id")
    source = table.choice_of(name, "id", list(around.sources), "error.check_without_test")
    test = around.sources[source]
    measured = around.timings.get(name)
    allowed = around.check_seconds
    if measured is not None:
        allowed = min(allowed, round(GENEROUS * measured + STALL, 1))
    only = {"default": functions[0]} if len(functions) == 1 else {}
    check = Check(
        id=name,
        of=table.choice("of", functions, **only),
        kind=Kind(table.choice("kind", [kind.value for kind in Kind], default=Kind.CORE.value)),
        seconds=table.number("seconds", allowed),
        fresh=table.flag("fresh", default=False),
        needs=table.strings("needs", default=()),
        show=table.choice("show", list(SHOW), default="always"),
        title=table.text("title", around.languages),
        hint=table.text("hint", around.languages),
        public=test.public,
        source=test.path,
        measured=measured or 0.0,
        wants_error=test.wants_error,
    )
    table.done()
    return check


def _prove(path: Path, exercise: Exercise) -> None:
    """Every function can earn its points, and every need is met before who needs it is run."""
    if not exercise.points:
        raise AssignmentInvalid("error.no_points", file=path, exercise=exercise.id)
    if not exercise.checks and not exercise.hidden_checks:
        raise AssignmentInvalid("error.exercise_without_check", file=path, exercise=exercise.id)
    judged = {check.of for check in exercise.checks if check.kind == Kind.CORE}
    for function in exercise.functions:
        if function.name not in judged and not exercise.hidden_checks:
            raise AssignmentInvalid("error.no_core_check", file=path, function=function.name)
    own = [check.id for check in exercise.checks]
    hidden = {check.id for check in exercise.checks if not check.public}
    for check in exercise.checks:
        earlier = own[: own.index(check.id)]
        for need in check.needs:
            if need not in earlier:
                allowed = ", ".join(earlier) or "-"
                raise AssignmentInvalid(
                    "error.needs", file=path, check=check.id, need=need, allowed=allowed
                )
            if check.public and need in hidden:  # that runs later, and at no student's
                raise AssignmentInvalid("error.needs_hidden", file=path, check=check.id, need=need)
