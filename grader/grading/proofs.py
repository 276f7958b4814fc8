"""The short ways to a record that nobody reads: those of a proof (`grader.authoring.verify`).

It is no student's, so public checks need not be kept apart from what hidden ones ask, and its
source is read only where that can matter. Of a known bug all is run in this way, of an answer that
must earn nothing as little as can be, and of what is to tell which check enters what each check
alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import replace
from enum import StrEnum

from grader.boundary.guests import Guests
from grader.checking.plugin import Case, Checks
from grader.course.exercise import Check, Exercise, Kind
from grader.grading.follow_through import follow_through, is_followed
from grader.grading.grading import Grading
from grader.grading.results import result_of
from grader.grading.submission import grade_exercises, refused_as_too_heavy, refused_by_source
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, Record
from grader.scoring.waiting import waits_for


class Way(StrEnum):
    """How a submission becomes a record."""

    WHOLE = "whole"  # as a student's
    BUG = "bug"  # as a known bug: the same outcomes, without words
    CORE = "core"  # by core checks alone
    APART = "apart"  # each check in a guest that no other has used


def grade_bug(
    grading: Grading, exercises: Sequence[Exercise], too_heavy: Collection[str] = ()
) -> Record:
    """The record of all checks of `exercises`, those of each in one guest, and followed through.

    Of a package that neither names what is forbidden nor keeps anything from one check to the next:
    who does may end otherwise as a student's. Raises `PlatformError` when the grader itself fails.
    """
    assignment, checks = grading.assignment, grading.checks
    refusals = refused_as_too_heavy(too_heavy)
    guests = grading.guests()
    with closing(guests), checks.without_words():
        graded = grade_exercises(assignment, guests, checks, exercises, refusals, apart=False)
        results = list(graded)
    if is_followed(results):
        spent, guests = guests.clock.used, grading.guests()
        guests.clock.charge(spent)
        with closing(guests):
            refused_by_source(assignment, guests, exercises)  # who follows wants what it reads
        results = follow_through(grading, guests, results, {})
    return grading.record(exercises, results, guests.survey.layers)


def grade_apart(grading: Grading, exercises: Sequence[Exercise]) -> Record:
    """The record of all checks of `exercises`, each run in a guest that no other check has used.

    None waits for another, nothing is forbidden, and nothing is followed through. Raises
    `PlatformError` when the grader itself fails.
    """
    results = []
    for exercise in exercises:
        alone = [replace(exercise, checks=(replace(c, needs=()),)) for c in exercise.checks]
        with closing(grading.guests()) as guests:
            graded = list(grade_exercises(grading.assignment, guests, grading.checks, alone, {}))
            layers = guests.survey.layers
        results.append(ExerciseResult.unscored(exercise, [r.checks[0] for r in graded]))
    return grading.record(exercises, results, layers)


def grade_core(grading: Grading) -> Record:
    """The record of all core checks, each run up to the first case that does not pass.

    A function of which no core check passes earns nothing, whatever else it passes. One guest
    serves all exercises; nothing is forbidden, and nothing is followed through. Raises
    `PlatformError` when the grader itself fails.
    """
    exercises, checks = grading.assignment.exercises, grading.checks
    with closing(grading.guests()) as guests, checks.without_words():
        guests.begin_exercise()
        guests.open()
        results = [_exercise(exercise, checks, guests) for exercise in exercises]
    return grading.record(exercises, results, guests.survey.layers)


def _exercise(exercise: Exercise, checks: Checks, guests: Guests) -> ExerciseResult:
    core = replace(exercise, checks=tuple(c for c in exercise.checks if c.kind == Kind.CORE))
    results: list[CheckResult] = []
    passed: set[str] = set()
    for check in core.checks:
        if waits_for(check, core, passed) is None:
            results.append(_check(check, checks, guests))
            if results[-1].outcome == Outcome.PASSED:
                passed.add(check.id)
    seconds = sum(result.seconds for result in results)
    return ExerciseResult.unscored(exercise, results, seconds=seconds)


def _check(check: Check, checks: Checks, guests: Guests) -> CheckResult:
    cases: list[Case] = []
    # as a hidden one: a public check would have a guest that has served none
    for case in checks.run(replace(check, public=False), guests):
        cases.append(case)
        if case.outcome != Outcome.PASSED:
            break
    return result_of(check, cases, len(checks.items[check.id]), guests.take_output())
