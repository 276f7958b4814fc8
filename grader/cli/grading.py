"""Commands that grade: `grade` a class, `merge` its parts, `autograde` for Gradescope."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.commands import Command
from grader.cli.common import FELL_SHORT, course_of, plain, short, warn
from grader.cli.engines import engine_of, engine_options, jobs_option
from grader.cli.gradebook import keep, prepare
from grader.cli.paths import PathType
from grader.cli.reading_options import reading_options
from grader.errors import PlatformError, UsageError
from grader.i18n import translate
from grader.report.escape import log_json

if TYPE_CHECKING:
    from grader.course.assignment import Assignment
    from grader.course.folder import Course
    from grader.course.roster import Roster
    from grader.intake.people import Intake
    from grader.records.layout import Out


@click.command(cls=Command)
@click.argument("assignment")
@click.argument("submissions", type=PathType(path_type=Path, exists=True))
@click.option(
    "-o", "--out", type=PathType(path_type=Path), help="Output folder. / 채점 기록을 둘 폴더."
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Say who handed in what, and stop. / 채점하지 않고 누가 무엇을 제출했는지만 보여 줍니다.",
)
@reading_options
@click.option(
    "--roster",
    type=PathType(path_type=Path, exists=True, dir_okay=False),
    help="Roster CSV file; default: the course's, or OUT's. / "
    "명단 CSV 파일(기본값: 수업의 명단, 없으면 OUT에 남아 있는 명단).",
)
@jobs_option(default=1)
@click.option(
    "--gpu-share",
    type=click.FloatRange(0.01, 1),
    default=1.0,
    help="Share of a GPU for each student process; default: all of it. / "
    "학생 프로세스 하나가 쓸 수 있는 GPU의 비율(기본값: 전부).",
)
@click.option(
    "--only",
    multiple=True,
    metavar="STUDENT",
    help="Only this student (repeatable). / 채점할 학생(여러 번 쓸 수 있음).",
)
@click.option(
    "--shard",
    metavar="I/N",
    help="Only the I-th of N parts of the class. / 전체를 N개로 나눈 것 가운데 채점할 I번째 부분.",
)
@click.option("--regrade", is_flag=True, help="Regrade everything. / 모두 다시 채점합니다.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    help="Exit 1 if a student scores below this percentage. / "
    "점수의 하한(%). 더 낮은 학생이 있으면 종료 코드가 1입니다.",
)
@click.option(
    "--gradebook",
    metavar="URL",
    help="Write nbgrader's gradebook too: see grader gradebook. / "
    "함께 기록할 nbgrader 성적부의 주소(grader gradebook 참고).",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print a JSON summary instead of lines. / 한 줄씩 알리는 대신 JSON 요약을 출력합니다.",
)
@click.option(
    "--allow-weak-jail",
    is_flag=True,
    help="Grade even if this machine cannot isolate student code; the records note it. / "
    "이 컴퓨터에서 학생 코드를 격리할 수 없어도 채점하고, 그 사실을 기록에 남깁니다.",
)
@click.option(
    "--take-records",
    is_flag=True,
    help="Take the records that our autograder made on Gradescope, where nothing has changed. / "
    "바뀐 것이 없으면 Gradescope의 autograder가 만든 기록을 그대로 가져옵니다.",
)
@click.option(
    "--no-memo",
    is_flag=True,
    help="Let pytest run every check for every submission. / "
    "같은 코드가 있어도 제출물마다 모든 검사를 pytest로 실행합니다.",
)
@engine_options
@click.pass_context
def grade(ctx: click.Context, /, assignment: str, submissions: Path, **options: Any) -> None:
    """Grade a class: an LMS's download, folders, archives, clones. /
    수업 전체를 채점합니다(LMS에서 내려받은 것, 폴더, 압축 파일, git 저장소).
    """
    from grader.cli.people import show_intake
    from grader.cli.progress import show
    from grader.grading.batch import Settings, grade_batch
    from grader.grading.shards import Shard
    from grader.records.layout import Out

    if not options["dry_run"]:
        again = options["regrade"]
        ctx.obj["interrupted"] = "cli.interrupted_regrade" if again else "cli.interrupted_grade"
    shard = Shard.parse(options["shard"]) if options["shard"] else None
    lang, as_json, out = ctx.obj["lang"], options["as_json"], options["out"]
    if options["gradebook"] and not options["dry_run"]:
        prepare(options["gradebook"])  # a wrong address is not to be found out after hours
    _refuse_out(submissions, out, dry_run=options["dry_run"])
    course = course_of(ctx)
    model = course.load(assignment)
    roster = roster_of(course, options["roster"], out, lang)
    intake = intake_of(course, model, submissions, roster, options)
    if not as_json:
        show_intake(intake, lang)
    if options["dry_run"]:
        if as_json:
            click.echo(log_json(json.dumps(intake.to_json(), ensure_ascii=False)))
        return
    chosen = _chosen(intake, options["only"])
    if shard is not None:
        chosen = [person for person in chosen if shard.holds(person.id)]
    tables = _tables(Out(out), model, intake, roster)
    _warn_unverified(model, lang)
    names = {person.id: person.name for person in intake.people}
    with engine_of(options, lang) as engine:
        settings = Settings(
            out,
            engine,
            options["regrade"],
            options["allow_weak_jail"],
            take_records=options["take_records"],
        )
        steps = grade_batch(model, [person.found() for person in chosen], settings, tables)
        summary = show(steps, len(chosen), lang, names, quiet=as_json)
    if as_json:
        document = {**summary.to_json(), "intake": intake.to_json()}
        click.echo(log_json(json.dumps(document, ensure_ascii=False)))
    if options["gradebook"]:
        keep(out, options["gradebook"], course, lang, err=as_json)
    if summary.broken:
        sys.exit(PlatformError.exit_code)
    bar = options["fail_under"]
    if bar is not None and summary.lowest < bar:
        click.echo(translate("cli.under", lang, bar=f"{bar:g}"), err=True)
        sys.exit(FELL_SHORT)


@click.command(cls=Command)
@click.argument(
    "folders",
    metavar="OUT...",
    nargs=-1,
    required=True,
    type=PathType(path_type=Path, exists=True, file_okay=False),
)
@click.option(
    "-o",
    "--out",
    required=True,
    type=PathType(path_type=Path),
    help="Output folder. / 합친 기록을 둘 폴더.",
)
@click.pass_context
def merge(ctx: click.Context, folders: tuple[Path, ...], out: Path) -> None:
    """Put the records of parts of a class together. / 나누어 채점한 기록을 합칩니다."""
    from grader.grading import merge as parts

    lang, fell_short = ctx.obj["lang"], False
    for merged in parts.merge(folders, out):
        fields = {"assignment": merged.assignment, "n": merged.records, "new": merged.written}
        click.echo(translate("cli.merged", lang, out=short(out), **fields))
        if merged.without:
            fell_short = True
            names = ", ".join(merged.without)
            click.echo(plain(translate("cli.merged_without", lang, names=names)))
    if fell_short:
        sys.exit(FELL_SHORT)


@click.command(hidden=True, cls=Command)
@click.argument("assignment")
@click.argument("root", type=PathType(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--leaderboard",
    is_flag=True,
    help="Report how many public checks passed for a leaderboard. / "
    "통과한 공개 검사의 수를 리더보드에 보냅니다.",
)
@click.pass_context
def autograde(ctx: click.Context, assignment: str, root: Path, leaderboard: bool) -> None:
    """Grade one submission on Gradescope. / Gradescope에서 제출물 하나를 채점합니다."""
    from grader.grading.gradescope import autograde as grade_one

    model = course_of(ctx).load(assignment)
    record = grade_one(model, root.resolve(), ctx.obj["lang"], leaderboard=leaderboard)
    # staff alone see this, so it may tell what hidden checks found
    click.echo(json.dumps(record.to_json(), ensure_ascii=False, indent=1))


def _tables(out: Out, model: Assignment, intake: Intake, roster: Roster | None) -> dict[Path, Any]:
    """What else is known of the class, by its file."""
    from grader.diagnosis import mistakes

    known = mistakes.load(model.folder / mistakes.FILE)
    tables = {
        out.intake(model.id): intake.to_json(),
        out.mistakes(model.id): mistakes.to_json(known),
    }
    if roster is not None:
        tables[out.roster] = roster.to_json()
    return tables


def _warn_unverified(model: Assignment, lang: str) -> None:
    """Say if the proof of the checks is of others, or if there is none.

    Where there are no mutants nothing tells whether anybody has run it.
    """
    from grader.checking import answers
    from grader.diagnosis import mistakes

    left = (model.folder / answers.FILE, model.folder / mistakes.FILE)
    if answers.is_stale(model):
        warn(lang, model.id, "cli.changed_since_verify")
    elif any((model.folder / "mutants").glob("*.toml")) and not any(p.exists() for p in left):
        warn(lang, model.id, "cli.never_verified")


def _refuse_out(submissions: Path, out: Path | None, *, dry_run: bool) -> None:
    """Records among the submissions would be taken for somebody's next time."""
    if out is None:
        if dry_run:
            return
        raise UsageError("error.no_out")
    if submissions.is_dir() and out.resolve().is_relative_to(submissions.resolve()):
        raise UsageError("error.out_inside", out=out, folder=submissions)


def roster_of(course: Course, path: Path | None, out: Path | None, lang: str) -> Roster | None:
    """The roster that somebody named, or the course's, or the one that `out` was graded with.

    Without that last one, everybody in `out` would get a second record under another name.
    Raises `UsageError` for a mistake in it.
    """
    from grader.course import roster
    from grader.records import people
    from grader.records.layout import Out

    if chosen := path or course.roster:
        return roster.load(chosen)
    remembered = people.roster(out) if out else None
    if out and remembered:
        told = translate("cli.roster_remembered", lang, file=short(Out(out).roster))
        click.echo(told, err=True)
    return remembered


def intake_of(
    course: Course,
    model: Assignment,
    submissions: Path,
    roster: Roster | None,
    options: dict[str, Any],
) -> Intake:
    """Who handed in what. Raises `UsageError` where that is ambiguous."""
    from grader.intake.find import find
    from grader.intake.handin import Wanted
    from grader.intake.join import join
    from grader.intake.request import Request

    others = tuple(name for name in course.names() if name != model.id)
    wanted = Wanted(model.id, model.package, tuple(file.name for file in model.files), others)
    request = Request(
        out=options["out"] or Path("OUT"),
        source=options["source"] or (None if options["layout"] else course.source),
        layout=options["layout"],
        roster=roster,
        roster_file=options["roster"],
    )
    return join(find(submissions, wanted, request), roster, course.attempts, wanted)


def _chosen(intake: Intake, only: tuple[str, ...]) -> list[Any]:
    """Whom to grade. Raises `UsageError` for a name that nobody has."""
    from grader.intake.names import student_name

    wanted = set(map(student_name, only))  # as macOS completes a name, and as we show it
    unknown = wanted - {student_name(person.id) for person in intake.people}
    if unknown or not intake.people:
        names = ", ".join(sorted(unknown)) or intake.where
        raise UsageError("error.no_submission", names=names)
    return [p for p in intake.people if not only or student_name(p.id) in wanted]
