"""A slip is paid for once: a check that fails through another function's slip counts as passed.

Where the checks of several functions fail, each failed check is run once more in a guest in which
every other function is the reference's (`grader.boundary.guest.stand_ins`). What comes of it stands
beside the outcome, `CheckResult.passes_with`; `grader.scoring` decides whether it counts. Nothing
that such a guest prints or raises is ever shown.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.boundary.endings import Ending
from grader.boundary.guests import Guests
from grader.boundary.launchers import Launcher
from grader.boundary.submitted import StandIns, Submitted
from grader.checking.plugin import Checks
from grader.checking.student import Object
from grader.course.assignment import Assignment
from grader.course.exercise import Check, Exercise
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult

# How a check may have ended to be run again. A forbidden name is nobody else's slip.
_AGAIN = {
    Outcome.FAILED,
    Outcome.RAISED,
    Outcome.UNANSWERED,
    Outcome.TIMEOUT,
    Outcome.MEMORY,
    Outcome.CRASHED,
    Outcome.UNREADABLE,
}


def follow_through(
    assignment: Assignment,
    submitted: Submitted,
    checks: Checks,
    launcher: Launcher,
    results: Sequence[ExerciseResult],
    seconds: float,
) -> list[ExerciseResult]:
    """The results, with what each failed check passes with. Uses at most `seconds`."""
    if assignment.reference is None or len(_failing(results)) < 2:
        return list(results)
    run = _Run(assignment, submitted, checks, launcher, seconds)
    by_id = {exercise.id: exercise for exercise in assignment.exercises}
    return [
        replace(result, checks=run.again(by_id[result.id], result.checks)) for result in results
    ]


def _failing(results: Sequence[ExerciseResult]) -> set[str]:
    """The top-level functions of which a check failed."""
    return {
        check.of.partition(".")[0]
        for result in results
        for check in result.checks
        if check.outcome in {*_AGAIN, Outcome.FORBIDDEN}
    }


class _Run:
    """The second run of a submission's failed checks."""

    def __init__(
        self,
        assignment: Assignment,
        submitted: Submitted,
        checks: Checks,
        launcher: Launcher,
        seconds: float,
    ) -> None:
        self._assignment, self._submitted = assignment, submitted
        self._checks, self._launcher, self._seconds = checks, launcher, seconds
        self._reference = assignment.reference_files()

    def again(self, exercise: Exercise, results: Sequence[CheckResult]) -> list[CheckResult]:
        """Run the failed checks of one exercise, those of a function in one guest."""
        passes_with: dict[str, list[str]] = {}
        by_id = {check.id: check for check in exercise.checks}
        for name in exercise.names:
            failed = [r for r in results if r.of.partition(".")[0] == name and _may_pass(r)]
            if failed:
                passes_with |= self._function(exercise, name, [by_id[r.id] for r in failed])
        return [replace(r, passes_with=passes_with.get(r.id, [])) for r in results]

    def _function(
        self, exercise: Exercise, name: str, failed: Sequence[Check]
    ) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        stand_ins = self._stand_ins(exercise.file, name)
        submitted = replace(self._submitted, stand_ins=stand_ins)
        guests = Guests(self._launcher, submitted, self._assignment.limits, Object)
        try:
            for check in failed:
                if guests.clock.used > self._seconds:
                    break
                outcome = self._outcome(check, guests)
                if outcome == Outcome.PASSED:
                    found[check.id] = self._functions_called(guests, name)
                elif outcome == Outcome.TIMEOUT:
                    break  # it is this function that is slow
        finally:
            self._seconds -= guests.clock.used
            guests.close()
        return found

    def _outcome(self, check: Check, guests: Guests) -> Outcome:
        outcome = Outcome.PASSED
        for case in self._checks.run(check, guests):
            if case.outcome != Outcome.PASSED:
                outcome = case.outcome
                break
        guests.take_output()
        return outcome

    def _functions_called(self, guests: Guests, kept: str) -> list[str]:
        """The functions with points that stood in. A guest's word: only names that we know."""
        try:
            called = guests.request("stood_in")[1]
        except Ending:
            return []
        return [
            function.name
            for exercise in self._assignment.exercises
            for function in exercise.functions
            if function.root in called and function.root != kept
        ]

    def _stand_ins(self, file: str, kept: str) -> StandIns:
        functions: dict[str, list[str]] = {}
        for exercise in self._assignment.exercises:
            own = functions.setdefault(exercise.file, [])
            own += [n for n in exercise.names if n != kept and n not in own]
        reference = {**self._reference, file: without(self._reference[file], kept)}
        return StandIns(reference, functions, (file, kept))


def _may_pass(result: CheckResult) -> bool:
    """Whether it makes sense to run the check again: it failed, or waited for one that did."""
    waited = result.message is not None and result.message.code == "skipped"
    return result.outcome in _AGAIN or (result.outcome == Outcome.SKIPPED and waited)


def without(source: bytes, name: str) -> bytes:
    """A file of the reference without a function, and without the helpers that only it uses.

    In its place stands None, which the guest replaces by the student's.
    """
    tree = ast.parse(source)
    nodes = {node.name: node for node in tree.body if isinstance(node, _NAMED)}
    gone = {name} & nodes.keys()
    while True:
        used = _used([node for node in tree.body if getattr(node, "name", "") not in gone])
        more = {
            helper
            for helper in nodes.keys() - gone
            if helper.startswith("_") and helper not in used and _only_for(helper, gone, nodes)
        }
        if not more:
            break
        gone |= more
    kept = [node for node in tree.body if getattr(node, "name", "") not in gone]
    text = ast.unparse(ast.Module(kept, [])) + f"\n{name} = None\n"
    return text.encode()


_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _only_for(helper: str, gone: set[str], nodes: Mapping[str, ast.stmt]) -> bool:
    """Whether what is gone was what used the helper; one that nobody uses may stay."""
    return helper in _used([nodes[name] for name in gone])


def _used(nodes: Sequence[ast.stmt]) -> set[str]:
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
