"""The command of somebody who grades a class: `grade`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from grader.cli.common import FELL_SHORT, course_of
from grader.errors import UsageError
from grader.i18n import translate


@click.command()
@click.argument("assignment")
@click.argument("submissions", type=click.Path(path_type=Path, exists=True))
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="Output folder.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=1, help="Grading processes.")
@click.option("--only", multiple=True, metavar="STUDENT", help="Only this student (repeatable).")
@click.option("--regrade", is_flag=True, help="Regrade everything.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    help="Exit 1 if a student scores below this percentage.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON summary instead of lines.")
@click.option(
    "--allow-weak-jail",
    is_flag=True,
    help="Grade even if this machine cannot isolate student code; the records note it.",
)
@click.pass_context
def grade(
    ctx: click.Context,
    assignment: str,
    submissions: Path,
    out: Path,
    jobs: int,
    only: tuple[str, ...],
    regrade: bool,
    fail_under: float | None,
    as_json: bool,
    allow_weak_jail: bool,
) -> None:
    """Grade a class: folders, zip or tar archives. / 제출물을 채점합니다."""
    from grader.cli.progress import show
    from grader.grading.batch import Settings, grade_batch
    from grader.intake.find import find

    course = course_of(ctx)
    model = course.load(assignment)
    others = [name for name in course.names() if name != model.id]
    found = find(submissions, model.id, model.package, others)
    unknown = set(only) - {entry.student for entry in found}
    if unknown or not found:
        names = ", ".join(sorted(unknown)) or str(submissions)
        raise UsageError("error.no_submission", names=names)
    chosen = [entry for entry in found if not only or entry.student in only]
    steps = grade_batch(model, chosen, Settings(out, jobs, regrade, allow_weak_jail))
    summary = show(steps, len(chosen), ctx.obj["lang"], quiet=as_json)
    if as_json:
        click.echo(json.dumps(summary.to_json(), ensure_ascii=False))
    if summary.broken:
        sys.exit(3)
    if fail_under is not None and summary.lowest < fail_under:
        click.echo(translate("cli.under", ctx.obj["lang"], bar=f"{fail_under:g}"), err=True)
        sys.exit(FELL_SHORT)
