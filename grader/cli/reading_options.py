"""How what was handed in is to be read: the options of whatever reads it."""

from __future__ import annotations

import click

from grader.cli.common import with_options
from grader.course.folder import SOURCES
from grader.intake.find import LAYOUTS

reading_options = with_options(
    (
        click.option(
            "--source",
            type=click.Choice(SOURCES),
            help="Where the work comes from; default: look. / 제출물의 출처(기본값: 자동 인식).",
        ),
        click.option(
            "--layout",
            type=click.Choice(LAYOUTS),
            help="How the folders are sorted. / 폴더를 나눈 방식.",
        ),
    )
)
