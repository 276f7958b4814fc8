"""Pages that are some other student's too: made once, and known by all that they are made of."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from typing import Any

from grader.diagnosis.mistakes import Mistake
from grader.records.assignment_snapshot import Snapshot
from grader.records.record import Record
from grader.report.moment import Moment
from grader.report.told import Told, told

# Bytes of what is told, in each process: some 500 exercises. What is made of them is six times as
# large, and sixteen times where a student has printed nothing but controls.
_MOST = 1 << 21
_LARGEST = 1 << 14  # of one exercise: much that was printed is nobody else's
_MOST_ONCE = 1 << 14


class PageCache:
    """What was made of an exercise: it serves for each student of whom the same is told there.

    In a class most exercises are somebody else's too: all of it right, or nothing written. It is
    kept for one snapshot and one moment. `mistakes` are known.
    """

    def __init__(self, mistakes: Sequence[Mistake] = ()) -> None:
        self._mistakes = mistakes
        self._once: set[int] = set()  # hashes of facts
        self._size = 0
        self._made: dict[tuple[str, bytes], dict[str, Any]] = {}
        self._record: Record | None = None
        self._told: list[tuple[Told, bytes]] = []

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
            # every field of it, also those that are to come; equal bytes are equal facts
            self._record, self._told = record, [(one, pickle.dumps(one)) for one in own]
        found = []
        for one, facts in self._told:
            made = self._made.get((lang, facts))
            if made is None:
                made = make(one)
                if len(facts) <= _LARGEST and self._has_come_again(hash((lang, facts))):
                    self._size += len(facts)
                    if self._size > _MOST:
                        self._made.clear()
                        self._size = len(facts)
                    self._made[lang, facts] = made
            found.append(made)
        return found

    def _has_come_again(self, facts: int) -> bool:
        """Whether they are two students' at least: what is one's own is let go at once."""
        if facts in self._once:
            return True
        if len(self._once) >= _MOST_ONCE:
            self._once.clear()
        self._once.add(facts)
        return False
