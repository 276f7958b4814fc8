"""The command that keeps nbgrader's gradebook: `gradebook`; `grade` and `report` use it too."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.commands import Command
from grader.cli.common import (
    course_of,
    plain,
    published_option,
    short,
    warn_of_moment,
    warn_of_ungraded,
)
from grader.cli.paths import PathType
from grader.errors import UsageError
from grader.i18n import translate

if TYPE_CHECKING:
    from grader.course.folder import Course
    from grader.export.gradebook.sync import Synced

_MOST = 20  # names in a line


@click.command(cls=Command)
@click.argument("out", type=PathType(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--database",
    "url",
    metavar="URL",
    help="The gradebook; default: gradebook.db in the course's folder. / "
    "성적부의 주소(기본값: 수업 폴더의 gradebook.db).",
)
@published_option
@click.pass_context
def gradebook(ctx: click.Context, out: Path, url: str | None, published: bool) -> None:
    """Write records into nbgrader's gradebook. / 채점 결과를 nbgrader 성적부에 기록합니다."""
    from grader.report.results import begun

    keep(out, url, course_of(ctx), ctx.obj["lang"], published=published)
    for results in begun(out):
        warn_of_moment(out, results.snapshot.id, ctx.obj["lang"], published=published)
        warn_of_ungraded(results, ctx.obj["lang"])


def keep(
    out: Path,
    url: str | None,
    course: Course,
    lang: str,
    *,
    published: bool = False,
    err: bool = False,
) -> None:
    """Write the gradebook, by default the one in the course's folder, and say what was done.

    What is said goes to standard error with `err`; comments for students are in the course's first
    language unless `--lang` names one. Raises `UsageError` and `PlatformError` as
    `sync` does.
    """
    try:
        from grader.export.gradebook import database
        from grader.export.gradebook.sync import sync
    except ModuleNotFoundError:
        raise UsageError("error.no_nbgrader") from None

    url = url or database.in_folder(course.root)
    asked = click.get_current_context().obj["asked"]
    for done in sync(out, url, course, asked, published=published):
        for line in _lines(done, lang):
            click.echo(plain(line), err=err)
    click.echo(translate("cli.gradebook_in", lang, database=_shown(url)), err=err)


def prepare(url: str) -> None:
    """Make the gradebook if it is not there. Raises `UsageError` when it cannot be used."""
    try:
        from grader.export.gradebook.database import address, opened
    except ModuleNotFoundError:
        raise UsageError("error.no_nbgrader") from None

    with opened(address(url)):
        pass


def read_decisions(out: Path, lang: str) -> None:
    """Read what people decided, where `OUT` has a gradebook; say so where that cannot be."""
    from grader.records import decisions

    if not (known := decisions.load(out).database):
        return
    try:
        from grader.export.gradebook.decide import refresh
    except ModuleNotFoundError:
        error: UsageError = UsageError("error.no_nbgrader")
    else:
        try:
            if not refresh(out):
                click.echo(translate("cli.gradebook_gone", lang, database=_shown(known)), err=True)
            return
        except UsageError as refused:
            error = refused
    said = translate(error.code, lang, **error.fields)
    click.echo(translate("cli.gradebook_unread", lang, error=said), err=True)


def _lines(done: Synced, lang: str) -> Iterable[str]:
    cells = done.cells
    yield translate(
        "cli.gradebook",
        lang,
        assignment=done.assignment,
        written=done.written,
        unchanged=done.unchanged,
        cells=len(cells.ids),
    )
    lists = {
        "added": cells.added if len(cells.added) < len(cells.ids) else [],  # not of a new one
        "renamed": [f"{old} → {new}" for old, new in cells.renamed.items()],
        "removed": cells.removed,
        "kept": cells.kept,
        "others": [f"{name} ({points:g})" for name, points in done.others.items()],
        "off_roster": done.off_roster,
        "too_long": done.too_long,
    }
    for name, names in lists.items():
        if names:
            more = f" (+{len(names) - _MOST})" if len(names) > _MOST else ""
            text = ", ".join(names[:_MOST]) + more
            yield translate(f"cli.gradebook_{name}", lang, names=text)
    decided = [decision for own in done.decisions.values() for decision in own]
    if decided:
        yield translate(
            "cli.gradebook_decided",
            lang,
            scores=sum(decision.points is not None for decision in decided),
            extra=sum(decision.extra != 0 for decision in decided),
            comments=sum(bool(decision.comment) for decision in decided),
        )


def _shown(url: str) -> str:
    """A file by its path, a server by its URL without the password."""
    from grader.export.gradebook import database

    found = database.address(url)
    is_file = found.get_backend_name() == "sqlite"
    return short(Path(str(found.database))) if is_file else database.plain(found)
