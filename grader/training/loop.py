"""The loop that all programs share: steps, checkpoints, and going on where a run was killed.

A program is a row of numbered steps. What a step draws follows from the seed and its number alone,
so a checkpoint needs no state of any generator, and a run that goes on from it ends with the same
weights, bit for bit, wherever it was killed.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from grader.errors import GraderError, UsageError
from grader.training import storage

SHARE = 20  # of the time, one part in this many may go into checkpoints


class Diverged(GraderError):
    """The loss is not a finite number any more."""

    exit_code = 1


@dataclass(frozen=True)
class Line:
    """Something to tell: `code` names a sentence in `grader/locale/*/train.toml`."""

    code: str
    fields: dict[str, object]

    @classmethod
    def of(cls, code: str, **fields: object) -> Line:
        """`Line.of("epoch", number=3)`."""
        return cls(code, fields)


class Program(Protocol):
    """One homework on one text."""

    assignment: str
    settings: dict[str, Any]  # plain data: what the weights depend on, data included
    total: int  # steps of the whole run

    def step(self, number: int) -> Line | None:
        """Do one; returns what there is to tell, often nothing. Raises `Diverged`."""

    def state(self) -> dict[str, Any]:
        """Tensors and plain data, from which `restore` brings back all that steps changed."""

    def restore(self, state: dict[str, Any]) -> None:
        """The opposite of `state`."""

    def model(self) -> dict[str, Any]:
        """What `grader try` needs."""

    def results(self) -> dict[str, Any]:
        """Figures of the trained model: plain data."""

    def pictures(self) -> dict[str, str]:
        """File name -> SVG."""


@dataclass(frozen=True)
class Progress:
    """After a step: how many are done of how many, and what there is to tell."""

    done: int
    total: int
    note: Line | None


def run(program: Program, out: Path, *, resume: bool) -> Iterator[Progress]:
    """Do the steps that are left; checkpoints go to `out`. Raises `UsageError`, `Diverged`."""
    path = out / storage.CHECKPOINT
    first = _resumed(program, path) if resume else 0
    cost, saved = 0.0, time.monotonic()
    for number in range(first, program.total):
        seed_all(program.settings["seed"], number)
        note = program.step(number)
        done = number + 1
        if done == program.total or time.monotonic() - saved >= SHARE * cost:
            begun = time.monotonic()
            storage.save(path, _content(program, done))
            saved = time.monotonic()
            cost = saved - begun
        yield Progress(done, program.total, note)


def seed_all(seed: int, number: int) -> None:
    """Every generator that a package may draw from, for step `number`."""
    mixed = (seed * 1_000_003 + number) % 2**32
    torch.manual_seed(mixed)  # of all devices
    random.seed(mixed)
    np.random.seed(mixed)  # noqa: NPY002 - a student's code may draw from the global one


def finite(loss: float, what: str = "loss") -> float:
    """The loss itself. Raises `Diverged` where it is no number any more."""
    if not math.isfinite(loss):
        raise Diverged("error.train_diverged", what=what, value=loss)
    return loss


def _content(program: Program, done: int) -> dict[str, Any]:
    about = {"assignment": program.assignment, "settings": program.settings, "done": done}
    return {**about, "state": program.state()}


def _resumed(program: Program, path: Path) -> int:
    """How many steps are done; 0 where the run was killed before its first checkpoint."""
    if not path.exists():
        return 0
    content = storage.load(path, program.assignment)
    try:
        theirs = content["settings"]
        other = [name for name, value in program.settings.items() if theirs.get(name) != value]
        if other:
            raise UsageError("error.train_other_run", file=path, names=", ".join(sorted(other)))
        program.restore(content["state"])
        return int(content["done"])
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise UsageError("error.train_damaged", file=path, reason=reason) from None
