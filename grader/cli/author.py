"""Commands of somebody who writes an assignment: `new`, `release`, `verify`."""

from __future__ import annotations

import shlex
import sys
from math import ceil
from pathlib import Path
from typing import Any

import click

from grader.cli.commands import Command, Group
from grader.cli.common import FELL_SHORT, course_of, short
from grader.cli.engines import engine_of, engine_options, jobs_option
from grader.cli.paths import PathType
from grader.errors import UsageError
from grader.i18n import translate

MOST_NAMED = 10  # unless all that there is to say is asked for


@click.group(cls=Group)
def new() -> None:
    """Begin a course or an assignment. / 수업이나 과제를 새로 만듭니다."""


@new.command("course")
@click.argument("folder", metavar="NAME", type=PathType(path_type=Path))
@click.pass_context
def new_course(ctx: click.Context, folder: Path) -> None:
    """Make the folder of a course. / 수업 폴더를 만듭니다."""
    from grader.authoring import new as starters

    lang = ctx.obj["lang"]
    made = starters.course(folder, lang)
    languages = ", ".join(made.languages)
    click.echo(translate("cli.new_course", lang, folder=short(folder)))
    click.echo(translate("cli.new_course_says", lang, languages=languages, zone=made.timezone))
    click.echo(translate("cli.new_course_next", lang, folder=shlex.quote(short(folder))))


@new.command("assignment")
@click.argument("name")
@click.option(
    "--from",
    "source",
    metavar="ASSIGNMENT",
    help="Copy this one that comes with the grader; default: a small example. / "
    "채점기에 들어 있는 과제 가운데 복사할 것(기본값: 작은 예제).",
)
@click.pass_context
def new_assignment(ctx: click.Context, name: str, source: str | None) -> None:
    """Copy an assignment that works, to be edited. / 돌아가는 과제를 복사합니다. 고쳐서 쓰세요."""
    from grader.authoring import new as starters

    lang = ctx.obj["lang"]
    made = starters.assignment(course_of(ctx), name, source or starters.EXAMPLE)
    folder, reference = short(made.folder), short(made.reference)
    click.echo(
        translate("cli.new_assignment", lang, files=made.files, folder=folder, reference=reference)
    )
    click.echo(translate("cli.new_assignment_next", lang, name=name))


@new.command("mutant")
@click.argument("assignment")
@click.argument("name")
@click.option(
    "--function",
    required=True,
    help="Whose wrong answers to use, as `clean`. / 틀린 답을 가져올 함수(예: `clean`).",
)
@click.option(
    "--from-cluster",
    "out",
    required=True,
    metavar="OUT",
    type=PathType(path_type=Path, exists=True, file_okay=False),
    help="Where the class was graded; the most frequent wrong answers without a name are taken. / "
    "채점 기록이 있는 폴더. 아직 이름이 없는 틀린 답 가운데 가장 많은 것을 씁니다.",
)
@click.option(
    "--submissions",
    required=True,
    type=PathType(path_type=Path, exists=True),
    help="What was graded: the records do not hold the code. / "
    "그때 채점한 제출물. 기록에는 코드가 없기 때문에 필요합니다.",
)
@click.pass_context
def new_mutant(
    ctx: click.Context, assignment: str, name: str, function: str, out: Path, submissions: Path
) -> None:
    """Make a known bug of a wrong answer that several students share. /
    여러 학생이 똑같이 틀린 답으로 돌연변이를 만듭니다.
    """
    from grader.authoring import mutant
    from grader.cli.grading import intake_of, roster_of
    from grader.intake.read import read_for
    from grader.report.results import find

    course, lang = course_of(ctx), ctx.obj["lang"]
    model = course.load(assignment)
    results = find(out, model.id)
    records = (entry.record for entry in results.entries(on_roster=True))
    students = mutant.sharing(model, records, results.mistakes, function)
    options = {"out": out, "source": None, "layout": None, "roster": None}
    roster = roster_of(course, None, out, lang)
    people = intake_of(course, model, submissions, roster, options).people
    submitted = {
        person.id: read_for(model, person.found()).files
        for person in people
        if person.id in students
    }
    made = mutant.write(model, name, function, translate("cli.new_mutant_why", lang), submitted)
    click.echo(
        translate("cli.new_mutant", lang, file=short(made.path), n=len(students), who=made.student)
    )
    if made.unknown:
        click.echo(translate("cli.new_mutant_unknown", lang, names=", ".join(made.unknown)))
    click.echo(translate("cli.new_mutant_next", lang, assignment=assignment, name=name))


@click.command(cls=Command)
@click.argument("assignment")
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="Only report whether the template is out of date. / 배포본이 최신인지만 알려 줍니다.",
)
@click.option(
    "--dist",
    type=PathType(path_type=Path),
    help="Folder for the zip; default: dist in the course's folder. / "
    "zip을 둘 폴더(기본값: 수업 폴더의 dist).",
)
@click.option(
    "--without",
    multiple=True,
    metavar="BONUS",
    help="Leave this bonus exercise out (repeatable). / "
    "배포본에서 뺄 보너스 문제(여러 번 쓸 수 있음).",
)
@click.pass_context
def release(
    ctx: click.Context,
    assignment: str,
    only_check: bool,
    dist: Path | None,
    without: tuple[str, ...],
) -> None:
    """Make the student template and its zip from the reference. /
    모범 답안으로 학생용 배포본과 zip을 만듭니다.
    """
    from grader.authoring import bonus
    from grader.authoring import release as releases
    from grader.checking import answers

    course, lang = course_of(ctx), ctx.obj["lang"]
    model = course.load(assignment)
    of_other_checks = answers.is_stale(model)
    if of_other_checks:
        file = short(model.folder / answers.FILE)
        click.echo(translate("cli.stale_answers", lang, file=file, assignment=assignment))
    if only_check:
        stale = releases.stale(course, model, without)
        for name in stale:
            click.echo(translate("cli.stale", lang, file=f"{model.package}/{name}"))
        if stale or of_other_checks:
            sys.exit(FELL_SHORT)
        click.echo(translate("cli.not_stale", lang, assignment=assignment))
        return
    done = releases.release(course, model, dist or course.root / "dist", without)
    click.echo(translate("cli.released", lang, folder=short(done.folder), files=done.files))
    click.echo(translate("cli.zipped", lang, file=short(done.archive)))
    if done.notebooks:
        names = ", ".join(short(path) for path in done.notebooks)
        click.echo(translate("cli.notebooks", lang, files=names))
    else:
        click.echo(translate("cli.no_notebooks", lang))
    for file, line, name in bonus.mentions(done.folder, without):
        click.echo(translate("cli.still_mentioned", lang, file=file, line=line, name=name))


@click.command(cls=Command)
@click.argument("assignment")
@click.option(
    "--full",
    is_flag=True,
    help="Run all checks of other functions, too. / "
    "돌연변이마다 다른 함수의 검사까지 모두 실행합니다.",
)
@jobs_option(default=2)
@click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    help='Grade only this mutant or variant; "mutant NAME" where a variant has the same name. / '
    '채점할 돌연변이나 변형. 이름이 같은 변형을 빼려면 "mutant NAME"으로 씁니다.',
)
@click.option(
    "--measure",
    is_flag=True,
    help="Store the reference's running times, which set the limits. / "
    "모범 답안의 실행 시간을 저장합니다. 시간 제한은 이 값으로 정해집니다.",
)
@click.option(
    "--page",
    type=PathType(path_type=Path),
    help="Write the result as an HTML page. / 결과를 저장할 HTML 파일.",
)
@engine_options
@click.pass_context
def verify(
    ctx: click.Context,
    /,
    assignment: str,
    full: bool,
    only: tuple[str, ...],
    measure: bool,
    page: Path | None,
    **options: Any,
) -> None:
    """Test the checks with right code and known bugs. /
    올바른 코드와 알려진 버그로 검사를 검증합니다.
    """
    from grader.authoring import answers, proof_page, signatures
    from grader.authoring import verify as proofs
    from grader.authoring.candidates import Role, candidates
    from grader.cli.proof import show_verdicts, tell_outcome
    from grader.records import store
    from grader.report import budget

    course = course_of(ctx)
    model = course.load(assignment)
    if only and measure:
        only = (*only, Role.REFERENCE)
    every = candidates(model, full=full)
    if unknown := set(only) - {name for c in every for name in (c.name, c.label)}:
        raise UsageError("error.unknown_candidate", name=min(unknown), assignment=model.id)
    chosen = [c for c in every if not only or c.name in only or c.label in only]
    click.echo(translate("cli.budget", ctx.obj["lang"], bits=ceil(budget.bits(model))))
    with engine_of(options, ctx.obj["lang"]) as engine:
        proof = proofs.verify(model, chosen, engine)
        verdicts = show_verdicts(proof, len(chosen), ctx.obj["lang"])
    if measure:
        reference = next(v for v in verdicts if v.candidate.role == Role.REFERENCE)
        if not reference.faults:  # what fails early is no measure
            proofs.store_timings(model, reference.record)
    answers.store(model, every, verdicts)
    known = signatures.store(model, every, verdicts)
    for alike in signatures.alike(model, known):
        click.echo(translate("cli.alike", ctx.obj["lang"], names=", ".join(alike)))
    late, never = signatures.untold(model, known)
    for code, names in (("cli.tell_late", late), ("cli.tell_never", never)):
        if names:
            fields = {"n": len(names), "names": _some(names, whole=full)}
            click.echo(translate(code, ctx.obj["lang"], **fields))
    if page:
        store.write_atomically(page, proof_page.page(model, verdicts, ctx.obj["lang"]))
        click.echo(short(page))
    idle = [] if only else proofs.never_failed(model, verdicts)
    if idle:
        code = "cli.idle_checks_full" if full else "cli.idle_checks"
        fields = {"n": len(idle), "names": _some(idle, whole=full), "assignment": model.id}
        click.echo(translate(code, ctx.obj["lang"], **fields))
    if not tell_outcome(verdicts, len(idle) if full else 0, ctx.obj["lang"]):
        sys.exit(FELL_SHORT)


def _some(names: list[str], *, whole: bool) -> str:
    """The names in a line: all of them, or the first."""
    return ", ".join(names if whole else [*names[:MOST_NAMED], "…"][: len(names)])
