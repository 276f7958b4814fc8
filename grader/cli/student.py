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
@click.option(
    "-k",
    "--exercise",
    multiple=True,
    help="Check only this exercise (repeatable). / 점검할 문제(여러 번 쓸 수 있음).",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Check again whenever a file is saved. / 파일을 저장할 때마다 다시 점검합니다.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON array. / JSON 배열 하나로 출력합니다."
)
@click.option(
    "--summary",
    type=PathType(path_type=Path, dir_okay=False),
    help="Append a Markdown table to this file ($GITHUB_STEP_SUMMARY). / "
    "끝에 Markdown 표를 덧붙일 파일($GITHUB_STEP_SUMMARY).",
)
@click.option(
    "--junit",
    type=PathType(path_type=Path, dir_okay=False),
    help="Write JUnit XML to this file. / JUnit XML을 저장할 파일.",
)
@click.option(
    "--annotate",
    is_flag=True,
    help="Print GitHub annotations at your lines. / "
    "코드의 해당 줄에 달 GitHub 주석(annotation)을 출력합니다.",
)
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
