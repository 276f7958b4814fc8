"""What a check that was not run waits for."""

from __future__ import annotations

from collections.abc import Collection

from grader.course.exercise import Check, Exercise
from grader.records.record import Message


def waits_for(check: Check, exercise: Exercise, passed: Collection[str]) -> Message | None:
    """Names the first check that it needs and that is not among those that passed."""
    for needed in exercise.checks:
        if needed.id in check.needs and needed.id not in passed:
            return Message(
                "skipped", {f"title.{lang}": text for lang, text in needed.title.items()}
            )
    return None
