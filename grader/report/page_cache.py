"""Pages that are some other student's too: made once, and known by all that they are made of."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from grader.course.exercise import Kind
from grader.diagnosis.mistakes import Mistake
from grader.records.assignment_snapshot import Snapshot
from grader.records.outcome import Outcome
from grader.records.record import Record
from grader.report.moment import Moment
from grader.report.told import Told, told

_MOST = 512  # of some 25 KB, in each process
_PLAIN = {str, int, float, bool, type(None), Kind, Outcome}


class PageCache:
    """What was made of an exercise: it serves for each student of whom the same is told there.

    In a class most exercises are somebody else's too: all of it right, or nothing written. It is
    kept for one snapshot and one moment. `mistakes` are known.
    """

    def __init__(self, mistakes: Sequence[Mistake] = ()) -> None:
        self._mistakes = mistakes
        self._made: dict[Hashable, dict[str, Any]] = {}
        self._record: Record | None = None
        self._told: list[tuple[Told, Hashable]] = []

    def exercises(
        self,
        snapshot: Snapshot,
        record: Record,
        lang: str,
        moment: Moment,
        make: Callable[[Told], dict[str, Any]],
    ) -> list[dict[str, Any]]:
        """What `make` makes of each exercise in this language."""
        if record is not self._record:  # in each language they are the same
            own = told(snapshot, record, moment, self._mistakes)
            self._record, self._told = record, [(one, _frozen(one)) for one in own]
        found = []
        for one, facts in self._told:
            made = self._made.get((lang, facts))
            if made is None:
                made = make(one)
                if not one.has_words:
                    if len(self._made) >= _MOST:
                        self._made.clear()
                    self._made[lang, facts] = made
            found.append(made)
        return found


def _frozen(value: Any) -> Hashable:
    """Every field of what is told: none is named here, so none can be forgotten."""
    if isinstance(value, list):
        parts = value
    elif isinstance(value, dict):
        parts = [*value, *value.values()]
    elif hasattr(value, "__dataclass_fields__"):
        parts = [*vars(value), *vars(value).values()]
    else:
        return value  # type: ignore[no-any-return]
    # most are plain, and a call for each would cost more than all else here
    return tuple([part if type(part) in _PLAIN else _frozen(part) for part in parts])
