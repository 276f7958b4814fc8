"""The command of a student: `check`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.commands import Command
from grader.cli.paths import PathType
from grader.errors import UsageError


@click.command(cls=Command)
@click.argument("assignment")
@click.argument("path", metavar="[FOLDER|NOTEBOOK]", required=False, type=PathType(path_type=Path))
@click.option("-k", "--exercise", multiple=True, help="Check only this exercise (repeatable).")
@click.option("--watch", is_flag=True, help="Check again whenever a file is saved.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.option(
    "--summary",
    type=PathType(path_type=Path, dir_okay=False),
    help="Append a Markdown table to this file ($GITHUB_STEP_SUMMARY).",
)
@click.option(
    "--junit", type=PathType(path_type=Path, dir_okay=False), help="Write JUnit XML to this file."
)
@click.option("--annotate", is_flag=True, help="Print GitHub annotations at your lines.")
@click.pass_context
def check(
    ctx: click.Context,
    assignment: str,
    path: Path | None,
    exercise: tuple[str, ...],
    watch: bool,
    as_json: bool,
    summary: Path | None,
    junit: Path | None,
    annotate: bool,
) -> None:
    """Check your own work with the public checks. / 공개 검사로 스스로 점검합니다."""
    from grader.selfcheck import check as selfcheck
    from grader.selfcheck import target as targets
    from grader.selfcheck.outputs import Outputs

    if as_json and annotate:
        raise UsageError("error.annotate_json")
    lang = ctx.obj["lang"]
    target = targets.find(assignment, path, ctx.obj["course"])
    then = Outputs(lang, summary, junit, annotate=annotate).write
    sys.exit(selfcheck.run(target, exercise, lang, watch=watch, as_json=as_json, then=then))
