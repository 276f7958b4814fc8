"""What is forbidden, as an assignment or one of its exercises declares it."""

from __future__ import annotations

from dataclasses import dataclass

from grader.course.families import FAMILIES
from grader.course.toml import Table, Text


@dataclass(frozen=True)
class Forbidden:
    """What a student must not use, and what to use instead."""

    names: tuple[str, ...]  # "torch.nn" with all that is in it, ".backward" on any object
    families: tuple[str, ...]  # of `grader.course.families`
    instead: Text

    @property
    def searched(self) -> tuple[str, ...]:
        """The names that the source is searched for."""
        return (*self.names, *(name for family in self.families for name in FAMILIES[family].names))

    def covers(self, rule: str) -> bool:
        """Whether this is what a use of `rule` breaks: a family, or a name that is searched for."""
        return rule in self.families or rule in self.searched


def read_forbidden(table: Table, languages: tuple[str, ...]) -> Forbidden:
    """One `[[forbidden]]`. Raises `AssignmentInvalid`."""
    families = table.choices("families", sorted(FAMILIES), default=())
    forbidden = Forbidden(
        names=table.strings("names") if not families else table.strings("names", default=()),
        families=families,
        instead=table.text("instead", languages),
    )
    table.done()
    return forbidden
