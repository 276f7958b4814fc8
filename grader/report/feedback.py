"""What one student may read of a record.

A public check shows everything, a hidden one its title, hint and how it ended: nothing that the
student's code could choose freely (`grader.report.budget` counts what is left). A check that is
kept back shows that it exists, and its points are left out of every sum until publication: from a
total they could be worked out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

from grader.course.exercise import Kind
from grader.i18n import choose
from grader.records.assignment_snapshot import DescribedCheck, Snapshot
from grader.records.decisions import Decision
from grader.records.obstacles import in_the_way, names_missing
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, FunctionResult, Record
from grader.report import formatting
from grader.report.counterexample import sides
from grader.report.moment import Moment, is_shown
from grader.report.page_cache import PageCache
from grader.report.told import Told
from grader.scoring.hints import is_hinted
from grader.scoring.standing import Standing, standing

_KINDS = list(Kind)


def context(
    snapshot: Snapshot,
    record: Record,
    lang: str,
    moment: Moment,
    person: str = "",
    cache: PageCache | None = None,
    decisions: Sequence[Decision] = (),
) -> dict[str, Any]:
    """Everything that `feedback.html.j2` names. `person` is the student's name, if known.

    `cache` is that of other pages of the same snapshot and moment. `decisions` are what people
    decided, which the points of the record hold already.
    """
    told = exercises(snapshot, record, lang, moment, cache or PageCache())
    return {
        "assignment": choose(snapshot.title, lang),
        "assignment_id": record.assignment,
        "student": record.student,
        "person": person,
        "status": record.status,
        "total": _total(record, told, extra=False),
        "extra": _total(record, told, extra=True),
        "kept_back": sum(exercise["kept_back"] for exercise in told),
        "problem": formatting.sentence(record.problem, lang),
        "notes": [formatting.sentence(note, lang) for note in record.notes],
        "decisions": decisions,
        "by_hand": any(own.points is not None or own.extra for own in decisions),
        **_to_mend(told),
        "rule": formatting.rule(lang),
        "exercises": told,
        "ran": any(exercise.checks for exercise in record.exercises),
        "files": record.files,
        "ignored": record.ignored,
        "graded": formatting.moment(record.started, snapshot.timezone),
        "submission": record.submission_sha256,
    }


def exercises(
    snapshot: Snapshot, record: Record, lang: str, moment: Moment, cache: PageCache
) -> list[dict[str, Any]]:
    """What the page says of each exercise, made or taken from `cache`."""
    make = partial(_exercise, snapshot, lang, moment)
    return cache.exercises(snapshot, record, lang, moment, make)


def _to_mend(exercises: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the page begins with: `blocked` exercises by their reason, then functions.

    A function that is not written at all is only named, below the others. All is right where every
    check that is shown passed, and none is broken.
    """
    blocked: dict[str, list[dict[str, Any]]] = {}
    for exercise in exercises:
        if exercise["blocked"]:
            blocked.setdefault(exercise["blocked"], []).append(exercise)
    free = [exercise for exercise in exercises if not exercise["blocked"]]
    faulty = [exercise for exercise in free if exercise["mend"]]
    mend = [
        {"function": function, "exercise": exercise}
        for exercise in faulty
        for function in exercise["mend"]
    ]
    unwritten = [exercise for exercise in free if exercise["unwritten"]]
    ungraded = any(e["broken"] or any(f["ungraded"] for f in e["functions"]) for e in free)
    return {
        "blocked": blocked,
        "faulty": faulty,
        "mend": mend,
        "unwritten": unwritten,
        "all_right": not (blocked or mend or unwritten or ungraded),
    }


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


def _exercise(snapshot: Snapshot, lang: str, moment: Moment, told: Told) -> dict[str, Any]:
    result = told.result
    entry = snapshot.exercise(result.id)
    checks = [_result(snapshot, told, result.id, check, lang, moment) for check in result.checks]
    functions = [
        _function(
            function,
            result.checks_of(function.name),
            checks,
            told.free,
            closed=function.name in told.closed,
        )
        for function in result.functions
    ]
    for function in functions:
        function["mistakes"] = [
            {"certainty": one.certainty, "tell": choose(one.tell, lang)}
            for one in told.mistakes
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
        "mend": [f for f in functions if f["failing"] and not f["unwritten"]],
        "unwritten": [f for f in functions if f["unwritten"]],
        "functions": functions,
        "checks": checks,
        "passed": [check for check in checks if check["outcome"] == Outcome.PASSED],
        "broken": [check for check in checks if check["outcome"] == Outcome.BROKEN],
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
    # a broken check gives no points: where there are some, a person has
    by_hand = stands == Standing.BROKEN and result.points is not None
    stands = "" if by_hand else stands
    # what a hidden check was seen to call is the word of a process that knew its inputs
    counted = [check for check in own if check.get("right_once")]
    named = [name for check in counted if check["named"] for name in check["right_once"]]
    return {
        "name": result.name,
        **_score(None if closed else result.points, result.possible),
        "kept_back": result.possible if closed else 0.0,
        "standing": stands,
        "by_hand": by_hand,
        "counted": bool(counted),
        "right_once": list(dict.fromkeys(named)),
        "missing": next((c["missing"] for c in own if c.get("missing")), ""),
        "failing": failing,
        # one is enough: that with the least to read
        "counterexample": min(asked, key=attrgetter("size"), default=None),
        "unwritten": stands == Standing.UNANSWERED,
        "ungraded": stands == Standing.BROKEN,
        "checks": own,
    }


def _core_first(check: dict[str, Any]) -> int:
    return _KINDS.index(check["kind"])


def fails(check: dict[str, Any]) -> bool:
    """Whether a check costs something, as far as it is shown."""
    bad = check["outcome"] not in {Outcome.PASSED, Outcome.BROKEN}
    return check["shown"] and bad and not check["right_once"]


def _result(
    snapshot: Snapshot, told: Told, exercise: str, result: CheckResult, lang: str, moment: Moment
) -> dict[str, Any]:
    described = snapshot.check(exercise, result.id)
    if not is_shown(described, snapshot.due, moment):
        return _closed(described, result, lang)
    paid = [] if result.of in told.closed else told.free.get(result.id, [])
    return _check(described, result, lang, paid)


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
        "missing": sentence if names_missing(result.message) else "",
        "hint": _hint(check, result, lang),
        # The record says what ran; only there is certain that the check was public then.
        "detail": _detail(result) if result.public else "",
        "output": result.output if result.public else "",
        "counterexample": sides(result.counterexample) if result.counterexample else None,
    }


def _hint(check: DescribedCheck, result: CheckResult, lang: str) -> str:
    hinted = is_hinted(result, wants_error=check.wants_error)
    return choose(check.hint, lang) if hinted else ""


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
