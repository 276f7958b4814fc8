"""The command line: each command parses, calls one function, and prints.

Exit codes: 0 fine, 1 some work fell short of the stated bar, 2 the call or its input was wrong,
3 the platform itself failed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from grader import __version__
from grader.errors import GraderError, PlatformError, UsageError
from grader.i18n import LANGUAGES, default_language, translate

if TYPE_CHECKING:
    from grader.course import Course

FELL_SHORT, INTERRUPTED = 1, 130


class Commands(click.Group):
    """Turns our errors into a sentence and an exit code, never into a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except GraderError as error:
            _fail(ctx, error)
        except BrokenPipeError:
            raise  # the reader of our output went away; click ends quietly
        except OSError as error:
            _fail(ctx, PlatformError("error.system", reason=error))
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)


def _fail(ctx: click.Context, error: GraderError) -> NoReturn:
    lang = (ctx.obj or {}).get("lang", default_language())
    prefix = translate("cli.error", lang)
    click.echo(f"{prefix}: {translate(error.code, lang, **error.fields)}", err=True)
    sys.exit(error.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language (default: the locale's).")
@click.option(
    "--course",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Course folder (default: the one around the current folder).",
)
@click.pass_context
def main(ctx: click.Context, lang: str | None, course: Path | None) -> None:
    """Auto-graded homework for NLP and deep learning. / NLP·딥러닝 과제 자동 채점."""
    ctx.obj = {"lang": lang or default_language(), "course": course}


def _course(ctx: click.Context) -> Course:
    from grader.course import Course

    return Course.find((ctx.obj["course"] or Path.cwd()).resolve())


@main.command()
@click.argument("assignment")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("-k", "--exercise", multiple=True, help="Check only this exercise (repeatable).")
@click.option("--watch", is_flag=True, help="Check again whenever a file is saved.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def check(
    ctx: click.Context,
    assignment: str,
    folder: Path | None,
    exercise: tuple[str, ...],
    watch: bool,
    as_json: bool,
) -> None:
    """Check your own work with the public checks. / 공개 검사로 스스로 점검합니다."""
    from grader import selfcheck

    target = selfcheck.find(assignment, folder, ctx.obj["course"])
    sys.exit(selfcheck.run(target, exercise, ctx.obj["lang"], watch=watch, as_json=as_json))


@main.command()
@click.argument("assignment")
@click.option(
    "--check", "only_check", is_flag=True, help="Only report whether the template is out of date."
)
@click.option(
    "--dist", type=click.Path(path_type=Path), default=Path("dist"), help="Folder for the zip."
)
@click.pass_context
def release(ctx: click.Context, assignment: str, only_check: bool, dist: Path) -> None:
    """Make the student template and its zip from the reference. / 학생용 배포본을 만듭니다."""
    from grader import release as releases

    course, lang = _course(ctx), ctx.obj["lang"]
    model = course.load(assignment)
    if only_check:
        stale = releases.stale(course, model)
        for name in stale:
            click.echo(translate("cli.stale", lang, file=f"{model.package}/{name}"))
        if stale:
            sys.exit(FELL_SHORT)
        click.echo(translate("cli.not_stale", lang, assignment=assignment))
        return
    done = releases.release(course, model, dist)
    click.echo(translate("cli.released", lang, folder=_short(done.folder), files=done.files))
    click.echo(translate("cli.zipped", lang, file=_short(done.archive)))
    if not done.wheel:
        click.echo(translate("cli.no_wheel", lang))


@main.command()
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
    from grader.batch import Settings, grade_batch
    from grader.progress import show
    from grader.submission import find

    course = _course(ctx)
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


@main.command()
@click.argument("out", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--published", is_flag=True, help="Include results kept back until publication.")
@click.pass_context
def report(ctx: click.Context, out: Path, published: bool) -> None:
    """Build class page, feedback, CSV, JSON and JUnit from records. / 성적표를 만듭니다."""
    from grader.report.build import build

    for path in build(out, ctx.obj["lang"], published=published):
        click.echo(_short(path))


@main.command()
@click.argument("assignment")
@click.option("--full", is_flag=True, help="Run every check of every exercise for every mutant.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=2, help="Grading processes.")
@click.option("--only", multiple=True, metavar="NAME", help="Grade only this mutant or variant.")
@click.option(
    "--measure", is_flag=True, help="Store the reference's running times, which set the limits."
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
    """Test the checks with right code and known bugs. / 검사가 공정한지 증명합니다."""
    from grader import verify as proofs
    from grader.progress import show_verdicts

    course = _course(ctx)
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
    if any(verdict.faults for verdict in verdicts):
        sys.exit(FELL_SHORT)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Show what this machine can enforce, and what is missing. / 이 컴퓨터를 진단합니다."""
    from grader.doctor import examine
    from grader.progress import show_findings

    findings = examine()
    if as_json:
        click.echo(json.dumps([vars(finding) for finding in findings], ensure_ascii=False))
    else:
        show_findings(findings, ctx.obj["lang"])


def _short(path: Path) -> str:
    """Relative to where the person stands, if it lies below."""
    here = Path.cwd()
    full = path.resolve()
    return str(full.relative_to(here)) if full.is_relative_to(here) else str(path)
