"""The command that tells what came out: `report`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from grader.cli.common import short

_MOST_JOBS = 4  # more take more memory, and the disk has to keep up


@click.command()
@click.argument("out", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--published", is_flag=True, help="Include results kept back until publication.")
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 64), help="Processes; default: the cores, at most 4."
)
@click.pass_context
def report(ctx: click.Context, out: Path, published: bool, jobs: int | None) -> None:
    """Build class page, feedback, CSV, JSON and JUnit from records. / 보고서를 만듭니다."""
    from grader.export.files import FILES
    from grader.report.build import build

    jobs = jobs or min(_MOST_JOBS, os.cpu_count() or 1)
    for path in build(out, ctx.obj["lang"], FILES, published=published, jobs=jobs):
        click.echo(short(path))
