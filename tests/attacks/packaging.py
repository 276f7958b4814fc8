"""Attacks that are no code but a way to hand in: archives, links, names, numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.attacks.rows import Attack


@dataclass(frozen=True)
class Package:
    """An attack and the function that hands it in, as `student` below `submitted`."""

    attack: Attack
    build: Callable[[Path, dict[str, str]], None]


PACKAGES: list[Package] = []
