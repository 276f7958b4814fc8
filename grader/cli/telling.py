"""The commands that tell what came out: `report`, `diagnose`."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.commands import Command
from grader.cli.common import feedback_options, moment_of, short, warn, warn_of_ungraded
from grader.cli.gradebook import read_decisions
from grader.cli.paths import PathType
from grader.i18n import translate

if TYPE_CHECKING:
    from grader.diagnosis.classes import Group

_MOST_NAMED = 12  # students in a line
_MOST_JOBS = 4  # more take more memory, and the disk has to keep up


@click.command(cls=Command)
@click.argument("out", type=PathType(path_type=Path, exists=True, file_okay=False))
@feedback_options
@click.option(
    "--junit",
    is_flag=True,
    help="Write OUT/scores/*/junit.xml, too. / OUT/scores/*/junit.xml도 만듭니다.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 64),
    help="Processes; default: the cores, at most 4. / 프로세스 수(기본값: 코어 수, 최대 4).",
)
@click.pass_context
def report(
    ctx: click.Context,
    out: Path,
    published: bool,
    with_inputs: bool,
    junit: bool,
    jobs: int | None,
) -> None:
    """Build class page, feedback, CSV and JSON from records. /
    채점 기록으로 학급 보고서, 피드백, CSV, JSON을 만듭니다.
    """
    from grader.export.files import files, remove_junit
    from grader.report.build import build
    from grader.report.results import begun

    moment = moment_of(published=published, with_inputs=with_inputs)
    read_decisions(out, ctx.obj["lang"])
    jobs = jobs or min(_MOST_JOBS, os.cpu_count() or 1)
    built = build(
        out,
        ctx.obj["lang"],
        files(with_junit=junit),
        published=moment.published,
        with_inputs=moment.with_inputs,
        now=moment.now,
        jobs=jobs,
        warn=partial(warn, ctx.obj["lang"]),
    )
    for path in built:
        click.echo(short(path))
    for results in begun(out):
        if not junit:
            remove_junit(out, results.snapshot.id)
        warn_of_ungraded(results, ctx.obj["lang"])


@click.command(cls=Command)
@click.argument(
    "out",
    nargs=-1,
    required=True,
    type=PathType(path_type=Path, exists=True, file_okay=False),
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object. / JSON 객체 하나로 출력합니다."
)
@click.pass_context
def diagnose(ctx: click.Context, out: tuple[Path, ...], as_json: bool) -> None:
    """Say which mistakes a class has made, from its records. /
    채점 기록에서 학생들이 어떤 실수를 했는지 찾습니다.

    Give several OUT in the order of grading to see which mistakes have gone away. /
    OUT을 채점한 순서대로 여러 개 쓰면 그동안 어떤 실수가 없어졌는지 보여 줍니다.
    """
    from grader.diagnosis.classes import ClassMistakes, over_runs
    from grader.report.results import gather

    lang, found = ctx.obj["lang"], {}
    runs = [{results.snapshot.id: results for results in gather(folder)} for folder in out]
    for name, last in runs[-1].items():
        made = []
        for results in (run[name] for run in runs if name in run):
            made.append(ClassMistakes(last.mistakes))  # what has got its name since had it then
            for entry in results.entries(on_roster=True):  # as on the class page
                made[-1].add(entry.record)
        groups = over_runs(made)
        found[name] = [_plain(group, counts) for group, counts in groups]
        if not as_json:
            click.echo(translate("cli.diagnosed", lang, name=name, n=len(groups)))
            for group, counts in groups:
                _show(group, counts, lang)
            click.echo(translate("cli.unexplained", lang, n=_arrows([m.unexplained for m in made])))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))


def _plain(group: Group, counts: list[int]) -> dict[str, Any]:
    return {
        "exercise": group.exercise,
        "function": group.function,
        "mistake": group.mistake.name if group.mistake else None,
        "students": group.students,
        "likely": group.likely,
        "runs": counts,
    }


def _show(group: Group, counts: list[int], lang: str) -> None:
    why = group.mistake.why if group.mistake else translate("report.class.not_described", lang)
    click.echo(f"  {_arrows(counts):>4}  {group.function}: {why}")
    names = group.students[:_MOST_NAMED]
    more = len(group.students) - len(names)
    rest = f" {translate('report.class.and_more', lang, count=more)}" if more else ""
    if names:
        click.echo(f"        {', '.join(names)}{rest}")


def _arrows(counts: list[int]) -> str:
    return " → ".join(map(str, counts))
