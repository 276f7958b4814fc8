"""Where what comes back in a check was computed: `expect` asks, and the engine of checks knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_on_gpu: ContextVar[Callable[[], bool]] = ContextVar("_on_gpu", default=lambda: False)


def on_gpu() -> bool:
    """Whether it was on a GPU."""
    return _on_gpu.get()()


@contextmanager
def computed(says: Callable[[], bool]) -> Iterator[None]:
    """Meanwhile `says` is asked for it: a check's guest is there only once it is needed."""
    before = _on_gpu.set(says)
    try:
        yield
    finally:
        _on_gpu.reset(before)
