"""What `grader grade` prints: a line for each record, above a bar, and the sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape

from grader.cli.bar import bar
from grader.cli.common import plain, who
from grader.grading.batch import Progress as Step
from grader.i18n import translate
from grader.records.brief import Brief
from grader.records.record import Status
from grader.report import formatting

_NAME_CELLS = 24  # a longer name moves its line; it is never cut


@dataclass
class Summary:
    """A batch in figures. `lowest` is the smallest share of points, in percent."""

    graded: int = 0
    kept: int = 0
    rescored: int = 0  # kept, their points worked out again
    ungradable: int = 0
    missing: int = 0
    broken: int = 0
    lowest: float = 100.0
    points: dict[str, float | None] = field(default_factory=dict)
    raised: dict[str, str] = field(default_factory=dict)  # by check: an error of its own
    unread: dict[str, str] = field(default_factory=dict)  # by student: why it could not be read
    again: int = 0  # who had a score before, and has one that was worked out once more
    up: int = 0  # of those
    down: int = 0
    changed: dict[str, dict[str, float | None]] = field(default_factory=dict)  # with the bonus

    def add(self, step: Step) -> None:
        """Count one record."""
        record = step.record
        self.graded += step.fresh and record.status != Status.MISSING
        self.kept += not step.fresh and not step.rescored and not step.unread
        self.rescored += step.rescored
        self.ungradable += record.status == Status.UNGRADABLE
        self.missing += record.status == Status.MISSING
        self.broken += record.status == Status.BROKEN or bool(step.unread)
        if step.unread:
            self.unread[record.student] = step.unread.fields["reason"]
        self._compare(step)
        self.points[record.student] = record.points
        self.raised |= record.raised
        if record.points is not None and record.possible:
            self.lowest = min(self.lowest, 100 * record.points / record.possible)

    def _compare(self, step: Step) -> None:
        moved = step.moved
        self.again += moved is not None
        if step.before and moved:
            self.up += moved > 0
            self.down += moved < 0
            pair = {"before": step.before.score, "after": step.record.score}
            self.changed[step.record.student] = pair

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return dict(vars(self))


def show(
    steps: Iterable[Step], total: int, lang: str, names: Mapping[str, str], *, quiet: bool
) -> Summary:
    """Print a line for each record, with the name of its student, then the sum. Returns it."""
    summary, same = Summary(), _SameFiles()
    console = Console(quiet=quiet, highlight=False)
    with bar(console, total, translate("cli.grading", lang), counted=True) as move:
        for done, step in enumerate(steps, start=1):
            summary.add(step)
            same.add(step)
            _tell(console, _line(step, lang, names))
            if step.unread:
                reason = translate(step.unread.code, lang, **step.unread.fields)
                name = who(step.record.student, names.get(step.record.student, ""))
                text = translate("cli.unread", lang, name=name, reason=reason)
                click.echo(plain(text), err=True)
            move(done)
    text = translate(
        "cli.graded",
        lang,
        graded=summary.graded,
        kept=summary.kept,
        rescored=summary.rescored,
        ungradable=summary.ungradable,
        missing=summary.missing,
        broken=summary.broken,
    )
    console.print(text, soft_wrap=True)
    if summary.again:
        fields = {"n": summary.again, "up": summary.up, "down": summary.down}
        console.print(translate("cli.moved", lang, **fields), soft_wrap=True)
    tell_raised(console, summary.raised, lang)
    for absent, others in same.pairs():
        name, *rest = (who(student, names.get(student, "")) for student in (absent, *others))
        text = translate("cli.same_files", lang, name=name, others=", ".join(rest))
        click.echo(plain(text), err=True)
    return summary


class _SameFiles:
    """Who hands in nothing now and keeps points for the very files that others hand in."""

    def __init__(self) -> None:
        self._absent: dict[str, str] = {}
        self._there: dict[str, list[str]] = {}

    def add(self, step: Step) -> None:
        """See one record."""
        record = step.record
        if step.absent and record.points:
            self._absent[record.student] = record.submission_sha256
        elif not step.absent:
            self._there.setdefault(record.submission_sha256, []).append(record.student)

    def pairs(self) -> list[tuple[str, list[str]]]:
        """Each of them, and the others."""
        return [(one, self._there[sha]) for one, sha in self._absent.items() if sha in self._there]


def tell_raised(console: Console, raised: Mapping[str, str], lang: str) -> None:
    """Name the checks that raised an error themselves, and the error."""
    for check, error in raised.items():
        text = translate("cli.raised", lang, check=check, error=error)
        console.print(escape(plain(text)), soft_wrap=True)


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
    parts = [name, f"{_points(step, lang):<16}", f"{record.seconds:5.1f} s"]
    if not step.fresh:
        how = "taken" if step.taken else "rescored" if step.rescored else "kept"
        parts.append(translate(f"cli.{how}", lang))
    if step.damaged:
        parts.append(translate("cli.damaged", lang, reason=step.damaged))
    if why := formatting.why(record.problem, record.obstacles, lang):
        parts.append(why)
    return plain("  ".join(parts))


def _points(step: Step, lang: str) -> str:
    """`7.00 / 10 +1`; `7.00 → 7.75 / 10` where an earlier score was another."""
    record, before = step.record, step.before
    if record.points is None:
        return translate("outcome.broken", lang)
    possible = f" / {record.possible:g}"
    points = f"{record.points:6.2f}{possible}{_extra(record)}"
    if before is None or before.points is None or not step.moved:
        return points
    of = "" if before.possible == record.possible else f" / {before.possible:g}"
    return f"{before.points:6.2f}{of}{_extra(before)} → {points.strip()}"


def _extra(record: Brief) -> str:
    return f" +{record.extra_points:g}" if record.extra_points else ""
