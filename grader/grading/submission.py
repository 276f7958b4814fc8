"""One submission to one record. Start reading here.

    grade -> grade_exercises -> _Begun.run -> Checks.run -> a call over the wire

The checks run in this process, the student's code in another (`grader.boundary`). The two ends of
it, guests for a submission and a record of the results, are in `grader.grading.grading`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

from grader.boundary.endings import Ending
from grader.boundary.guest.cuda import CPU
from grader.boundary.guests import Guests
from grader.checking.plugin import Case, Checks
from grader.course.assignment import Assignment
from grader.course.exercise import Check, Exercise
from grader.grading.follow_through import follow_through, is_followed, unfollowed
from grader.grading.forbidden import blame, blame_for_source, rules_of
from grader.grading.grading import Grading
from grader.grading.places import check_in_cells, in_cells
from grader.grading.results import not_run, result_of
from grader.grading.reuse import SETTLED, Shared, digests_of, still_known
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, Message, Record
from grader.scoring.waiting import waits_for

# Is told of each check as it ends.
Tell = Callable[[CheckResult], None]


def to_nobody(_: CheckResult) -> None:
    """Where only the whole record is wanted."""


def grade(
    grading: Grading,
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
    assignment, submission, checks = grading.assignment, grading.submission, grading.checks
    if submission.problem is not None:
        return grading.record([], [], [])
    package, places = assignment.package, submission.places

    def told(check: CheckResult) -> None:
        tell(check_in_cells(check, package, places))

    refusals = refused_as_too_heavy(too_heavy)
    with closing(grading.guests()) as guests:
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
    results = follow_through(grading, guests, results, followed)
    return grading.record(exercises, results, guests.survey.layers)


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
        begun = [_Begun(assignment, guests, checks, e, refusals.get(e.id)) for e in exercises]
        for public in ((True,), (False,)) if apart else ((True, False),):
            for own in begun:
                for result in own.run(public):
                    tell(result)
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


@dataclass
class _Begun:
    """An exercise of which some checks may have run."""

    assignment: Assignment
    guests: Guests
    checks: Checks
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

    def run(self, public: Collection[bool]) -> Iterator[CheckResult]:
        """Run its public checks (True in `public`), its hidden ones (False), or both."""
        before = self.guests.clock.used
        judge = partial(blame, self.assignment, self.exercise)
        rules = rules_of(self.assignment, self.exercise)
        self.guests.begin_exercise(rules, judge, exercise=self.exercise.id, gpu=self.exercise.gpu)
        # public ones first: after a hidden one they would take another guest
        for check in sorted(self.exercise.checks, key=lambda check: not check.public):
            if check.public in public and self.refusal is None:
                self.results.append(self._ended(check))
                yield self.results[-1]
        self.seconds += self.guests.clock.used - before
        self.devices.add(self.guests.device)

    def _ended(self, check: Check) -> CheckResult:
        reason = self._reason_not_to_run(check)
        if reason is not None:
            # one that waits for another is as settled as that one; one without time is not
            self.settled &= reason.code == "skipped"
            return not_run(check, Outcome.SKIPPED, reason)
        cases = self._cases(check)
        self.settled &= all(case.outcome in SETTLED for case in cases)
        self.refusal = _found_at_run_time(cases)
        count = len(self.checks.items[check.id])
        return result_of(check, cases, count, self.guests.take_output())

    def _reason_not_to_run(self, check: Check) -> Message | None:
        limits = self.assignment.limits
        if self.guests.clock.used > limits.submission_seconds:
            return Message("budget", {"seconds": f"{limits.submission_seconds:g}"})
        if self.timeouts >= limits.timeouts:
            return Message("timeouts", {"count": str(self.timeouts)})
        passed = {result.id for result in self.results if result.outcome == Outcome.PASSED}
        return waits_for(check, self.exercise, passed)

    def _cases(self, check: Check) -> list[Case]:
        """The cases of one check, up to the last time-out that the exercise may have."""
        cases: list[Case] = []
        for case in self.checks.run(check, self.guests):
            cases.append(case)
            self.timeouts += case.outcome == Outcome.TIMEOUT
            if self.timeouts >= self.assignment.limits.timeouts:
                break
        return cases

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


def _found_at_run_time(cases: list[Case]) -> Ending | None:
    for case in cases:
        if case.outcome == Outcome.FORBIDDEN and case.judged.message is not None:
            return Ending(Outcome.FORBIDDEN, case.judged.message, case.judged.detail)
    return None


def _refused(check: Check, refusal: Ending) -> CheckResult:
    result = not_run(check, refusal.outcome, refusal.message)
    # a student reads the details of a public check, and these may come from a hidden one
    return result if check.public else replace(result, detail=refusal.detail)
