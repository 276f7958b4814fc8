"""Everything that can go wrong for a person, on one page.

    GraderError                      a code and fields; the sentence is made when it is shown
    |- UsageError         exit 2     the person at the keyboard can fix it
    |  |- AssignmentInvalid          file, line, key, what was found, what is allowed
    |  |- MarkerError                file, line: a solution marker out of place
    |  `- ReleaseRefused             the template would score, leak or not import
    `- PlatformError      exit 3     the grader itself or the machine failed

What a student's code did is not here: that is an outcome on the record (`grader.records.record`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

_SEVERAL = (list, tuple, set, frozenset, dict)


class GraderError(Exception):
    """An error for a person: `code` names a sentence in `grader/locale`, `fields` fill it."""

    exit_code = 3

    def __init__(self, code: str, **fields: object) -> None:
        # a person would read brackets and quotes: whoever raises it joins them
        several = [name for name, value in fields.items() if isinstance(value, _SEVERAL)]
        assert not several, f"{code}: {several}"
        super().__init__(code, fields)
        self.code = code
        self.fields = {name: str(value) for name, value in fields.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        # on its way from a process beside this one
        return partial(type(self), self.code, **self.fields), ()

    def __str__(self) -> str:
        from grader.i18n import translate

        return translate(self.code, "en", **self.fields)


class UsageError(GraderError):
    """The call or its input was wrong."""

    exit_code = 2


class AssignmentInvalid(UsageError):
    """A mistake in what an instructor declares: a course, an assignment."""


class MarkerError(UsageError):
    """A solution marker that is unbalanced, nested or misspelled."""


class ReleaseRefused(UsageError):
    """A template that must not reach students."""


class PlatformError(GraderError):
    """The grader could not do its work; nothing is said about the student."""
