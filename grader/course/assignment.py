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
from grader.course.exercise import Exercise, Surroundings, read_exercise
from grader.course.forbidden import Forbidden, read_forbidden
from grader.course.toml import Table, Text
from grader.errors import AssignmentInvalid
from grader.i18n import LANGUAGES


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
class Assignment:
    """Everything about one assignment but the text of its checks."""

    id: str
    package: str
    title: Text
    languages: tuple[str, ...]  # in which every title and hint is there
    due: str | None  # ISO 8601 with an offset
    timezone: str | None  # in which people read times; None: UTC
    allowed_packages: tuple[str, ...]
    limits: Limits
    files: tuple[SourceFile, ...]
    forbidden: tuple[Forbidden, ...]  # in every exercise
    exercises: tuple[Exercise, ...]
    folder: Path
    reference: Path | None  # the solved package; a released template has none
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

    @property
    def public_checks(self) -> frozenset[str]:
        """The checks that are given away."""
        return frozenset(check.id for e in self.exercises for check in e.checks if check.public)

    def forbidden_in(self, exercise: Exercise) -> tuple[Forbidden, ...]:
        """All that must not be used in an exercise: what it forbids itself comes first."""
        return (*exercise.forbidden, *self.forbidden)

    def only(self, ids: Collection[str], without_checks: Collection[str] = ()) -> list[Exercise]:
        """The exercises with these ids, in order, all when there are none; without some checks."""
        return [
            replace(e, checks=tuple(c for c in e.checks if c.id not in without_checks))
            for e in self.exercises
            if not ids or e.id in ids
        ]

    @property
    def package_files(self) -> tuple[str, ...]:
        """What the solved package and the template consist of, as far as it is run."""
        return ("__init__.py", *(file.name for file in self.files))

    def reference_folder(self) -> Path:
        """Where the solved package is. Raises `AssignmentInvalid` for a template, without one."""
        if self.reference is None:
            raise AssignmentInvalid("error.no_reference", file=self.folder)
        return self.reference

    def reference_paths(self) -> dict[str, Path]:
        """The files of the solved package. Raises `AssignmentInvalid` for one that is not there."""
        folder = self.reference_folder()
        found = {name: folder / name for name in self.package_files}
        for path in found.values():
            if not path.is_file():
                raise AssignmentInvalid("error.no_reference", file=path)
        return found

    def reference_files(self) -> dict[str, bytes]:
        """What stands in them. Raises as `reference_paths` does."""
        return {name: path.read_bytes() for name, path in self.reference_paths().items()}

    def check_files(self) -> list[Path]:
        """The files that hold checks."""
        return sorted({check.source for e in self.exercises for check in e.checks})


def load(
    folder: Path,
    languages: tuple[str, ...] = LANGUAGES,
    zone: ZoneInfo | None = None,
    references: Path | None = None,
) -> Assignment:
    """Read `folder/assignment.toml` and prove that each check has a test and each test a check.

    `languages` and `zone` are the course's, `references` its folder of solved packages. A released
    template, which has no course around it,
    names its languages itself.
    """
    path = folder / "assignment.toml"
    if not path.exists():
        raise AssignmentInvalid("error.no_assignment", folder=folder)
    top = Table.read(path)
    languages = top.some("languages", list(LANGUAGES), default=languages)
    files = tuple(_source_file(table) for table in top.tables("file", required=True))
    names = [file.name for file in files]
    top.refuse_twice("file", names)
    limits = _limits(top.table("limits"))
    around = Surroundings(
        files=names,
        languages=languages,
        sources=check_files.tests(folder),
        check_seconds=limits.check_seconds,
        timings=check_files.timings(folder),
    )
    package = top.string("package")
    assignment = Assignment(
        id=top.string("id"),
        package=package,
        title=top.text("title", languages),
        languages=languages,
        due=top.moment("due", zone),
        timezone=zone.key if zone else None,
        allowed_packages=top.strings("allowed_packages", default=()),
        limits=limits,
        files=files,
        forbidden=tuple(read_forbidden(t, languages) for t in top.tables("forbidden")),
        exercises=_exercises(top, folder / "exercises", around),
        folder=folder,
        reference=references / package if references else None,
        checks_sha256=check_files.sha256(folder),
        settings_sha256="",
    )
    top.done()
    _prove(folder, around.sources, assignment)
    return replace(assignment, settings_sha256=_settings_sha256(assignment))


def _exercises(top: Table, folder: Path, around: Surroundings) -> tuple[Exercise, ...]:
    """Those that `exercises = [...]` names, each from a file of its own."""
    there = sorted(path.stem for path in folder.glob("*.toml"))
    ids = top.choices("exercises", there)
    top.refuse_twice("exercises", list(ids))
    for name in there:
        if name not in ids:
            file = folder / f"{name}.toml"
            raise AssignmentInvalid("error.exercise_not_named", file=file, exercise=name)
    return tuple(read_exercise(folder / f"{name}.toml", around) for name in ids)


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
        memory_mb=table.integer("memory_mb", default.memory_mb, least=1),
        scratch_mb=table.integer("scratch_mb", default.scratch_mb, least=1),
        threads=table.integer("threads", default.threads, least=1),
        output_kb=table.integer("output_kb", default.output_kb, least=0),
        timeouts=table.integer("timeouts", default.timeouts, least=1),
    )
    table.done()
    return limits


def _prove(folder: Path, tests: dict[str, check_files.Test], assignment: Assignment) -> None:
    """What the files say together makes sense, too."""
    checks = [check.id for exercise in assignment.exercises for check in exercise.checks]
    _refuse_twice(folder, "check", checks)
    _refuse_twice(folder, "function", [f.name for e in assignment.exercises for f in e.functions])
    for name, test in tests.items():
        if name not in checks:
            raise AssignmentInvalid("error.test_without_check", file=test.path, check=name)


def _refuse_twice(folder: Path, what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise AssignmentInvalid(f"error.{what}_in_two_exercises", file=folder, name=name)


# What no outcome depends on: the words that people read, and what only points depend on. Of which
# functions there are, and which a check is about, depends who stands in for whom.
_WORDS = {"title", "languages", "due", "timezone", "hint", "show"}
_POINTS = {"points", "kind", "extra", "hidden_checks"}
_ELSEWHERE = {
    *("folder", "reference", "source", "measured", "wants_error"),
    *("checks_sha256", "settings_sha256"),
}


def _settings_sha256(assignment: Assignment) -> str:
    settings = _without(asdict(assignment), _WORDS | _POINTS | _ELSEWHERE)
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def _without(data: Any, keys: set[str]) -> Any:
    if isinstance(data, dict):
        return {key: _without(value, keys) for key, value in data.items() if key not in keys}
    if isinstance(data, tuple):
        return [_without(item, keys) for item in data]
    return data
