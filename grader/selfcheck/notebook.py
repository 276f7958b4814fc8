"""The self-check inside a notebook: `check()` in a cell, `check("cleaning")` for one exercise.

    from grader.selfcheck.notebook import check
    check()

It checks what the cells that were run so far define, saved or not, by the public checks of the
template in the notebook's folder (or one level below). Of a cell that was run again the newest run
counts; that a cell was deleted no kernel knows. In Jupyter the answer is HTML with
colours, an exercise to fold each; elsewhere it is text.
"""

from __future__ import annotations

import atexit
import io
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from rich.console import Console

from grader.boundary.launchers import Launcher, launcher_for
from grader.course.assignment import Assignment
from grader.course.exercise import Exercise
from grader.errors import GraderError, UsageError
from grader.i18n import default_language, translate
from grader.intake.cells import Cell
from grader.intake.modules import assemble
from grader.intake.read import Submission, graded_names
from grader.records.record import ExerciseResult
from grader.scoring.points import score
from grader.selfcheck.check import known_mistakes
from grader.selfcheck.exercises import checked
from grader.selfcheck.groups import by_preload
from grader.selfcheck.target import templates
from grader.selfcheck.view import View, terminal

_STYLE = "display:inline-block;margin:0;line-height:1.35;white-space:pre-wrap"
_WIDTH = 100


class Answer:
    """What `check` says: HTML for Jupyter; as text the points, which is what nbgrader reads."""

    def __init__(self, points: float, html: str) -> None:
        self.points = points
        self._html = html

    def __repr__(self) -> str:
        return repr(self.points)

    def _repr_html_(self) -> str:
        return self._html


def check(*exercises: str, assignment: str | None = None, lang: str | None = None) -> Answer:
    """Check these exercises, or all. Nothing raises: what is wrong is said in the answer.

    `assignment` says which, where there may be several templates; `lang` is "en" or "ko", by
    default that of the locale. The answer's points are those that the public checks can see, for
    each exercise in proportion.
    """
    lang = lang or default_language()
    shell = _shell()
    in_jupyter = hasattr(shell, "kernel")
    try:
        if shell is None:
            raise UsageError("error.not_in_notebook")
        template = _template(assignment, exercises)
        submission = _submission(template, shell)
        results = _results(template, submission, template.only(exercises))
        if not results:
            raise UsageError("error.no_public_checks")
        known = known_mistakes(template)
    except GraderError as error:
        said = translate(error.code, lang, **error.fields)
        if not in_jupyter:
            print(said)
        return Answer(0.0, f"<p>{escape(said)}</p>")
    console = terminal()
    if in_jupyter:
        console = Console(
            file=io.StringIO(), record=True, highlight=False, width=_WIDTH, force_jupyter=False
        )
    view = View(template, lang, known, console)
    parts = []
    for result in results:
        view.heading(result)
        heading = _exported(console)
        view.functions(result)
        is_open = _is_wrong(result) or len(results) == 1
        parts.append(_folded(heading, _exported(console), is_open=is_open))
    if not exercises:
        view.sums(results, template.exercises)
        parts.append(_exported(console))
    points = sum(_points(template, result) for result in results)
    return Answer(points, "".join(parts))


def _shell() -> Any:
    """The IPython that this runs in; None elsewhere."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def _template(name: str | None, exercises: Sequence[str]) -> Assignment:
    """The template of that name, or the first there is. Raises `UsageError`."""
    here = Path.cwd()
    found = next((found for found in templates(here) if name in {None, found.id}), None)
    if found is None:
        raise UsageError("error.no_template", folder=here)
    known = [exercise.id for exercise in found.exercises]
    for exercise in exercises:
        if exercise not in known:
            raise UsageError("error.unknown_exercise", name=exercise, known=", ".join(known))
    return found


_ids: dict[tuple[int, str], str] = {}  # number and source of a run -> which cell it was


def _note_run(result: Any) -> None:
    """Remember which cell was run: called by IPython after each."""
    if cell_id := getattr(result.info, "cell_id", None):
        _ids[result.execution_count, result.info.raw_cell.strip("\n")] = cell_id


if _shell() is not None:
    _shell().events.register("post_run_cell", _note_run)


def _cells(history: Sequence[str]) -> list[Cell]:
    """What was run, by the numbers that Jupyter shows; of a cell that was run again the newest."""
    cells = [Cell(number, source) for number, source in enumerate(history) if source]
    ids = {cell.number: _ids.get((cell.number, cell.source.strip("\n"))) for cell in cells}
    newest = {cell_id: number for number, cell_id in ids.items()}
    return [
        replace(cell, id=cell_id or "")
        for cell, cell_id in zip(cells, ids.values(), strict=True)
        if cell_id is None or newest[cell_id] == cell.number
    ]


def _submission(assignment: Assignment, shell: Any) -> Submission:
    """What the cells that were run define."""
    cells = _cells(shell.history_manager.input_hist_raw)
    allowed = assignment.allowed_packages
    package = assemble(cells, graded_names(assignment), allowed=allowed, as_run=True)
    return Submission.in_memory(assignment.package, package.files, package.places)


_known: dict[tuple[str, str], ExerciseResult] = {}  # exercise and submission -> how it ended


def _results(
    assignment: Assignment, submission: Submission, exercises: Sequence[Exercise]
) -> list[ExerciseResult]:
    """In the order of the assignment, of those that have public checks.

    What has not changed since it was checked is not run again.
    """
    key = submission.sha256
    waiting = [exercise for exercise in exercises if (exercise.id, key) not in _known]
    for preload, own in by_preload(waiting):
        try:
            for result in checked(assignment, submission, own, _launcher(preload)):
                _known[result.id, key] = result
        except BaseException:  # also the button that stops a cell: nobody knows how it stands
            _launcher(preload).close()
            _launcher.cache_clear()
            raise
    return [_known[e.id, key] for e in exercises if (e.id, key) in _known]


@cache
def _launcher(preload: tuple[str, ...]) -> Launcher:
    """One for all cells: it takes seconds to import torch."""
    launcher = launcher_for(preload)
    atexit.register(launcher.close)
    return launcher


def _points(assignment: Assignment, result: ExerciseResult) -> float:
    """The exercise's points, in the proportion in which those of judged functions are earned."""
    (scored,) = score(assignment.exercises, [result])
    judged = [f for f in scored.functions if result.checks_of(f.name)]
    possible = sum(function.possible for function in judged)
    earned = sum(function.points or 0.0 for function in judged)
    return scored.possible * (earned / possible) if possible else 0.0


def _is_wrong(result: ExerciseResult) -> bool:
    """Whether something is to be mended; what is not written yet needs no place on the page."""
    return any(check.outcome.to_mend for check in result.checks)


def _folded(heading: str, functions: str, *, is_open: bool) -> str:
    return f"<details{' open' * is_open}><summary>{heading}</summary>{functions}</details>"


def _exported(console: Console) -> str:
    """What was printed since the last time, as HTML; nothing where that went to the terminal."""
    if not console.record:
        return ""
    code = console.export_html(inline_styles=True, code_format="{code}").strip("\n")
    return f'<pre style="{_STYLE}">{code}</pre>'
