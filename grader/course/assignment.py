"""`assignment.toml` and the checks beside it, read into typed objects.

    assignment = load(Path("assignments/hw1"))
    assignment.exercises[0].checks[0].title["ko"]

A mistake is an `AssignmentInvalid` with file, line, key, what was found and what is allowed.
"""

from __future__ import annotations

import ast
import hashlib
import json
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

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
    due: str | None
    allowed_packages: tuple[str, ...]
    limits: Limits
    files: tuple[SourceFile, ...]
    forbidden: tuple[Forbidden, ...]
    exercises: tuple[Exercise, ...]
    folder: Path
    checks_sha256: str  # of the checks' text
    settings_sha256: str  # of assignment.toml and the measured times

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


def load(folder: Path) -> Assignment:
    """Read `folder/assignment.toml` and prove that each check has a test and each test a check."""
    path = folder / "assignment.toml"
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise AssignmentInvalid("error.no_assignment", folder=folder) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AssignmentInvalid("error.toml", file=path, reason=error) from None
    top = Table(data, path, text)
    sources = _tests(folder)
    files = tuple(_source_file(table) for table in top.tables("file"))
    names = [file.name for file in files]
    exercises = [_exercise(table, names) for table in top.tables("exercise")]
    limits = _limits(top.table("limits"))
    timings = _timings(folder)
    checks = [
        _check(table, [e.id for e in exercises], sources, limits, timings)
        for table in top.tables("check")
    ]
    assignment = Assignment(
        id=top.string("id"),
        package=top.string("package"),
        title=top.text("title", LANGUAGES),
        due=top.moment("due"),
        allowed_packages=top.strings("allowed_packages", default=()),
        limits=limits,
        files=files,
        forbidden=tuple(_forbidden(table, names) for table in top.tables("forbidden")),
        exercises=tuple(_with_checks(e, checks) for e in exercises),
        folder=folder,
        checks_sha256=_digest(folder, _check_files(folder)),
        settings_sha256=_digest(folder, [path, folder / "timings.json"]),
    )
    top.done()
    _prove(path, checks, sources, assignment)
    return assignment


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


def _forbidden(table: Table, files: list[str]) -> Forbidden:
    forbidden = Forbidden(
        names=table.strings("names"),
        files=table.choices("files", files, default=()),
        within=table.strings("within", default=()),
        instead=table.text("instead", LANGUAGES),
    )
    table.done()
    return forbidden


def _exercise(table: Table, files: list[str]) -> Exercise:
    exercise = Exercise(
        id=table.string("id"),
        file=table.choice("file", files),
        names=table.strings("names"),
        uses=table.choices("uses", files, default=()),
        preload=table.strings("preload", default=()),
        points=table.number("points"),
        extra=table.flag("extra", default=False),
        hidden_weight=table.number("hidden_weight", 0.0),
        title=table.text("title", LANGUAGES),
        checks=(),
    )
    table.done()
    return exercise


def _check(
    table: Table,
    exercises: list[str],
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
        title=table.text("title", LANGUAGES),
        hint=table.text("hint", LANGUAGES),
        public=public,
        source=path,
        measured=measured or 0.0,
    )
    table.done()
    return check


def _with_checks(exercise: Exercise, checks: list[Check]) -> Exercise:
    own = tuple(check for check in checks if check.exercise == exercise.id)
    return replace(exercise, checks=own)


def _prove(
    path: Path,
    checks: list[Check],
    sources: dict[str, tuple[Path, bool]],
    assignment: Assignment,
) -> None:
    ids = [check.id for check in checks]
    for name in ids:
        if ids.count(name) > 1:
            raise AssignmentInvalid("error.check_twice", file=path, check=name)
    for name, (source, _) in sources.items():
        if name not in ids:
            raise AssignmentInvalid("error.test_without_check", file=source, check=name)
    for exercise in assignment.exercises:
        if not exercise.checks and not exercise.hidden_weight:
            raise AssignmentInvalid("error.exercise_without_check", file=path, exercise=exercise.id)
        own = [check.id for check in exercise.checks]
        for check in exercise.checks:
            for need in check.needs:
                if need not in own or own.index(need) >= own.index(check.id):
                    allowed = ", ".join(own[: own.index(check.id)]) or "-"
                    raise AssignmentInvalid(
                        "error.needs", file=path, check=check.id, need=need, allowed=allowed
                    )


def _digest(folder: Path, paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update((path.read_bytes() if path.exists() else b"") + b"\0")
    return digest.hexdigest()


def _check_files(folder: Path) -> list[Path]:
    return [
        path
        for part in ("checks/public", "checks/hidden", "checks")
        for path in sorted((folder / part).glob("*.py"))
    ]


def _tests(folder: Path) -> dict[str, tuple[Path, bool]]:
    """Check id -> (its file, is it public), read without running anything."""
    found: dict[str, tuple[Path, bool]] = {}
    for path in _check_files(folder):
        if not path.name.startswith("test_"):
            continue
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError) as error:
            raise AssignmentInvalid("error.check_syntax", file=path, reason=error) from None
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                name = node.name.removeprefix("test_")
                if name in found:
                    raise AssignmentInvalid("error.check_twice", file=path, check=name)
                found[name] = (path, path.parent.name != "hidden")
    return found


def _timings(folder: Path) -> dict[str, float]:
    """Seconds the reference needs for each check, as `grader verify --measure` stored them."""
    path = folder / "timings.json"
    if not path.exists():
        return {}
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): float(seconds) for name, seconds in data.items()}
    except (ValueError, AttributeError) as error:
        raise AssignmentInvalid("error.toml", file=path, reason=error) from None
