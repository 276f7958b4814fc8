"""The command that tells what came out: `report`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.common import short


@click.command()
@click.argument("out", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--published", is_flag=True, help="Include results kept back until publication.")
@click.pass_context
def report(ctx: click.Context, out: Path, published: bool) -> None:
    """Build class page, feedback, CSV, JSON and JUnit from records. / 보고서를 만듭니다."""
    from grader.export import build as files
    from grader.report import build as pages

    lang = ctx.obj["lang"]
    opened = pages.build(out, lang, files.FILES, published=published)
    for path in [*opened, *files.build(out, lang)]:
        click.echo(short(path))
