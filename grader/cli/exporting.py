"""What leaves for other systems: `grader export ...`, a command for each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.commands import Command, Group
from grader.cli.common import (
    course_of,
    feedback_options,
    moment_of,
    plain,
    published_option,
    short,
    warn,
    warn_of_moment,
    warn_of_ungraded,
    who,
)
from grader.cli.gradebook import read_decisions
from grader.cli.paths import PathType
from grader.cli.reading_options import reading_options
from grader.i18n import translate

if TYPE_CHECKING:
    from grader.export.feedback_zips import Zipped
    from grader.export.joining import Filled, Graded
    from grader.records.assignment_snapshot import Snapshot
    from grader.report.moment import Moment
    from grader.report.results import Results

_OUT = click.argument("out", type=PathType(path_type=Path, exists=True, file_okay=False))
_ASSIGNMENT = click.argument("assignment")
_FILE = PathType(path_type=Path, exists=True, dir_okay=False)
_TO_FILE = click.option(
    "-o",
    "--output",
    type=PathType(path_type=Path, dir_okay=False),
    help="The file to write. / 저장할 파일.",
)


@click.group(cls=Group)
def export() -> None:
    """Take scores and feedback to an LMS or elsewhere. / 점수와 피드백을 LMS 등으로 내보냅니다."""


@click.command(cls=Command)
@_OUT
@_ASSIGNMENT
@click.argument("gradebook", type=_FILE)
@click.option(
    "--column",
    help="The column's number or title in Canvas; default: the assignment's id or title. / "
    "Canvas 성적부에서 채울 열의 번호나 제목(기본값: 과제의 id나 제목).",
)
@_TO_FILE
@click.pass_context
def canvas(
    ctx: click.Context,
    out: Path,
    assignment: str,
    gradebook: Path,
    column: str | None,
    output: Path | None,
) -> None:
    """Fill the gradebook downloaded from Canvas. / Canvas에서 내려받은 성적부를 채웁니다."""
    from grader.export import canvas as lms
    from grader.export.joining import Graded

    results = _results(ctx, out, assignment)
    everybody = [Graded.of(entry, entry.score) for entry in results.entries()]
    filled = lms.fill(gradebook, results.snapshot, everybody, results.people, column)
    _write_filled(
        output or _place(out, assignment) / "canvas.csv", filled, results, ctx.obj["lang"]
    )


@click.command(cls=Command)
@_OUT
@_ASSIGNMENT
@click.argument("worksheet", type=_FILE)
@_TO_FILE
@published_option
@click.pass_context
def moodle(
    ctx: click.Context,
    out: Path,
    assignment: str,
    worksheet: Path,
    output: Path | None,
    published: bool,
) -> None:
    """Fill the grading worksheet downloaded from Moodle. /
    Moodle에서 내려받은 채점표를 채웁니다.
    """
    from grader.export import moodle as lms
    from grader.export.comment import comment
    from grader.export.joining import Graded
    from grader.export.student_pages import languages

    results, lang = _results(ctx, out, assignment), ctx.obj["lang"]
    own, moment = languages(results, ctx.obj["asked"]), moment_of(published=published)
    warn_of_moment(out, assignment, lang, published=published)
    everybody = []
    for entry in results.entries():
        says = "" if entry.score is None else comment(results.snapshot, entry, own, moment)
        everybody.append(Graded.of(entry, entry.score, says))
    filled = lms.fill(worksheet, everybody, results.people)
    _write_filled(output or _place(out, assignment) / "moodle.csv", filled, results, lang)


@click.command(cls=Command)
@_OUT
@_ASSIGNMENT
@click.option(
    "--excel",
    is_flag=True,
    help="Begin with the byte-order mark that Excel needs. / "
    "Excel에서 한글이 깨지지 않도록 맨 앞에 BOM을 넣습니다.",
)
@_TO_FILE
@click.pass_context
def csv(ctx: click.Context, out: Path, assignment: str, excel: bool, output: Path | None) -> None:
    """Write a column for each exercise and each check. /
    문제와 검사마다 열이 하나씩 있는 CSV를 만듭니다.
    """
    from grader.export.scores import with_checks
    from grader.records.store import write_atomically

    path = output or _place(out, assignment) / "checks.csv"
    lines = with_checks(_results(ctx, out, assignment), ctx.obj["lang"])
    write_atomically(path, ["\ufeff" * excel, *lines], lasting=False)
    click.echo(short(path))


@click.command("canvas-feedback", cls=Command)
@_OUT
@_ASSIGNMENT
@_TO_FILE
@feedback_options
@click.pass_context
def canvas_feedback(
    ctx: click.Context, /, out: Path, assignment: str, output: Path | None, **told: bool
) -> None:
    """Zip feedback for Canvas' "Upload submissions". / Canvas에 올릴 피드백을 zip으로 묶습니다."""
    from grader.export.feedback_zips import for_canvas
    from grader.export.student_pages import languages

    lang, moment = ctx.obj["lang"], _moment(ctx, out, assignment, **told)
    results = _results(ctx, out, assignment)
    zipped = for_canvas(results, languages(results, ctx.obj["asked"]), moment)
    path = output or _place(out, assignment) / "canvas-feedback.zip"
    _write_zipped(path, zipped, "canvas", lang)


@click.command("moodle-feedback", cls=Command)
@_OUT
@_ASSIGNMENT
@_TO_FILE
@feedback_options
@click.pass_context
def moodle_feedback(
    ctx: click.Context, /, out: Path, assignment: str, output: Path | None, **told: bool
) -> None:
    """Zip feedback for Moodle's "Upload feedback files". /
    Moodle에 올릴 피드백을 zip으로 묶습니다.
    """
    from grader.export.feedback_zips import for_moodle

    lang, moment = ctx.obj["lang"], _moment(ctx, out, assignment, **told)
    zipped = for_moodle(_results(ctx, out, assignment), moment)
    path = output or _place(out, assignment) / "moodle-feedback.zip"
    _write_zipped(path, zipped, "moodle", lang)


@click.command(cls=Command)
@_OUT
@_ASSIGNMENT
@click.option(
    "-o",
    "--output",
    type=PathType(path_type=Path, file_okay=False),
    help="Folder to write. / 저장할 폴더.",
)
@feedback_options
@click.pass_context
def pages(
    ctx: click.Context, /, out: Path, assignment: str, output: Path | None, **told: bool
) -> None:
    """Write feedback pages under names that nobody can guess. /
    이름을 짐작할 수 없는 피드백 페이지를 만듭니다.
    """
    from grader.export import private_pages
    from grader.export.student_pages import languages

    moment = _moment(ctx, out, assignment, **told)
    results, lang = _results(ctx, out, assignment), ctx.obj["lang"]
    folder = output or _place(out, assignment) / "pages"
    links = _place(out, assignment) / "links.csv"
    first = languages(results, ctx.obj["asked"])[0]
    private_pages.write(out, folder, links, results, first, moment)
    click.echo(translate("export.pages", lang, folder=short(folder), links=short(links)))


@click.command(cls=Command)
@click.argument("submissions", type=PathType(path_type=Path, exists=True))
@_ASSIGNMENT
@click.option(
    "-o",
    "--out",
    type=PathType(path_type=Path, file_okay=False),
    required=True,
    help="New folder. / 새로 만들 폴더.",
)
@reading_options
@click.option(
    "--roster",
    type=_FILE,
    help="Roster CSV file; default: the course's. / 명단 CSV 파일(기본값: 수업의 명단).",
)
@click.pass_context
def similarity(ctx: click.Context, /, submissions: Path, assignment: str, **options: Any) -> None:
    """Lay out a class for JPlag and Dolos. / 제출물을 JPlag와 Dolos로 비교할 수 있게 정리합니다."""
    from grader.cli.grading import intake_of, roster_of
    from grader.cli.people import show_intake
    from grader.export.similarity import Compared, lay_out, template_of
    from grader.intake.read import read_for

    lang, folder = ctx.obj["lang"], options["out"]
    course = course_of(ctx)
    model = course.load(assignment)
    template = template_of(course, model, submissions)
    roster = roster_of(course, options["roster"], None, lang)
    intake = intake_of(course, model, submissions, roster, options)
    show_intake(intake, lang)
    left_out: list[str] = []

    def compared() -> Any:
        for person in intake.people:
            submission = read_for(model, person.found())
            if submission.problem is None:
                yield Compared(submission, person.section)
            else:
                left_out.append(who(person.id, person.name))

    lay_out(folder, compared(), template)
    _list("export.left_out", left_out, lang)
    jplag = folder / "jplag"
    fields = {
        "jplag": f"java -jar jplag.jar -l python3 -bc {jplag / 'template'} {jplag / 'submissions'}",
        "dolos": f"dolos run -l python -f web {folder / 'dolos.zip'}",
    }
    click.echo(translate("export.similarity", lang, **fields))


@click.command(cls=Command)
@_ASSIGNMENT
@click.option(
    "--leaderboard",
    is_flag=True,
    help="Show how many public checks passed on a leaderboard. / "
    "통과한 공개 검사의 수를 리더보드에 보여 줍니다.",
)
@click.option(
    "-o",
    "--output",
    type=PathType(path_type=Path, dir_okay=False),
    help="The file to write; default: autograder.zip in the course's folder. / "
    "저장할 파일(기본값: 수업 폴더의 autograder.zip).",
)
@click.pass_context
def gradescope(ctx: click.Context, assignment: str, leaderboard: bool, output: Path | None) -> None:
    """Write Gradescope's autograder.zip. / Gradescope용 autograder.zip을 만듭니다."""
    from grader.authoring import autograder
    from grader.records.store import write_atomically

    course, lang = course_of(ctx), ctx.obj["lang"]
    path = output or course.root / "autograder.zip"
    model = course.load(assignment)
    read = ctx.obj["asked"] or model.languages[0]
    write_atomically(path, autograder.build(course, model, read, leaderboard=leaderboard))
    click.echo(translate("export.gradescope", lang, file=short(path)))
    click.echo(translate("export.gradescope_next", lang, minutes=autograder.minutes(model)))


for command in (
    canvas,
    moodle,
    csv,
    canvas_feedback,
    moodle_feedback,
    pages,
    similarity,
    gradescope,
):
    export.add_command(command)


def _results(ctx: click.Context, out: Path, assignment: str) -> Results:
    """What was graded, with what people have decided by now; at the end a warning, if any."""
    from grader.report.results import find

    read_decisions(out, ctx.obj["lang"])
    results = find(out, assignment)

    def at_the_end() -> None:
        if results.versions.are_mixed:
            warn(ctx.obj["lang"], assignment, "report.class.mixed")
        warn_of_ungraded(results, ctx.obj["lang"])

    ctx.call_on_close(at_the_end)
    return results


def _place(out: Path, assignment: str) -> Path:
    """Where an export is written unless `-o` says so."""
    from grader.records.layout import Out

    return Out(out).export(assignment)


def _moment(ctx: click.Context, out: Path, assignment: str, **told: bool) -> Moment:
    """What the `feedback_options` say; and a warning where the last report was told otherwise."""
    moment = moment_of(**told)
    warn_of_moment(out, assignment, ctx.obj["lang"], **told)
    return moment


def _write_filled(path: Path, filled: Filled, results: Results, lang: str) -> None:
    """Write the file, and say whom it does not concern."""
    from grader.records.record import Status
    from grader.records.store import write_atomically

    missing, ungradable = (filled.zeros[s] for s in (Status.MISSING, Status.UNGRADABLE))
    write_atomically(path, filled.data, lasting=False)
    click.echo(translate("export.filled", lang, scores=filled.scores, file=short(path)))
    if missing + ungradable:
        fields = {"missing": missing, "ungradable": ungradable}
        click.echo(translate("export.zeros", lang, **fields))
    if _differs(filled.possible, results.snapshot):
        possible = f"{results.snapshot.possible:g}"
        click.echo(translate("export.possible", lang, found=filled.possible, possible=possible))
    reasons = {kept.reason: None for kept in filled.kept}
    for reason in reasons:
        own = [kept for kept in filled.kept if kept.reason == reason]
        _list(f"export.kept.{reason}", [_who(kept.graded) for kept in own], lang)
    rows = [
        translate("export.row", lang, row=line.row, name=line.name) for line in filled.strangers
    ]
    _list("export.strangers", rows, lang)
    _list("export.absent", [_who(graded) for graded in filled.absent], lang)


def _differs(found: str, snapshot: Snapshot) -> bool:
    from grader.export.lms_file import is_already

    return bool(found) and not is_already(found, snapshot.possible)


def _write_zipped(path: Path, zipped: Zipped, lms: str, lang: str) -> None:
    from grader.records.store import write_atomically

    write_atomically(path, zipped.data, lasting=False)
    click.echo(translate("export.zipped", lang, students=zipped.students, file=short(path)))
    _list(f"export.without_{lms}", [_who(graded) for graded in zipped.without], lang)


def _who(graded: Graded) -> str:
    return who(graded.student, graded.name)


def _list(code: str, names: list[str], lang: str) -> None:
    """A sentence and below it everybody whom it is about; nothing where that is nobody."""
    if names:
        click.echo(translate(code, lang, count=len(names)))
    for name in names:
        click.echo(f"  {plain(' '.join(name.split()))}")
