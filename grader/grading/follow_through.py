"""A slip is paid for once: a check that fails through another function's slip counts as passed.

Where the checks of several functions fail, each failed check is run once more in a guest in which
every other function is the reference's (`grader.boundary.guest.stand_ins`). What comes of it stands
beside the outcome, `CheckResult.passes_with`; `grader.scoring` decides whether it counts. Nothing
that such a guest prints or raises is ever shown. What is not written yet, no other function can
make up for: it is not run again.

In that guest the student's code runs beside the reference, so code that can look behind a call is
not followed through (`grader.boundary.guest.looks_behind`), and what is forbidden stays so. Whoever
called another function that used something forbidden has not used it, nor has who needs a file that
imports it: with the reference's in their place nothing forbidden is left, and the check passes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial

from grader.boundary.endings import Ending
from grader.boundary.guests import GUEST_START, Guests
from grader.boundary.submitted import StandIns
from grader.course.exercise import Check, Exercise
from grader.grading.forbidden import blame, blame_for_source, rules_of
from grader.grading.grading import Grading
from grader.grading.reuse import SETTLED
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult


def follow_through(
    grading: Grading,
    guests: Guests,
    results: Sequence[ExerciseResult],
    followed: Mapping[str, ExerciseResult],
) -> list[ExerciseResult]:
    """The results, with what each failed check passes with, in what is left of the guests' time.

    Of those in `followed` that is known. An exercise in whose own source something forbidden was
    found is nobody else's slip.
    """
    assignment = grading.assignment
    if assignment.reference is None or not is_followed(results):
        return list(results)
    run = _Run(grading, guests)
    refused = blame_for_source(assignment, guests.survey.uses)
    by_id = {exercise.id: exercise for exercise in assignment.exercises}
    return [
        result
        if result.id in refused
        else followed.get(result.id) or run.again(by_id[result.id], result)
        for result in results
    ]


def is_followed(results: Iterable[ExerciseResult]) -> bool:
    """Whether checks of several functions fail, so that one may fail through another's slip."""
    return len(_failing(results)) > 1


def unfollowed(result: ExerciseResult) -> ExerciseResult:
    """The result as it was before."""
    return replace(result, checks=[replace(check, passes_with=[]) for check in result.checks])


def _failing(results: Iterable[ExerciseResult]) -> set[str]:
    """The top-level functions of which a check failed."""
    return {
        check.of.partition(".")[0]
        for result in results
        for check in result.checks
        if _may_pass(check)
    }


class _Run:
    """The second run of a submission's failed checks."""

    def __init__(self, grading: Grading, guests: Guests) -> None:
        self._assignment, self._alone = grading.assignment, guests  # beside whom nothing stood in
        self._checks, self._launcher = grading.checks, grading.launcher
        self._reference = grading.assignment.reference_files()
        self._hangs: dict[str, bool] = {}  # file -> whether it does though all functions stand in
        self._settled = True  # nothing of this exercise ended by time, memory or the machine

    def again(self, exercise: Exercise, result: ExerciseResult) -> ExerciseResult:
        """What its failed checks pass with. It follows from its digest alone if that does."""
        self._settled = True
        checks = self._again(exercise, result.checks)
        follows_from = result.follows_from if self._settled else ""
        return replace(result, checks=checks, follows_from=follows_from)

    def _again(self, exercise: Exercise, results: Sequence[CheckResult]) -> list[CheckResult]:
        """Run the failed checks of one exercise, those of a function in one guest."""
        passes_with: dict[str, list[str]] = {}
        if any(r.outcome == Outcome.FORBIDDEN for r in results):
            innocent = self._beside(
                exercise, exercise.names, partial(self._without_its_caller, exercise)
            )
            if innocent is None:
                return list(results)
            passes_with |= innocent
        by_id = {check.id: check for check in exercise.checks}
        hangs = self._does_hang(exercise, results)
        unwritten = self._alone.survey.unwritten.get(exercise.file, frozenset[str]())
        for name in exercise.names:
            if hangs or name in unwritten:
                continue  # what it lacks no other function has
            own = [r for r in results if r.of.partition(".")[0] == name and r.id not in passes_with]
            failed = [by_id[r.id] for r in own if _may_pass(r)]
            if failed:
                lost = {r.id for r in own if r.outcome != Outcome.PASSED}
                run = partial(self._passing, name, failed, lost)
                passes_with |= self._beside(exercise, (name,), run) or {}
        # what was not run after time-outs passes with whatever those pass with, too
        slow = [r for r in results if r.outcome == Outcome.TIMEOUT]
        waited_for = [name for r in slow for name in (r.of, *passes_with.get(r.id, []))]
        for result in results:
            if result.id in passes_with and _not_run_for(result) == "timeouts":
                passes_with[result.id] = [*passes_with[result.id], *waited_for]
        return [
            replace(r, passes_with=list(dict.fromkeys(passes_with.get(r.id, [])))) for r in results
        ]

    def _beside(
        self,
        exercise: Exercise,
        kept: Sequence[str],
        run: Callable[[Guests], dict[str, list[str]] | None],
    ) -> dict[str, list[str]] | None:
        """What `run` finds in a guest in which all but the functions `kept` are the reference's."""
        whole = self._alone.whole
        own = whole.only(self._alone.survey.reach.get(exercise.id, whole.files))
        submitted = replace(own, stand_ins=self._stand_ins(exercise.file, kept))
        guests = Guests(self._launcher, submitted, self._assignment.limits)
        judge = partial(blame, self._assignment, exercise)
        try:
            guests.begin_exercise(rules_of(self._assignment, exercise), judge, gpu=exercise.gpu)
            guests.open()
            return None if guests.survey.looks_behind else run(guests)
        except Ending:
            self._settled = False
            return None
        finally:
            guests.close()
            self._alone.clock.charge(guests.clock.used)

    def _does_hang(self, exercise: Exercise, results: Sequence[CheckResult]) -> bool:
        """Whether the exercise's file hangs when it is imported, whatever stands in.

        It is tried with all functions standing in, once: each function of its own would wait.
        """
        file = exercise.file
        if not any(_waited_for(result, file) for result in results):
            return False
        if file not in self._hangs:
            self._hangs[file] = self._beside(exercise, (), partial(_imported, file)) is None
        return self._hangs[file]

    def _without_its_caller(
        self, exercise: Exercise, guests: Guests
    ) -> dict[str, list[str]] | None:
        """What the checks of an exercise pass with that met something forbidden.

        None where its own functions use it. Where they do not, another exercise's does, and for
        that all its checks were refused: each passes with all that any of them called.
        """
        passed: list[str] = []
        called: list[str] = []
        for check in exercise.checks:
            if self._is_late(guests):
                break
            outcome = self._outcome(check, guests)
            if outcome == Outcome.FORBIDDEN:
                return None
            called += self._functions_called(guests, exercise.names)
            if outcome == Outcome.PASSED:
                passed.append(check.id)
        return dict.fromkeys(passed, called)

    def _passing(
        self, name: str, failed: Sequence[Check], lost: set[str], guests: Guests
    ) -> dict[str, list[str]]:
        """What the failed checks of a function pass with; `lost` are all that it did not pass."""
        found: dict[str, list[str]] = {}
        for check in failed:
            if self._is_late(guests):
                break
            if set(check.needs) & (lost - found.keys()):
                continue  # it waits for a check that is this function's own matter
            outcome = self._outcome(check, guests)
            if outcome in {Outcome.TIMEOUT, Outcome.FORBIDDEN}:
                break  # it is this function that is slow, or uses it
            called = self._functions_called(guests, [name])
            if outcome == Outcome.PASSED:
                found[check.id] = called
        return found

    def _outcome(self, check: Check, guests: Guests) -> Outcome:
        outcome = Outcome.PASSED
        with self._checks.without_words():
            for case in self._checks.run(check, guests):
                if case.outcome != Outcome.PASSED:
                    outcome = case.outcome
                    break
        guests.take_output()
        self._settled &= outcome in SETTLED
        return outcome

    def _is_late(self, guests: Guests) -> bool:
        """Whether the submission's time is over."""
        used = self._alone.clock.used + guests.clock.used
        is_over = used > self._assignment.limits.submission_seconds
        self._settled &= not is_over
        return is_over

    def _functions_called(self, guests: Guests, kept: Sequence[str]) -> list[str]:
        """The functions with points that stood in. A guest's word: only names that we know."""
        try:
            called = guests.request("stood_in")[1]
        except Ending:
            self._settled = False
            return []
        return [
            function.name
            for exercise in self._assignment.exercises
            for function in exercise.functions
            if function.root in called and function.root not in kept
        ]

    def _stand_ins(self, file: str, kept: Sequence[str]) -> StandIns:
        functions: dict[str, list[str]] = {}
        for exercise in self._assignment.exercises:
            own = functions.setdefault(exercise.file, [])
            own += [n for n in exercise.names if n not in kept and n not in own]
        elsewhere = [source for name, source in self._reference.items() if name != file]
        needed = frozenset(functions[file]).union(*map(_spelled, elsewhere))
        source = self._reference[file]
        for name in kept:
            source = without(source, name, needed)
        return StandIns({**self._reference, file: source}, functions, (file, tuple(kept)))


def _waited_for(result: CheckResult, file: str) -> bool:
    """Whether a check ended because this file was not imported in its time."""
    told = result.message
    return told is not None and told.code == "import_timeout" and told.fields.get("file") == file


def _imported(file: str, guests: Guests) -> dict[str, list[str]]:
    guests.begin_check(GUEST_START)
    try:
        guests.import_module(file.removesuffix(".py").replace("/", "."))
    except Ending as ending:
        if ending.outcome == Outcome.TIMEOUT:
            raise
    return {}


def _may_pass(result: CheckResult) -> bool:
    """Whether it makes sense to run the check again: it failed, or was not run as others did.

    An answer that was too much for the grader once is not asked for again.
    """
    if result.message is not None and result.message.code == "too_much":
        return False
    return result.outcome.fails or _not_run_for(result) in {"skipped", "timeouts"}


def _not_run_for(result: CheckResult) -> str:
    """Why a check was not run; "" where it was."""
    if result.outcome != Outcome.SKIPPED or result.message is None:
        return ""
    return result.message.code


@cache  # a worker asks for the same functions of the same reference in every submission
def without(source: bytes, name: str, needed: frozenset[str] = frozenset()) -> bytes:
    """A file of the reference without a function, and without what only that uses.

    `needed` stays: what stands in, and what other files use. In place of the function stands None,
    which the guest replaces by the student's.
    """
    body = ast.parse(source).body
    names = {node: _used([node]) for node in body}  # walked once
    gone = {name}
    while True:
        left = [node for node in body if not _bound(node) or not _bound(node) <= gone]
        wanted = _union(names[node] for node in body if node not in left) - needed
        more: set[str] = set()
        for node in left:
            if _bound(node) and _bound(node) <= wanted:
                others = _union(names[other] for other in left if other is not node)
                if not _bound(node) & others:
                    more |= _bound(node)
        if not more:
            break
        gone |= more
    text = ast.unparse(ast.Module(left, [])) + f"\n{name} = None\n"
    return text.encode()


def _bound(node: ast.stmt) -> set[str]:
    """The names that a definition or an assignment gives to a module; empty for all else."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return set()
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    return names if len(names) == len(targets) else set()


def _union(sets: Iterable[set[str]]) -> set[str]:
    return set[str]().union(*sets)


def _used(nodes: Sequence[ast.AST]) -> set[str]:
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}


@cache
def _spelled(source: bytes) -> set[str]:
    """Every name in a file."""
    nodes = list(ast.walk(ast.parse(source)))
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return attributes | _used(nodes) | {n.name for n in nodes if isinstance(n, ast.alias)}
