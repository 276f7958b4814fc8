"""A record as Gradescope's `results.json`.

Gradescope shows results as soon as somebody has handed in, and lets them hand in again at once. So
what is visible there is what public checks said before the first hidden one had run, and nothing
else: points, sums and hidden checks open when scores are published (or when the check says so).

The format: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from grader.i18n import translate
from grader.records.assignment_snapshot import DescribedCheck, Snapshot
from grader.records.outcome import Outcome
from grader.records.record import ExerciseResult, Record
from grader.report import escape
from grader.report.feedback import context
from grader.report.moment import Moment
from grader.report.page_cache import PageCache

MAX_TEXT = 4000  # characters of one row, so that a class of them can be shown

VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")  # strictest last
_OPENS = dict(zip(("always", "after_due", "after_publication", "never"), VISIBILITIES, strict=True))
_PUBLISHED = Moment(datetime.max.replace(tzinfo=UTC), published=True)

Row = dict[str, Any]


def results(
    snapshot: Snapshot,
    record: Record,
    public: Record,
    lang: str,
    *,
    leaderboard: bool = False,
    finished: bool = True,
    cache: PageCache | None = None,
) -> dict[str, Any]:
    """`results.json` as plain data, with finite numbers only.

    `public` is the same submission's record as the public checks left it. With `leaderboard`, how
    many of these passed stands on it: a score would tell of hidden ones. `cache` is that of other
    results of the same submission.
    """
    told = context(snapshot, record, lang, _PUBLISHED, cache=cache)
    shown = context(snapshot, public, lang, _PUBLISHED, cache=cache)
    note = "" if finished else translate("gradescope.unfinished", lang)
    said = [note, told["problem"], *told["notes"]]
    made: dict[str, Any] = {
        "score": (record.points or 0.0) + (record.extra_points or 0.0),
        "output": _cut("\n".join(text for text in said if text)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "tests": list(_rows(snapshot, told, shown, lang)),
    }
    if finished:
        own = json.dumps(without_hidden(record).to_json(), allow_nan=False)
        made["extra_data"] = {"grader": own}  # a text: what comes back in YAML has no numbers
    if leaderboard:
        checks = [check for exercise in public.exercises for check in exercise.checks]
        passed = sum(check.public and check.outcome == Outcome.PASSED for check in checks)
        name = translate("gradescope.leaderboard", lang)
        made["leaderboard"] = [{"name": name, "value": passed}]
    return made


def without_hidden(record: Record) -> Record:
    """The record without what no student may read: times, and what hidden checks found."""
    return replace(record, seconds=0.0, exercises=[_without(e) for e in record.exercises])


def visibility(check: DescribedCheck) -> str:
    """When Gradescope shows the check's row to students."""
    opens = _OPENS[check.show]
    return opens if check.public or opens != "visible" else "after_published"


def _without(result: ExerciseResult) -> ExerciseResult:
    checks = [
        replace(check, seconds=0.0)
        if check.public
        else replace(check, seconds=0.0, detail="", output="", traces=[], counterexample=None)
        for check in result.checks
    ]
    return replace(result, seconds=0.0, checks=checks)


def _rows(
    snapshot: Snapshot, told: Mapping[str, Any], public: Mapping[str, Any], lang: str
) -> Iterator[Row]:
    """A row for each function, with its points, and below it one for each check, without."""
    first = {c["id"]: c for exercise in public["exercises"] for c in exercise["checks"]}
    opens = _opening_of_points(snapshot)
    for i, exercise in enumerate(told["exercises"], 1):
        for j, function in enumerate(exercise["functions"], 1):
            number = f"{_padded(i, told['exercises'])}.{_padded(j, exercise['functions'])}"
            yield _function_row(exercise, function, lang, number, opens)
            for k, check in enumerate(function["checks"], 1):
                row_number = f"{number}.{_padded(k, function['checks'])}"
                own = first[check["id"]] if check["public"] else check
                opening = visibility(snapshot.check(exercise["id"], check["id"]))
                yield _check_row(own, lang, row_number, opening)


def _opening_of_points(snapshot: Snapshot) -> str:
    """Points of a function may follow from any hidden check, by way of follow-through."""
    checks = [check for exercise in snapshot.exercises for check in exercise.checks]
    is_open = all(visibility(check) == "visible" for check in checks)
    return "visible" if is_open else "after_published"


def _padded(number: int, of: list[Any]) -> str:
    """`number` with zeros, so that 10 comes after 9 also where it is sorted as a text."""
    return f"{number:0{len(str(len(of)))}}"


def _function_row(
    exercise: Mapping[str, Any], function: Mapping[str, Any], lang: str, number: str, opens: str
) -> Row:
    said = [exercise["blocked"] or translate(f"function.{function['standing']}", lang)]
    said += [_right_once(function["right_once"], lang)] if function["counted"] else []
    for mistake in function["mistakes"]:
        lead = translate(f"function.{mistake['certainty']}", lang)
        said.append(f"{lead} {mistake['tell']}")
    title = f"{exercise['title']}: {function['name']}"
    if exercise["extra"]:
        title += f" ({translate('report.bonus', lang)})"
    row = {
        "name": escape.visible(title),
        "number": number,
        "score": function["points"],
        "max_score": function["possible"],
        "output": _cut("\n".join(said)),
        "visibility": opens,
    }
    if function["ungraded"]:
        return row
    is_good = function["points"] == function["possible"]
    return {**row, "status": "passed" if is_good else "failed"}


def _check_row(check: Mapping[str, Any], lang: str, number: str, opens: str) -> Row:
    row = {
        "name": escape.visible(f"{check['of']}: {check['title']}"),
        "number": number,
        "output": _cut("\n\n".join(_said(check, lang))) if check["shown"] else "",
        "visibility": opens,
    }
    undecided = {None, Outcome.SKIPPED, Outcome.BROKEN}
    if check["outcome"] in undecided and not check.get("right_once"):
        return row  # neither passed nor failed
    is_good = check["outcome"] == Outcome.PASSED or check["right_once"]
    return {**row, "status": "passed" if is_good else "failed"}


def _said(check: Mapping[str, Any], lang: str) -> Iterator[str]:
    if check["right_once"]:
        yield _right_once(check["right_once"] if check["named"] else [], lang)
    if check["message"]:
        yield check["message"]
    if check["hint"]:
        yield f"{translate('report.feedback.hint', lang)}: {check['hint']}"
    if check["counterexample"]:
        yield "\n".join(check["counterexample"].plain(lang))
    if check["detail"]:
        yield f"{translate('report.feedback.detail', lang)}:\n{check['detail']}"
    if check["output"]:
        yield f"{translate('report.feedback.output', lang)}:\n{check['output']}"


def _right_once(functions: list[str], lang: str) -> str:
    form = {0: "others", 1: "one"}.get(len(functions), "many")
    return translate(f"report.feedback.right_once_{form}", lang, functions=", ".join(functions))


def _cut(text: str) -> str:
    shown = escape.visible(text)
    return shown if len(shown) <= MAX_TEXT else shown[: MAX_TEXT - 1] + "…"
