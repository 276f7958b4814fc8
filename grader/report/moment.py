"""When a page is made, and what may be shown by then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grader.records.assignment_snapshot import DescribedCheck


@dataclass(frozen=True)
class Moment:
    """When a page is made, as far as it decides what may be shown."""

    now: datetime  # with a time zone
    published: bool
    with_inputs: bool = False  # once published: also what hidden checks asked

    def shows_inputs(self, *, public: bool) -> bool:
        """Whether a page may say what a check asked."""
        return public or (self.published and self.with_inputs)


def is_shown(check: DescribedCheck, due: str | None, moment: Moment) -> bool:
    """Whether a student may see the check's result now.

    Publication opens what waits for the due date too; without a due date it is what opens it.
    """
    if check.show == "always":
        return True
    if check.show == "never":
        return False
    waits_for_due = check.show == "after_due"
    return moment.published or (waits_for_due and _has_passed(due, moment.now))


def stage(due: str | None, moment: Moment) -> str:
    """All that a page takes of a moment: pages of two moments of one stage are the same."""
    return f"{moment.published} {moment.with_inputs} {_has_passed(due, moment.now)}"


def _has_passed(due: str | None, now: datetime) -> bool:
    return due is not None and now > datetime.fromisoformat(due)
