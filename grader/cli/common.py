"""What several commands need: exit codes, the course, a short path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from grader.course.folder import Course

FELL_SHORT, INTERRUPTED = 1, 130


def course_of(ctx: click.Context) -> Course:
    """The course that `--course` names, or the one around the current folder."""
    from grader.course.folder import Course

    return Course.find((ctx.obj["course"] or Path.cwd()).resolve())


def short(path: Path) -> str:
    """Relative to where the person stands, if it lies below."""
    here = Path.cwd()
    full = path.resolve()
    return str(full.relative_to(here)) if full.is_relative_to(here) else str(path)
