"""One submission to one record. Start reading here.

    grade -> grade_exercises -> _run_checks -> _run -> Checks.run -> a call over the wire

The checks run in this process, the student's code in another (`grader.boundary`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType

from grader.boundary.endings import Ending
from grader.boundary.guest.cuda import CPU
from grader.boundary.guests import Guests
from grader.boundary.launchers import Launcher
from grader.boundary.submitted import Submitted
from grader.checking.plugin import Case, Checks
from grader.course.assignment import Assignment
from grader.course.exercise import Check, Exercise
from grader.grading.follow_through import follow_through, is_followed, unfollowed
from grader.grading.forbidden import blame, blame_for_source, rules_of, searched
from grader.grading.places import check_in_cells, in_cells
from grader.grading.results import not_run, record_of, result_of
from grader.grading.reuse import SETTLED, Shared, digests_of, still_known
from grader.intake.read import Submission
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, Message, Record
from grader.scoring.points import score
from grader.scoring.waiting import waits_for

# Is told of each check as it ends.
Tell = Callable[[CheckResult], None]


def to_nobody(_: CheckResult) -> None:
    """Where only the whole record is wanted."""


def grade(
    assignment: Assignment,
    submission: Submission,
    checks: Checks,
    launcher: Launcher,
    exercises: Sequence[Exercise],
    too_heavy: Collection[str] = (),
    tell: Tell = to_nobody,
    earlier: Sequence[ExerciseResult] = (),
    shared: Shared | None = None,
) -> Record:
    """Run the checks of `exercises` against the submission, but for those that are too heavy.

    What would come out the same again is taken from `earlier`, all that a record of the same
    assignment holds, or from `shared` (`grader.grading.reuse`). Raises `PlatformError` when the
    grader itself fails; nothing a student hands in raises.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    results: list[ExerciseResult] = []
    layers: list[str] = []
    if submission.problem is None:
        refusals = refused_as_too_heavy(too_heavy)
        package, places = assignment.package, submission.places

        def told(check: CheckResult) -> None:
            tell(check_in_cells(check, package, places))

        with closing(guests_of(launcher, assignment, submission)) as guests:
            refusals |= refused_by_source(assignment, guests, exercises)
            now = digests_of(assignment, submission, guests.survey, exercises, checks.right_digest)
            may_be_known = {e: now[e] for e in now if e not in too_heavy}
            own = still_known(earlier, may_be_known)
            known = ({} if shared is None else shared.find(may_be_known)) | own
            guests.clock.charge(sum(result.seconds for result in own.values()))
            anew = [exercise for exercise in exercises if exercise.id not in known]
            ran = {
                result.id: in_cells(result, package, places)
                for result in grade_exercises(assignment, guests, checks, anew, refusals, told, now)
            }
            if shared is not None:
                shared.keep(ran.values())
            # only now: what others have paid for takes no time from what is run
            taken = (result for name, result in known.items() if name not in own)
            guests.clock.charge(sum(result.seconds for result in taken))
        results = [ran.get(e.id) or unfollowed(known[e.id]) for e in exercises]
        followed = own if is_followed(earlier) else {}
        results = follow_through(assignment, guests, checks, launcher, results, followed)
        results = score(exercises, results)
        layers = guests.survey.layers
    return record_of(assignment, submission, results, layers, started, time.monotonic() - clock)


def grade_exercises(
    assignment: Assignment,
    guests: Guests,
    checks: Checks,
    exercises: Sequence[Exercise],
    refusals: Mapping[str, Ending],
    tell: Tell = to_nobody,
    digests: Mapping[str, str] = MappingProxyType({}),
    *,
    apart: bool = True,
) -> Iterator[ExerciseResult]:
    """Each exercise in turn, in a guest of its own; all public checks before any hidden one.

    A student reads what public checks print, and the clock is among it: it would tell how long
    hidden checks took, and they may take as long as their inputs say. Where no student reads it,
    they need not be `apart`. `refusals`: why none of an exercise's checks is run. `digests`: what
    its outcomes follow from, if time has no part in it.
    """
    try:
        begun = [_Begun(exercise, refusals.get(exercise.id)) for exercise in exercises]
        for public in ((True,), (False,)) if apart else ((True, False),):
            for own in begun:
                before = guests.clock.used
                _begin(assignment, own.exercise, guests)
                for result in _run_checks(assignment, own, checks, guests, public):
                    own.results.append(result)
                    tell(result)
                own.seconds += guests.clock.used - before
                own.devices.add(guests.device)
                if own.ends_public in public:
                    yield own.result(digests.get(own.exercise.id, ""))
    finally:
        guests.close()


def refused_as_too_heavy(exercises: Collection[str]) -> dict[str, Ending]:
    """Exercise id -> why none of its checks is run: what it answered has ended a worker."""
    return dict.fromkeys(exercises, Ending(Outcome.UNREADABLE, Message("too_much")))


def refused_by_source(
    assignment: Assignment, guests: Guests, exercises: Sequence[Exercise]
) -> dict[str, Ending]:
    """Exercise id -> why none of its checks is run, as far as reading tells."""
    if exercises:  # a launcher arms rules once: those of the first of them
        guests.begin_exercise(rules_of(assignment, exercises[0]))
    try:
        guests.read()
    except Ending as ending:  # its files are more than a guest can even read
        return {exercise.id: ending for exercise in exercises}
    found = blame_for_source(assignment, guests.survey.uses)
    return {name: Ending(Outcome.FORBIDDEN, message) for name, message in found.items()}


def _begin(assignment: Assignment, exercise: Exercise, guests: Guests) -> None:
    judge = partial(blame, assignment, exercise)
    rules = rules_of(assignment, exercise)
    guests.begin_exercise(rules, judge, exercise=exercise.id, gpu=exercise.gpu)


def guests_of(launcher: Launcher, assignment: Assignment, submission: Submission) -> Guests:
    """Who runs the submission, within the assignment's limits."""
    package = package_of(assignment, submission)
    return Guests(launcher, package, assignment.limits)


def package_of(assignment: Assignment, submission: Submission) -> Submitted:
    """What a guest is told of a submission."""
    return Submitted(
        package=assignment.package,
        files=submission.files,
        searched=searched(assignment),
        allowed=assignment.allowed_packages,
    )


@dataclass
class _Begun:
    """An exercise of which some checks may have run."""

    exercise: Exercise
    refusal: Ending | None  # why none of its checks counts
    results: list[CheckResult] = field(default_factory=list)
    timeouts: int = 0
    seconds: float = 0.0
    settled: bool = True  # run again, each check that was run, and no other, ends as it did
    devices: set[str] = field(default_factory=set)  # of its guests; "" where there was none

    @property
    def ends_public(self) -> bool:
        """Whether it has no hidden check."""
        return all(check.public for check in self.exercise.checks)

    def result(self, digest: str) -> ExerciseResult:
        """What came of it, its checks in the order of the assignment."""
        results = {result.id: result for result in self.results}
        if self.refusal is not None:
            # what it made by forbidden means is of no use in the other checks
            results = {c.id: _refused(c, self.refusal) for c in self.exercise.checks}
        ordered = [results[check.id] for check in self.exercise.checks]
        is_settled = self.settled and (self.refusal is None or self.refusal.outcome in SETTLED)
        return ExerciseResult.unscored(
            self.exercise,
            ordered,
            seconds=round(self.seconds, 4),
            device=", ".join(sorted(self.devices - {""})) or CPU,
            follows_from=digest if is_settled else "",
        )


def _run_checks(
    assignment: Assignment,
    own: _Begun,
    checks: Checks,
    guests: Guests,
    public: Collection[bool],
) -> Iterator[CheckResult]:
    """Run the public checks of an exercise (True in `public`), the hidden ones (False), or both."""
    # public ones first: after a hidden one they would take another guest
    for check in sorted(own.exercise.checks, key=lambda check: not check.public):
        if own.refusal is not None:
            return
        if check.public not in public:
            continue
        reason = _reason_not_to_run(assignment, own, check, guests)
        if reason is not None:
            # one that waits for another is as settled as that one; one without time is not
            own.settled &= reason.code == "skipped"
            yield not_run(check, Outcome.SKIPPED, reason)
            continue
        cases = _run(check, checks, guests, assignment.limits.timeouts - own.timeouts)
        own.timeouts += sum(case.outcome == Outcome.TIMEOUT for case in cases)
        own.settled &= all(case.outcome in SETTLED for case in cases)
        count = len(checks.items[check.id])
        own.refusal = _found_at_run_time(cases)
        yield result_of(check, cases, count, guests.take_output())


def _found_at_run_time(cases: list[Case]) -> Ending | None:
    for case in cases:
        if case.outcome == Outcome.FORBIDDEN and case.judged.message is not None:
            return Ending(Outcome.FORBIDDEN, case.judged.message, case.judged.detail)
    return None


def _refused(check: Check, refusal: Ending) -> CheckResult:
    result = not_run(check, refusal.outcome, refusal.message)
    # a student reads the details of a public check, and these may come from a hidden one
    return result if check.public else replace(result, detail=refusal.detail)


def _reason_not_to_run(
    assignment: Assignment, own: _Begun, check: Check, guests: Guests
) -> Message | None:
    limits = assignment.limits
    if guests.clock.used > limits.submission_seconds:
        return Message("budget", {"seconds": f"{limits.submission_seconds:g}"})
    if own.timeouts >= limits.timeouts:
        return Message("timeouts", {"count": str(own.timeouts)})
    passed = {result.id for result in own.results if result.outcome == Outcome.PASSED}
    return waits_for(check, own.exercise, passed)


def _run(check: Check, checks: Checks, guests: Guests, timeouts: int) -> list[Case]:
    """The cases of one check, up to the last time-out that the exercise may have."""
    cases: list[Case] = []
    for case in checks.run(check, guests):
        cases.append(case)
        if sum(c.outcome == Outcome.TIMEOUT for c in cases) >= timeouts:
            break
    return cases
