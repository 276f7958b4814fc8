"""Commands of somebody who writes an assignment: `release`, `verify`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.common import FELL_SHORT, course_of, short
from grader.errors import UsageError
from grader.i18n import translate

MOST_NAMED = 10  # of the checks that a quick proof says nothing about


@click.command()
@click.argument("assignment")
@click.option(
    "--check", "only_check", is_flag=True, help="Only say whether what is there is stale."
)
@click.option(
    "--dist", type=click.Path(path_type=Path), default=Path("dist"), help="Folder for the zip."
)
@click.option(
    "--without", multiple=True, metavar="BONUS", help="Leave this bonus exercise out (repeatable)."
)
@click.pass_context
def release(
    ctx: click.Context, assignment: str, only_check: bool, dist: Path, without: tuple[str, ...]
) -> None:
    """Make the student template and its zip from the reference. / 학생용 배포본을 만듭니다."""
    from grader.authoring import bonus
    from grader.authoring import release as releases

    course, lang = course_of(ctx), ctx.obj["lang"]
    model = course.load(assignment)
    if only_check:
        stale = releases.stale(course, model, without)
        for name in stale:
            click.echo(translate("cli.stale", lang, file=f"{model.package}/{name}"))
        if stale:
            sys.exit(FELL_SHORT)
        click.echo(translate("cli.not_stale", lang, assignment=assignment))
        return
    done = releases.release(course, model, dist, without)
    click.echo(translate("cli.released", lang, folder=short(done.folder), files=done.files))
    click.echo(translate("cli.zipped", lang, file=short(done.archive)))
    for file, line, name in bonus.mentions(done.folder, without):
        click.echo(translate("cli.still_mentioned", lang, file=file, line=line, name=name))
    if not done.wheel:
        click.echo(translate("cli.no_wheel", lang))


@click.command()
@click.argument("assignment")
@click.option("--full", is_flag=True, help="Run every check of every exercise for every mutant.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=2, help="Grading processes.")
@click.option("--only", multiple=True, metavar="NAME", help="Only this mutant or variant.")
@click.option(
    "--measure", is_flag=True, help="Store the reference's times: limits follow from them."
)
@click.pass_context
def verify(
    ctx: click.Context,
    assignment: str,
    full: bool,
    jobs: int,
    only: tuple[str, ...],
    measure: bool,
) -> None:
    """Prove that the checks are fair and sharp. / 검사가 공정한지 증명합니다."""
    from grader.authoring import verify as proofs
    from grader.cli.progress import show_verdicts

    course = course_of(ctx)
    model = course.load(assignment)
    if only and measure:
        only = (*only, "reference")
    found = [(c.name.split(" ")[-1], c) for c in proofs.candidates(course, model, full=full)]
    if unknown := set(only) - {name for name, _ in found}:
        raise UsageError("error.unknown_candidate", name=min(unknown), assignment=model.id)
    chosen = [candidate for name, candidate in found if not only or name in only]
    verdicts = show_verdicts(proofs.verify(model, chosen, jobs), len(chosen), ctx.obj["lang"])
    if measure:
        reference = next(v for v in verdicts if v.candidate.kind == "reference")
        if not reference.faults:  # what fails early is no measure
            proofs.store_timings(model, reference.record)
    idle = [] if only else proofs.never_failed(model, verdicts)
    if idle:
        code = "cli.idle_checks_full" if full else "cli.idle_checks"
        names = ", ".join(idle if full else [*idle[:MOST_NAMED], "…"][: len(idle)])
        fields = {"n": len(idle), "names": names, "assignment": model.id}
        click.echo(translate(code, ctx.obj["lang"], **fields))
    if any(verdict.faults for verdict in verdicts) or (full and idle):
        sys.exit(FELL_SHORT)
