"""What `grader verify` prints: a table of the candidates, and what bugs of each severity cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.authoring.calibration import BANDS, Loss, inversions, spread
from grader.authoring.candidates import Role
from grader.authoring.verify import Verdict
from grader.cli.bar import bar
from grader.cli.progress import tell_raised
from grader.i18n import translate


def show_verdicts(verdicts: Iterable[Verdict], total: int, lang: str) -> list[Verdict]:
    """Print a table of the proof. Returns all verdicts."""
    console = Console(highlight=False)
    done: list[Verdict] = []
    with bar(console, total, translate("cli.verifying", lang), counted=True) as move:
        for verdict in verdicts:
            done.append(verdict)
            move(len(done))
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
    tell_raised(console, dict(item for v in done for item in v.record.raised.items()), lang)
    return done


def tell_outcome(verdicts: Sequence[Verdict], idle: int, lang: str) -> bool:
    """The last sentence: whether the checks are verified, and if not, why.

    `idle` are checks that would have had to fail for a mutant, and did for none.
    """
    bad = sum(bool(verdict.faults) for verdict in verdicts)
    code = "proof_failed" if bad else "proof_idle" if idle else "proof_holds"
    said = translate(f"cli.{code}", lang, bad=bad, n=len(verdicts), idle=idle)
    Console(highlight=False).print(said, soft_wrap=True)
    return code == "proof_holds"


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
