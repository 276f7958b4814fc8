"""A path that somebody types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grader.cli.refusals import Refusal


class PathType(click.Path):
    """A path of click's whose refusal says which path, and why."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Raises `Refusal`."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            if param is None or ctx is None:
                raise
            said = self._code(Path(value)), {"name": param.get_error_hint(ctx), "path": value}
            raise Refusal(said, ctx) from None

    def _code(self, path: Path) -> str:
        if not path.exists():
            return "error.bad_path"
        if path.is_dir() and not self.dir_okay:
            return "error.bad_path_folder"
        if path.is_file() and not self.file_okay:
            return "error.bad_path_file"
        return "error.bad_path_closed"
