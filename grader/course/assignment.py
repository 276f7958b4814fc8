"""`assignment.toml` and the checks beside it, read into typed objects.

    assignment = load(Path("assignments/hw1"))
    assignment.exercises[0].checks[0].title["ko"]

A mistake is an `AssignmentInvalid` with file, line, key, what was found and what is allowed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from grader.course import check_files
from grader.course.toml import Table
from grader.errors import AssignmentInvalid
from grader.i18n import LANGUAGES

Text = dict[str, str]  # language -> sentence

SHOW = ("always", "after_due", "after_publication", "never")

# Limit of a check: this many times what the reference needs, and some seconds more. A loop in pure
# Python is some 30 times slower than a matrix product, and it is a right answer; a busy machine may
# stand still for a second or two, and nobody may lose points to that.
GENEROUS, STALL = 30, 5.0


@dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    check_seconds: float = 20.0  # the most any check may take
    import_seconds: float = 10.0  # for importing one module of the submission
    submission_seconds: float = 180.0  # for all checks together
    memory_mb: int = 1024  # above what the interpreter with its libraries holds
    scratch_mb: int = 64  # of files in the scratch folder
    threads: int = 64
    output_kb: int = 64  # kept of what a check prints
    timeouts: int = 3  # after so many in one exercise the rest of it is not run


@dataclass(frozen=True)
class SourceFile:
    """A file of the package that students write."""

    name: str
    required: bool


@dataclass(frozen=True)
class Forbidden:
    """Names that a student must not use, and what to use instead."""

    names: tuple[str, ...]
    files: tuple[str, ...]  # empty: all
    within: tuple[str, ...]  # top-level functions and classes; empty: everywhere
    instead: Text


@dataclass(frozen=True)
class Check:
    """What `assignment.toml` says of one check; its body is `test_<id>` in `source`."""

    id: str
    exercise: str
    weight: float
    seconds: float
    fresh: bool
    needs: tuple[str, ...]
    show: str
    title: Text
    hint: Text
    public: bool
    source: Path
    measured: float  # seconds that the reference needs; 0 where nobody has measured


@dataclass(frozen=True)
class Exercise:
    """A part of the assignment: functions of one file, points, and the checks that share them."""

    id: str
    file: str
    names: tuple[str, ...]
    uses: tuple[str, ...]  # other files whose student code its checks run
    preload: tuple[str, ...]  # libraries its checks need
    points: float
    extra: bool
    hidden_weight: float  # in a template: the weight of the checks that are not shipped
    title: Text
    checks: tuple[Check, ...]

    @property
    def weight(self) -> float:
        """Weight of all checks, shipped or not."""
        return self.hidden_weight + sum(check.weight for check in self.checks)

    @property
    def measured(self) -> float:
        """Seconds that the reference needs for all checks."""
        return sum(check.measured for check in self.checks)


@dataclass(frozen=True)
class Assignment:
    """Everything about one assignment but the text of its checks."""

    id: str
    package: str
    title: Text
    languages: tuple[str, ...]  # in which every title and hint is there
    due: str | None  # ISO 8601 with an offset
    allowed_packages: tuple[str, ...]
    limits: Limits
    files: tuple[SourceFile, ...]
    forbidden: tuple[Forbidden, ...]
    exercises: tuple[Exercise, ...]
    folder: Path
    checks_sha256: str  # of the checks' text
    settings_sha256: str  # of all else that an outcome depends on; not of points and titles

    @property
    def possible(self) -> float:
        """Points without the bonus."""
        return sum(e.points for e in self.exercises if not e.extra)

    @property
    def extra_possible(self) -> float:
        """Points of the bonus exercises."""
        return sum(e.points for e in self.exercises if e.extra)

    @property
    def preload(self) -> tuple[str, ...]:
        """Libraries that are imported once, before any student process is forked."""
        return tuple(sorted({name for e in self.exercises for name in e.preload}))

    def only(self, ids: Collection[str], without_checks: Collection[str] = ()) -> list[Exercise]:
        """The exercises with these ids, in order, all when there are none; without some checks."""
        return [
            replace(e, checks=tuple(c for c in e.checks if c.id not in without_checks))
            for e in self.exercises
            if not ids or e.id in ids
        ]

    def check_files(self) -> list[Path]:
        """The files that hold checks."""
        return sorted({check.source for e in self.exercises for check in e.checks})


def load(
    folder: Path, languages: tuple[str, ...] = LANGUAGES, zone: ZoneInfo | None = None
) -> Assignment:
    """Read `folder/assignment.toml` and prove that each check has a test and each test a check.

    `languages` and `zone` are the course's. A released template, which has no course around it,
    names its languages itself.
    """
    path = folder / "assignment.toml"
    if not path.exists():
        raise AssignmentInvalid("error.no_assignment", folder=folder)
    top = Table.read(path)
    languages = top.some("languages", list(LANGUAGES), default=languages)
    sources = check_files.tests(folder)
    files = tuple(_source_file(table) for table in top.tables("file", required=True))
    names = [file.name for file in files]
    top.refuse_twice("file", names)
    limits = _limits(top.table("limits"))
    assignment = Assignment(
        id=top.string("id"),
        package=top.string("package"),
        title=top.text("title", languages),
        languages=languages,
        due=top.moment("due", zone),
        allowed_packages=top.strings("allowed_packages", default=()),
        limits=limits,
        files=files,
        forbidden=tuple(_forbidden(table, names, languages) for table in top.tables("forbidden")),
        exercises=_exercises(top, names, languages, sources, limits, check_files.timings(folder)),
        folder=folder,
        checks_sha256=check_files.sha256(folder),
        settings_sha256="",
    )
    top.done()
    _prove(path, sources, assignment)
    return replace(assignment, settings_sha256=_settings_sha256(assignment))


def _exercises(
    top: Table,
    files: list[str],
    languages: tuple[str, ...],
    sources: dict[str, tuple[Path, bool]],
    limits: Limits,
    timings: dict[str, float],
) -> tuple[Exercise, ...]:
    exercises = [
        _exercise(table, files, languages) for table in top.tables("exercise", required=True)
    ]
    ids = [exercise.id for exercise in exercises]
    top.refuse_twice("exercise", ids)
    checks = [
        _check(table, ids, languages, sources, limits, timings) for table in top.tables("check")
    ]
    top.refuse_twice("check", [check.id for check in checks])
    return tuple(
        replace(exercise, checks=tuple(c for c in checks if c.exercise == exercise.id))
        for exercise in exercises
    )


def _source_file(table: Table) -> SourceFile:
    file = SourceFile(name=table.string("name"), required=table.flag("required", default=True))
    table.done()
    return file


def _limits(table: Table) -> Limits:
    default = Limits()
    limits = Limits(
        check_seconds=table.number("check_seconds", default.check_seconds),
        import_seconds=table.number("import_seconds", default.import_seconds),
        submission_seconds=table.number("submission_seconds", default.submission_seconds),
        memory_mb=int(table.number("memory_mb", default.memory_mb)),
        scratch_mb=int(table.number("scratch_mb", default.scratch_mb)),
        threads=int(table.number("threads", default.threads)),
        output_kb=int(table.number("output_kb", default.output_kb)),
        timeouts=int(table.number("timeouts", default.timeouts)),
    )
    table.done()
    return limits


def _forbidden(table: Table, files: list[str], languages: tuple[str, ...]) -> Forbidden:
    forbidden = Forbidden(
        names=table.strings("names"),
        files=table.choices("files", files, default=()),
        within=table.strings("within", default=()),
        instead=table.text("instead", languages),
    )
    table.done()
    return forbidden


def _exercise(table: Table, files: list[str], languages: tuple[str, ...]) -> Exercise:
    exercise = Exercise(
        id=table.string("id"),
        file=table.choice("file", files),
        names=table.strings("names"),
        uses=table.choices("uses", files, default=()),
        preload=table.strings("preload", default=()),
        points=table.number("points"),
        extra=table.flag("extra", default=False),
        hidden_weight=table.number("hidden_weight", 0.0),
        title=table.text("title", languages),
        checks=(),
    )
    table.done()
    return exercise


def _check(
    table: Table,
    exercises: list[str],
    languages: tuple[str, ...],
    sources: dict[str, tuple[Path, bool]],
    limits: Limits,
    timings: dict[str, float],
) -> Check:
    name = table.string("id")
    source = table.choice_of(name, "id", list(sources), "error.check_without_test")
    path, public = sources[source]
    measured = timings.get(name)
    allowed = limits.check_seconds
    if measured is not None:
        allowed = min(allowed, round(GENEROUS * measured + STALL, 1))
    check = Check(
        id=name,
        exercise=table.choice("exercise", exercises),
        weight=table.number("weight", 1.0),
        seconds=table.number("seconds", allowed),
        fresh=table.flag("fresh", default=False),
        needs=table.strings("needs", default=()),
        show=table.choice("show", list(SHOW), default="always"),
        title=table.text("title", languages),
        hint=table.text("hint", languages),
        public=public,
        source=path,
        measured=measured or 0.0,
    )
    table.done()
    return check


def _prove(path: Path, sources: dict[str, tuple[Path, bool]], assignment: Assignment) -> None:
    """What the tables say together makes sense, too."""
    checks = [check.id for exercise in assignment.exercises for check in exercise.checks]
    for name, (source, _) in sources.items():
        if name not in checks:
            raise AssignmentInvalid("error.test_without_check", file=source, check=name)
    for exercise in assignment.exercises:
        if not exercise.checks and not exercise.hidden_weight:
            raise AssignmentInvalid("error.exercise_without_check", file=path, exercise=exercise.id)
        if not exercise.weight:
            raise AssignmentInvalid("error.weightless", file=path, exercise=exercise.id)
        _prove_needs(path, exercise)


def _prove_needs(path: Path, exercise: Exercise) -> None:
    own = [check.id for check in exercise.checks]
    for check in exercise.checks:
        earlier = own[: own.index(check.id)]
        for need in check.needs:
            if need not in earlier:
                allowed = ", ".join(earlier) or "-"
                raise AssignmentInvalid(
                    "error.needs", file=path, check=check.id, need=need, allowed=allowed
                )


# What no outcome depends on: the words that people read, and what only points depend on.
_WORDS = {"title", "languages", "due", "hint", "show"}
_POINTS = {"points", "extra", "weight", "hidden_weight"}
_ELSEWHERE = {"folder", "source", "measured", "checks_sha256", "settings_sha256"}


def _settings_sha256(assignment: Assignment) -> str:
    settings = _without(asdict(assignment), _WORDS | _POINTS | _ELSEWHERE)
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def _without(data: Any, keys: set[str]) -> Any:
    if isinstance(data, dict):
        return {key: _without(value, keys) for key, value in data.items() if key not in keys}
    if isinstance(data, tuple):
        return [_without(item, keys) for item in data]
    return data
