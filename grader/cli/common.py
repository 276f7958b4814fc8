"""What several commands need: exit codes, the course, and what is fit for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.errors import UsageError
from grader.i18n import translate

if TYPE_CHECKING:
    from grader.course.folder import Course
    from grader.report.moment import Moment
    from grader.report.results import Results

FELL_SHORT, INTERRUPTED = 1, 130
_MOST_NAMED = 20

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

published_option = click.option(
    "--published",
    is_flag=True,
    help="Include results kept back until publication. / 공개 전까지 가려 두는 결과도 포함합니다.",
)


with_inputs_option = click.option(
    "--with-inputs",
    is_flag=True,
    help="With --published: show what failed hidden checks asked. / "
    "--published와 함께 쓰면 실패한 비공개 검사가 넣은 값도 보여 줍니다.",
)


def course_of(ctx: click.Context) -> Course:
    """The course that `--course` names, or the one around the current folder."""
    from grader.course.folder import Course

    return Course.find((ctx.obj["course"] or Path.cwd()).resolve())


def with_options(options: Sequence[Decorator]) -> Decorator:
    """A decorator that adds options to a command; `--help` lists them in this order."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


# How much a student may read: the options of whatever writes feedback; see `moment_of`.
feedback_options = with_options((published_option, with_inputs_option))


def short(path: Path) -> str:
    """Relative to where the person stands, if it lies below."""
    here = Path.cwd()
    full = path.resolve()
    return str(full.relative_to(here)) if full.is_relative_to(here) else str(path)


def who(student: str, name: str) -> str:
    """An id and the name beside it, never cut: its end may be what tells two people apart."""
    return f"{student}  {name}" if name and name != student else student


def moment_of(*, published: bool, with_inputs: bool = False) -> Moment:
    """Now, and what `feedback_options` say. Raises `UsageError` for one that would do nothing."""
    from datetime import UTC, datetime

    from grader.report.moment import Moment

    if with_inputs and not published:
        raise UsageError("error.inputs_unpublished")
    return Moment(datetime.now(UTC).astimezone(), published, with_inputs)


def warn(lang: str, assignment: str, code: str, **fields: object) -> None:
    """Say on standard error what people should know of an assignment's records."""
    click.echo(f"{assignment}: {translate(code, lang, assignment=assignment, **fields)}", err=True)


def warn_of_moment(
    out: Path, assignment: str, lang: str, *, published: bool, with_inputs: bool | None = None
) -> None:
    """Say on standard error where the last report shows more than what is made now, or less.

    `with_inputs` is None for what never shows any.
    """
    from grader.records.layout import Out
    from grader.report import made

    if (last := made.load(Out(out).report(assignment) / made.FILE)) is None:
        return
    if last.published != published:
        code = "export.less" if last.published else "export.more"
        warn(lang, assignment, code, option="--published")
    elif with_inputs is not None and last.with_inputs != with_inputs:
        code = "export.less" if last.with_inputs else "export.more"
        warn(lang, assignment, code, option="--with-inputs")


def plain(line: str) -> str:
    """A line with text of students in it: nothing repaints the terminal or hides in it.

    In a name a CI service would see a command of its own: `::error::`, `##[group]`.
    """
    from grader.report.escape import visible

    return visible(line).replace("::", ": :").replace("##", "# #")


def warn_of_ungraded(results: Results, lang: str) -> None:
    """Say on standard error who is expected and not in what is made of the records."""
    from grader.i18n import translate

    if not (students := results.ungraded):
        return
    names = [who(student, results.people.name(student)) for student in students[:_MOST_NAMED]]
    more = len(students) - len(names)
    fields = {
        "assignment": results.snapshot.id,
        "count": len(students),
        "all": len(results.people.expected),
        "names": ", ".join(names) + (f" (+{more})" if more else ""),
    }
    click.echo(plain(translate("cli.ungraded", lang, **fields)), err=True)
