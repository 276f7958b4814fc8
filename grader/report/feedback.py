"""What one student may read of a record.

A public check shows everything, a hidden one its title, hint and how it ended: nothing that the
student's code could choose freely (`grader.report.budget` counts what is left). A check that is
kept back shows that it exists, and its points are left out of every sum until publication: from a
total they could be worked out.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from grader.course.exercise import Kind
from grader.diagnosis.mistakes import Mistake
from grader.diagnosis.rule import Diagnosis, diagnose
from grader.i18n import choose
from grader.records.assignment_snapshot import DescribedCheck, Snapshot
from grader.records.decisions import Decision
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, FunctionResult, Record
from grader.report import formatting
from grader.report.counterexample import sides
from grader.report.moment import Moment, is_shown
from grader.scoring.points import excused
from grader.scoring.standing import Standing, in_the_way, standing


class Kept:
    """What was made of an exercise: it serves for each student with the same results there.

    In a class most exercises are somebody else's too: all of it right, or nothing written. It is
    kept for one snapshot and one moment.
    """

    _MOST = 512  # of some 25 KB, in each process

    def __init__(self, mistakes: Sequence[Mistake] = ()) -> None:
        self._mistakes = mistakes
        self._made: dict[Hashable, dict[str, Any]] = {}
        self._record: Record | None = None
        self._own: list[_Own] = []

    def exercises(
        self, snapshot: Snapshot, record: Record, lang: str, moment: Moment
    ) -> list[dict[str, Any]]:
        """See `_exercise`."""
        if record is not self._record:  # in each language they are the same
            self._record, self._own = record, _own(snapshot, record, moment, self._mistakes)
        found = []
        for own in self._own:
            made = self._made.get((lang, own.facts))
            if made is None:
                made = _exercise(
                    snapshot, own.result(), lang, moment, own.closed, own.free, own.told
                )
                if not own.has_words:
                    if len(self._made) >= self._MOST:
                        self._made.clear()
                    self._made[lang, own.facts] = made
            found.append(made)
        return found


@dataclass(frozen=True)
class _Own:
    """One student's results in an exercise; with the same `facts` comes the same page."""

    full: ExerciseResult
    closed: frozenset[str]
    free: dict[str, list[str]]  # of its checks
    moment: Moment
    told: list[Diagnosis]  # the known mistakes that may be named
    facts: Hashable

    def result(self) -> ExerciseResult:
        """Without what no page tells: how long it took, what a hidden check found."""
        checks = [self._told(check) for check in self.full.checks]
        return replace(self.full, seconds=0.0, checks=checks)

    def _told(self, check: CheckResult) -> CheckResult:
        asked = check.counterexample if self.moment.shows_inputs(public=check.public) else None
        told = replace(check, seconds=0.0, counterexample=asked)
        return told if check.public else replace(told, detail="", output="")

    @property
    def has_words(self) -> bool:
        """Whether the page quotes the student's code: that is nobody else's, and may be long."""
        return any(c.public and (c.detail or c.output) for c in self.full.checks)


def _own(
    snapshot: Snapshot, record: Record, moment: Moment, mistakes: Sequence[Mistake]
) -> list[_Own]:
    closed = _closed_functions(snapshot, record, moment)
    paid = excused(record.exercises)
    found = []
    for result in record.exercises:
        free = {check.id: paid[check.id] for check in result.checks if check.id in paid}
        told = _told(result, moment, closed, mistakes)
        named = tuple((one.function, one.mistake.name, one.certainty) for one in told)
        facts = (closed, named, _facts(result, free, moment))
        found.append(_Own(result, closed, free, moment, told, facts))
    return found


def _told(
    result: ExerciseResult, moment: Moment, closed: frozenset[str], mistakes: Sequence[Mistake]
) -> list[Diagnosis]:
    """The mistakes that have words for the student: before publication by public checks alone."""
    shown = [check for check in result.checks if check.public or moment.published]
    found = diagnose([replace(result, checks=shown)], mistakes)
    return [one for one in found if one.mistake.tell and one.function not in closed]


def context(
    snapshot: Snapshot,
    record: Record,
    lang: str,
    moment: Moment,
    person: str = "",
    kept: Kept | None = None,
    decisions: Sequence[Decision] = (),
) -> dict[str, Any]:
    """Everything that `feedback.html.j2` names. `person` is the student's name, if known.

    `kept` is that of other pages of the same snapshot and moment. `decisions` are what people
    decided, which the points of the record hold already.
    """
    exercises = (kept or Kept()).exercises(snapshot, record, lang, moment)
    return {
        "assignment": choose(snapshot.title, lang),
        "assignment_id": record.assignment,
        "student": record.student,
        "person": person,
        "status": record.status,
        "total": _total(record, exercises, extra=False),
        "extra": _total(record, exercises, extra=True),
        "kept_back": sum(exercise["kept_back"] for exercise in exercises),
        "problem": formatting.sentence(record.problem, lang),
        "notes": [formatting.sentence(note, lang) for note in record.notes],
        "decisions": decisions,
        **_to_mend(exercises),
        "exercises": exercises,
        "ran": any(exercise.checks for exercise in record.exercises),
        "files": record.files,
        "ignored": record.ignored,
        "graded": formatting.moment(record.started),
        "submission": record.submission_sha256,
    }


def _to_mend(exercises: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the page begins with: `blocked` exercises by their reason, then functions.

    A function that is not written at all is only named, below the others.
    """
    blocked: dict[str, list[dict[str, Any]]] = {}
    for exercise in exercises:
        if exercise["blocked"]:
            blocked.setdefault(exercise["blocked"], []).append(exercise)
    free = [exercise for exercise in exercises if not exercise["blocked"]]
    return {
        "blocked": blocked,
        "mend": [
            {"function": function, "exercise": exercise}
            for exercise in free
            for function in exercise["functions"]
            if function["failing"] and not function["unwritten"]
        ],
        "unwritten": [exercise for exercise in free if exercise["unwritten"]],
    }


def _closed_functions(snapshot: Snapshot, record: Record, moment: Moment) -> frozenset[str]:
    """Functions whose points are kept back: a check of theirs is, or one counts only by such."""
    if moment.published:
        return frozenset()
    results = [(entry.id, check) for entry in record.exercises for check in entry.checks]
    closed = {
        check.of
        for exercise, check in results
        if not is_shown(snapshot.check(exercise, check.id), snapshot.due, moment)
    }
    while more := {c.of for _, c in results if closed & set(c.passes_with)} - closed:
        closed |= more
    return frozenset(closed)


def _total(
    record: Record, exercises: Sequence[dict[str, Any]], *, extra: bool
) -> dict[str, float | None]:
    own = [exercise for exercise in exercises if exercise["extra"] == extra]
    if not any(exercise["kept_back"] for exercise in own):
        points = record.extra_points if extra else record.points
        return _score(points, record.extra_possible if extra else record.possible)
    earned = [exercise["points"] for exercise in own]
    return _score(
        None if None in earned else sum(earned), sum(exercise["possible"] for exercise in own)
    )


def _facts(result: ExerciseResult, free: Mapping[str, list[str]], moment: Moment) -> Hashable:
    """All that `_Own.result` and `free` hold."""
    checks = [
        (
            *(c.id, c.of, c.kind, c.public, c.outcome, c.cases, c.cases_passed),
            c.message and (c.message.code, *c.message.fields.items()),
            tuple(c.passes_with) if c.passes_with else (),
            (c.detail, c.output) if c.public else (),
            repr(c.counterexample) if moment.shows_inputs(public=c.public) else "",
            tuple(free[c.id]) if c.id in free else (),
        )
        for c in result.checks
    ]
    functions = [(f.name, f.points, f.possible) for f in result.functions]
    return (
        *(result.id, result.extra, result.points, result.possible),
        tuple(functions),
        tuple(checks),
    )


def _exercise(
    snapshot: Snapshot,
    result: ExerciseResult,
    lang: str,
    moment: Moment,
    closed: frozenset[str],
    free: Mapping[str, list[str]],
    told: Sequence[Diagnosis],
) -> dict[str, Any]:
    entry = snapshot.exercise(result.id)
    checks = [
        _result(snapshot, result.id, check, lang, moment, closed, free) for check in result.checks
    ]
    functions = [
        _function(
            function,
            result.checks_of(function.name),
            checks,
            free,
            closed=function.name in closed,
        )
        for function in result.functions
    ]
    for function in functions:
        function["mistakes"] = [
            {"certainty": one.certainty, "tell": choose(one.mistake.tell, lang)}
            for one in told
            if one.function == function["name"]
        ]
    earned = [f["points"] for f in functions if not f["kept_back"]]
    kept_back = sum(function["kept_back"] for function in functions)
    return {
        "id": result.id,
        "title": choose(entry.title, lang),
        "file": entry.file,
        "extra": result.extra,
        **_score(
            result.points if not kept_back else None if None in earned else sum(earned),
            result.possible - kept_back,
        ),
        "kept_back": kept_back,
        "blocked": _blocked(checks, result.checks, lang),
        "unwritten": [function for function in functions if function["unwritten"]],
        "functions": functions,
        "checks": checks,
        "passed": [check for check in checks if check["outcome"] == Outcome.PASSED],
        "not_shown": [check for check in checks if not check["shown"]],
    }


def _function(
    result: FunctionResult,
    results: Sequence[CheckResult],
    checks: Sequence[dict[str, Any]],
    free: Mapping[str, list[str]],
    *,
    closed: bool,
) -> dict[str, Any]:
    """A function with its checks: those that fail, and who has paid for those that count."""
    own = [check for check in checks if check["of"] == result.name]
    failing = sorted((check for check in own if fails(check)), key=_core_first)
    asked = [check["counterexample"] for check in failing if check["counterexample"]]
    stands = standing(results, free) if results and not closed else ""
    # what a hidden check was seen to call is the word of a process that knew its inputs
    counted = [check for check in own if check.get("right_once")]
    named = [name for check in counted if check["named"] for name in check["right_once"]]
    return {
        "name": result.name,
        **_score(None if closed else result.points, result.possible),
        "kept_back": result.possible if closed else 0.0,
        "standing": stands,
        "counted": bool(counted),
        "right_once": list(dict.fromkeys(named)),
        "missing": next((c["missing"] for c in own if c.get("missing")), ""),
        "failing": failing,
        # one is enough: that with the least to read
        "counterexample": min(asked, key=attrgetter("size"), default=None),
        "unwritten": stands == Standing.UNANSWERED,
        "checks": own,
    }


def _core_first(check: dict[str, Any]) -> int:
    return list(Kind).index(check["kind"])


def fails(check: dict[str, Any]) -> bool:
    """Whether a check costs something, as far as it is shown."""
    return check["shown"] and check["outcome"] != Outcome.PASSED and not check["right_once"]


def _result(
    snapshot: Snapshot,
    exercise: str,
    result: CheckResult,
    lang: str,
    moment: Moment,
    closed: frozenset[str],
    free: Mapping[str, list[str]],
) -> dict[str, Any]:
    described = snapshot.check(exercise, result.id)
    if not is_shown(described, snapshot.due, moment):
        return _closed(described, result, lang)
    return _check(described, result, lang, [] if result.of in closed else free.get(result.id, []))


def _check(
    check: DescribedCheck, result: CheckResult, lang: str, paid: list[str]
) -> dict[str, Any]:
    """`paid`: the functions that have paid for its failing, so that it counts."""
    passed = result.outcome == Outcome.PASSED
    sentence = formatting.sentence(result.message, lang)
    return {
        **_closed(check, result, lang),
        "shown": True,
        "outcome": result.outcome,
        "right_once": paid,
        # what was not run passes with what others call, and they may be hidden
        "named": result.public and result.outcome != Outcome.SKIPPED,
        "cases": result.cases if result.public else 0,
        "cases_passed": result.cases_passed if result.public else 0,
        "message": "" if passed else sentence,
        "missing": sentence if result.message and result.message.code == "missing" else "",
        "hint": choose(check.hint, lang) if result.outcome.hinted else "",
        # The record says what ran; only there is certain that the check was public then.
        "detail": _detail(result) if result.public else "",
        "output": result.output if result.public else "",
        "counterexample": sides(result.counterexample) if result.counterexample else None,
    }


def _closed(check: DescribedCheck, result: CheckResult, lang: str) -> dict[str, Any]:
    return {
        "id": result.id,
        "of": result.of,
        "kind": result.kind,
        "title": choose(check.title, lang),
        "public": result.public,
        "shown": False,
        "outcome": None,
        "never": check.show == "never",
    }


def _detail(result: CheckResult) -> str:
    """What the check found, with the student's own lines; "" where the message says it all."""
    fields = result.message.fields if result.message else {}
    said = fields.get("text.en", fields.get("text", ""))
    _, _, found = result.detail.partition(": ")
    one_failed = result.outcome == Outcome.FAILED and result.cases <= 1
    return "" if one_failed and said and found.startswith(said) else result.detail


def _blocked(checks: Sequence[dict[str, Any]], results: Sequence[CheckResult], lang: str) -> str:
    """Why no check says anything, where all of them are shown."""
    is_shown = all(check["shown"] for check in checks)
    return formatting.sentence(in_the_way(results), lang) if is_shown else ""


def _score(points: float | None, possible: float) -> dict[str, Any]:
    return {
        "points": points,
        "possible": possible,
        "share": None if points is None or not possible else points / possible,
    }
