"""The layers around a guest: those in force, and those that are missing, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Jail:
    """`layers` in the order in which they were put on; `missing`: name -> the kernel's reason."""

    layers: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    def attempt(self, name: str, step: Callable[[], None]) -> None:
        """Put on one layer; note how it went."""
        try:
            step()
        except (OSError, ValueError) as error:  # ValueError: what Python makes of setrlimit's EPERM
            self.missing[name] = getattr(error, "strerror", None) or str(error)
        else:
            self.layers.append(name)
