"""`grader verify --page`: what each known bug costs, as a page."""

from __future__ import annotations

from typing import Any

from grader.authoring.calibration import BANDS, Loss, inversions, spread
from grader.authoring.candidates import Severity
from grader.authoring.verify import Verdict
from grader.course.assignment import Assignment
from grader.i18n import choose
from grader.report import pages

# Of the plot, in units of its viewBox: a row for each severity, a percent is five wide.
LEFT, ROW, PERCENT = 80.0, 34.0, 5.0


def page(assignment: Assignment, verdicts: list[Verdict], lang: str) -> str:
    """The whole page in `lang`."""
    losses = [verdict.loss for verdict in verdicts if verdict.loss]
    inverted, pairs = inversions(losses)
    context = {
        "assignment": choose(assignment.title, lang),
        "assignment_id": assignment.id,
        "versions": len(verdicts),
        "faulty": [v for v in verdicts if v.faults],
        "spread": [(row, *BANDS[row.severity]) for row in spread(losses)],
        "inverted": inverted,
        "pairs": pairs,
        "rows": [_row(severity, number, losses) for number, severity in enumerate(Severity)],
        "ticks": [(LEFT + PERCENT * percent, percent) for percent in range(0, 101, 10)],
        "mutants": [_mutant(verdict) for verdict in verdicts if verdict.loss],
    }
    return pages.render("proof.html.j2", lang, [], context)


def _row(severity: Severity, number: int, losses: list[Loss]) -> dict[str, Any]:
    """A row of the plot: the band, and a dot for each mutant; equal ones stand side by side."""
    least, most = BANDS[severity]
    middle = ROW * (number + 0.5)
    seen: dict[float, int] = {}
    dots = []
    for loss in sorted((x for x in losses if x.bug.severity == severity), key=lambda x: x.percent):
        same = seen[loss.percent] = seen.get(loss.percent, -1) + 1
        y = middle + (same % 7 - 3) * 3.6
        x = LEFT + PERCENT * loss.percent + (same // 7) * 1.5
        dots.append((round(x, 1), round(y, 1), loss.in_band))
    return {
        "severity": severity,
        "middle": middle,
        "top": middle - ROW / 2 + 3,
        "height": ROW - 6,
        "band": (LEFT + PERCENT * least, PERCENT * (most - least)),
        "dots": dots,
    }


def _mutant(verdict: Verdict) -> dict[str, Any]:
    loss = verdict.loss
    assert loss is not None  # the caller asks for those alone
    return {
        "name": verdict.candidate.name,
        "why": verdict.candidate.why,
        "of": loss.bug.of,
        "severity": loss.bug.severity,
        "percent": loss.percent,
        "faults": verdict.faults,
    }
