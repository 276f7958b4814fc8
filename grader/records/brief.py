"""A record without what its exercises hold: enough to tell whether it still counts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

from grader.records.obstacles import obstacles
from grader.records.record import Message, Record, Status


@dataclass(frozen=True)
class Brief:
    """Some of what a record says, under its names."""

    assignment: str
    student: str
    status: Status
    points: float | None
    possible: float
    extra_points: float | None
    problem: Message | None
    raised: dict[str, str]
    lacking: list[str]
    submission_sha256: str
    checks_sha256: str
    settings_sha256: str
    seconds: float
    source: str
    obstacles: list[Message]

    @property
    def score(self) -> float | None:
        """All points, with those of the bonus."""
        if self.points is None or self.extra_points is None:
            return None
        return self.points + self.extra_points

    @classmethod
    def of(cls, record: Record) -> Self:
        """Those of this record."""
        own = [field.name for field in fields(cls) if field.name != "obstacles"]
        return cls(**{name: getattr(record, name) for name in own}, obstacles=obstacles(record))
