"""Forbidden names, as `assignment.toml` declares them."""

from __future__ import annotations

from dataclasses import dataclass

from grader.course.toml import Table, Text


@dataclass(frozen=True)
class Forbidden:
    """Names that a student must not use, and what to use instead."""

    names: tuple[str, ...]
    files: tuple[str, ...]  # empty: all
    within: tuple[str, ...]  # top-level functions and classes; empty: everywhere
    instead: Text


def read_forbidden(table: Table, files: list[str], languages: tuple[str, ...]) -> Forbidden:
    """One `[[forbidden]]`."""
    forbidden = Forbidden(
        names=table.strings("names"),
        files=table.choices("files", files, default=()),
        within=table.strings("within", default=()),
        instead=table.text("instead", languages),
    )
    table.done()
    return forbidden
