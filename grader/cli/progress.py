"""What long commands print: a bar with time left on a terminal, one plain line a step elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from grader.authoring.calibration import BANDS, Loss, inversions, spread
from grader.authoring.candidates import Role
from grader.authoring.verify import Verdict
from grader.cli.common import plain, who
from grader.grading.batch import Progress as Step
from grader.i18n import say, translate
from grader.records.record import Status

_NAME_CELLS = 24  # a longer name moves its line; it is never cut


@dataclass
class Summary:
    """A batch in figures. `lowest` is the smallest share of points, in percent."""

    graded: int = 0
    kept: int = 0
    ungradable: int = 0
    missing: int = 0
    broken: int = 0
    lowest: float = 100.0
    points: dict[str, float | None] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        """Count one record."""
        record = step.record
        self.graded += step.fresh and record.status != Status.MISSING
        self.kept += not step.fresh
        self.ungradable += record.status == Status.UNGRADABLE
        self.missing += record.status == Status.MISSING
        self.broken += record.status == Status.BROKEN
        self.points[record.student] = record.points
        if record.points is not None and record.possible:
            self.lowest = min(self.lowest, 100 * record.points / record.possible)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return dict(vars(self))


def show(
    steps: Iterable[Step], total: int, lang: str, names: Mapping[str, str], *, quiet: bool
) -> Summary:
    """Print a line for each record, with the name of its student, then the sum. Returns it."""
    summary = Summary()
    console = Console(quiet=quiet, highlight=False)
    with _bar(console, total, translate("cli.grading", lang)) as advance:
        for step in steps:
            summary.add(step)
            _tell(console, _line(step, lang, names))
            advance()
    text = translate(
        "cli.graded",
        lang,
        graded=summary.graded,
        kept=summary.kept,
        ungradable=summary.ungradable,
        missing=summary.missing,
        broken=summary.broken,
    )
    console.print(text, soft_wrap=True)
    return summary


def _tell(console: Console, line: str) -> None:
    """Print a line above the bar; where there is none, without rich, which takes its time."""
    if console.is_terminal:
        console.print(escape(line), soft_wrap=True)
    elif not console.quiet:
        console.file.write(f"{line}\n")


def _line(step: Step, lang: str, names: Mapping[str, str]) -> str:
    record = step.record
    name = who(record.student, names.get(record.student, ""))
    name += " " * (_NAME_CELLS - cell_len(name))  # Hangul is two cells wide
    if record.points is None:
        points = translate("outcome.broken", lang)
    else:
        extra = f" +{record.extra_points:g}" if record.extra_points else ""
        points = f"{record.points:6.2f} / {record.possible:g}{extra}"
    parts = [name, f"{points:<16}", f"{record.seconds:5.1f} s"]
    if not step.fresh:
        how = "taken" if step.taken else "rescored" if step.rescored else "kept"
        parts.append(translate(f"cli.{how}", lang))
    if step.damaged:
        parts.append(translate("cli.damaged", lang, reason=step.damaged))
    if record.problem:
        parts.append(say(record.problem.code, record.problem.fields, lang))
    return plain("  ".join(parts))


def show_verdicts(verdicts: Iterable[Verdict], total: int, lang: str) -> list[Verdict]:
    """Print a table of the proof. Returns all verdicts."""
    console = Console(highlight=False)
    done: list[Verdict] = []
    with _bar(console, total, translate("cli.verifying", lang)) as advance:
        for verdict in verdicts:
            done.append(verdict)
            advance()
            if not console.is_terminal and verdict.faults:
                console.print(
                    f"{verdict.candidate.label}: {escape('; '.join(verdict.faults))}",
                    soft_wrap=True,
                )
    order = list(Role)
    done.sort(key=lambda verdict: (order.index(verdict.candidate.role), verdict.candidate.name))
    table = Table(title=translate("cli.proof", lang))
    for column in ("candidate", "points", "loses", "verdict"):
        table.add_column(translate(f"cli.column_{column}", lang), overflow="fold")
    answers = [verdict for verdict in done if verdict.candidate.role == Role.ANSWER]
    empty = [verdict for verdict in answers if not verdict.faults]
    for verdict in done:
        if verdict in empty:  # told in one line
            continue
        record, loss = verdict.record, verdict.loss
        held = (
            "[green]✓[/]"
            if not verdict.faults
            else f"[red]✗ {escape('; '.join(verdict.faults))}[/]"
        )
        points = "-" if record.points is None else f"{record.points:g} + {record.extra_points:g}"
        if loss or verdict.candidate.exercises:  # not all of its checks are run
            points = ""
        costs = f"{loss.bug.of}: {loss.percent:g} % ({loss.bug.severity})" if loss else ""
        table.add_row(verdict.candidate.label, points, costs, held)
    console.print(table)
    if answers:
        fields = {"n": len(answers), "empty": len(empty)}
        console.print(translate("cli.universal", lang, **fields))
    _show_calibration(console, [v.loss for v in done if v.loss], lang)
    bad = sum(bool(verdict.faults) for verdict in done)
    console.print(
        translate("cli.proof_failed" if bad else "cli.proof_holds", lang, bad=bad, n=len(done))
    )
    return done


def _show_calibration(console: Console, losses: list[Loss], lang: str) -> None:
    """How much bugs of each severity cost, and where a graver one costs less than a lighter one."""
    if not losses:
        return
    table = Table(title=translate("cli.calibration", lang))
    for column in ("severity", "mutants", "band", "lowest", "median", "highest", "in_band"):
        table.add_column(translate(f"cli.column_{column}", lang))
    for row in spread(losses):
        least, most = BANDS[row.severity]
        percents = [f"{value:.0f} %" for value in (row.lowest, row.median, row.highest)]
        band = f"{least:g}–{most:g} %"
        table.add_row(row.severity, str(row.mutants), band, *percents, str(row.in_band))
    console.print(table)
    inverted, pairs = inversions(losses)
    console.print(translate("cli.inverted", lang, inverted=inverted, pairs=pairs))


@contextmanager
def _bar(console: Console, total: int, label: str) -> Iterator[Any]:
    """A progress bar on a terminal, nothing elsewhere. Yields the function that advances it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(label, total=total)
        yield lambda: progress.advance(task)
