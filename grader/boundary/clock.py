"""The time that a submission's guests take: what is left for a check, and what was used in all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Seconds, on the trusted side.

    `remaining` of `limit` for all calls of the check together; `waited`: spent in a guest for
    requests of checks; `used`: spent there for anything, imports too.
    """

    def __init__(self) -> None:
        self.limit = self.remaining = self.waited = self.used = 0.0

    def begin_check(self, seconds: float) -> None:
        """A new check, with `seconds` for all its calls."""
        self.limit = self.remaining = seconds

    @contextmanager
    def request(self) -> Iterator[None]:
        """A request of a check: whatever it takes is taken from what is left."""
        started = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - started
            self.remaining -= spent
            self.waited += spent

    @contextmanager
    def exchange(self) -> Iterator[None]:
        """Anything that is sent to a guest and answered."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.used += time.monotonic() - started
