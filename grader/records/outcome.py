"""How a check can end, and what follows from it: one table."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Owner(StrEnum):
    """Who has to act on an outcome."""

    STUDENT = "student"
    NOBODY = "nobody"
    PLATFORM = "platform"


class Outcome(StrEnum):
    """How a check ended. Its word for people is `outcome.<value>` in `grader/locale`.

    `sign` stands beside the word, so that colour is never alone; `style` is its class on a page;
    `telling` says whether what the student's code answered until then may tell which mistake it is:
    where it is False, the outcome is about something else than the check's idea.
    """

    owner: Owner
    sign: str
    style: str
    telling: bool

    PASSED = "passed", Owner.STUDENT, "✓", "good", False
    FAILED = "failed", Owner.STUDENT, "✗", "bad", True
    RAISED = "raised", Owner.STUDENT, "✗", "bad", True
    # NotImplementedError: the stub is still there
    UNANSWERED = "unanswered", Owner.STUDENT, "○", "quiet", False
    TIMEOUT = "timeout", Owner.STUDENT, "✗", "bad", True
    MEMORY = "memory", Owner.STUDENT, "✗", "bad", True
    CRASHED = "crashed", Owner.STUDENT, "✗", "bad", True
    FORBIDDEN = "forbidden", Owner.STUDENT, "✗", "bad", False
    # what came back was not a plain value
    UNREADABLE = "unreadable", Owner.STUDENT, "✗", "bad", True
    # what it depends on did not pass
    SKIPPED = "skipped", Owner.NOBODY, "–", "quiet", False
    # the only one that is ours, and the only one without a score
    BROKEN = "broken", Owner.PLATFORM, "?", "ours", False

    def __new__(cls, value: str, owner: Owner, sign: str, style: str, telling: bool) -> Self:
        """A member from its row of the table."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.owner, member.sign, member.style, member.telling = owner, sign, style, telling
        return member

    @property
    def fails(self) -> bool:
        """Whether the student's code did not do what was asked."""
        return self.owner == Owner.STUDENT and self is not Outcome.PASSED

    @property
    def not_yet(self) -> bool:
        """Whether nothing was judged: it is not written, or waits for what did not pass."""
        return self in {Outcome.UNANSWERED, Outcome.SKIPPED}

    @property
    def to_mend(self) -> bool:
        """Whether something of the student's is there and not as it must be."""
        return self.fails and not self.not_yet
