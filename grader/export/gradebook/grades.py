"""What a record says in each cell: a score, and a comment that its student may read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from grader.diagnosis.mistakes import Mistake
from grader.export.gradebook.cells import Cell
from grader.i18n import translate
from grader.records.assignment_snapshot import Snapshot
from grader.records.record import Record
from grader.report import escape, feedback, formatting
from grader.report.moment import Moment
from grader.report.page_cache import PageCache
from grader.scoring.standing import Standing


@dataclass(frozen=True)
class Graded:
    """The score of a cell, None where there is none yet, and the comment."""

    score: float | None
    comment: str
    lost: bool = False  # a check that cost something, as far as its student may know


class Comments:
    """Says what a feedback page says: the gradebook must not tell more of a hidden check."""

    def __init__(
        self, snapshot: Snapshot, lang: str, moment: Moment, mistakes: Sequence[Mistake]
    ) -> None:
        self._snapshot, self._lang, self._moment = snapshot, lang, moment
        self._cache = PageCache(mistakes)

    def grades(self, record: Record, cells: Iterable[Cell]) -> dict[str, Graded]:
        """What stands in each cell, by its name."""
        of = self._snapshot, record, self._lang, self._moment
        told = feedback.exercises(*of, self._cache)
        functions = {f["name"]: f for exercise in told for f in exercise["functions"]}
        checks = {
            (name, id_): check
            for result in record.exercises
            for name in (f.name for f in result.functions)
            for id_, check in zip(
                (c.id for c in result.checks_of(name)), functions[name]["checks"], strict=True
            )
        }
        points = {f.name: f.points for e in record.exercises for f in e.functions}
        problem = formatting.sentence(record.problem, self._lang)
        found = {}
        for cell in cells:
            if cell.check:
                check = checks.get((cell.function, cell.check))
                graded = self._check(check) if check else Graded(0.0, "")
            else:
                told_of = functions.get(cell.function)
                comment = self._function(told_of) if told_of else problem
                graded = Graded(points.get(cell.function, record.points_of_unrun), comment)
            found[cell.name] = graded
        return found

    def _function(self, function: dict[str, Any]) -> str:
        lines = []
        if standing := function["standing"]:
            is_right = standing == Standing.RIGHT
            code = "report.feedback.right" if is_right else f"function.{standing}"
            lines.append(translate(code, self._lang))
        for mistake in function["mistakes"]:
            lead = translate(f"report.feedback.{mistake['certainty']}", self._lang)
            lines.append(f"{lead} {mistake['tell']}")
        lines += [f"{check['title']}: {self._ending(check)}" for check in function["failing"]]
        return _plain("\n".join(lines))

    def _check(self, check: dict[str, Any]) -> Graded:
        comment = _plain(f"{check['title']}: {self._ending(check)}")
        return Graded(0.0, comment, lost=feedback.fails(check))

    def _ending(self, check: dict[str, Any]) -> str:
        if not check["shown"]:
            return translate("report.feedback.not_shown", self._lang)
        outcome = check["outcome"]
        words = f"{outcome.sign} {translate(f'outcome.{outcome}', self._lang)}"
        return f"{words}. {check['message']}" if check["message"] else words


def _plain(text: str) -> str:
    """nbgrader's feedback takes a comment for Markdown, in which HTML is HTML."""
    return escape.visible(text).translate({ord("<"): "‹", ord(">"): "›"})
