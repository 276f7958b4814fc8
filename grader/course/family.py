"""A family of what a homework may forbid."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from grader.course.toml import Text


@dataclass(frozen=True)
class Family:
    """What belongs together. `uses` are expressions over `x`, a float tensor of 2 by 2."""

    title: Text  # in words
    names: tuple[str, ...]  # what the source is searched for, in the form of `[[forbidden]] names`
    operators: tuple[str, ...]  # of torch's dispatcher, in the namespace aten, without overloads
    uses: tuple[str, ...]  # one for each public way: all must refuse before anything is graded
    replaced: tuple[str, ...] = ()  # Python that computes the same from other operators
    steps: tuple[str, ...] = ()  # what else must be done: `grader.boundary.guest.steps`

    def to_wire(self) -> dict[str, Any]:
        """Plain data; a guest needs no words."""
        told = ("operators", "uses", "replaced", "steps")
        return {name: list(asdict(self)[name]) for name in told}


def functional(*names: str) -> list[str]:
    """What stands in torch.nn.functional."""
    return [f"torch.nn.functional.{name}" for name in names]


def layers(*names: str) -> list[str]:
    """Classes under every name that torch shows them by."""
    return [f"torch.nn.{part}{name}" for name in names for part in ("", "modules.")]


def tensor(*names: str) -> list[str]:
    """Functions that are methods too, and change their argument under a name with `_`."""
    return [
        f"{owner}{name}{end}" for name in names for owner in ("torch.", ".") for end in ("", "_")
    ]
