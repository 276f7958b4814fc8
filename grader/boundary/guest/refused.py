"""To refuse: the use is noted, with the student's line, and what was called raises."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

from grader.boundary.guest.frames import nearest
from grader.boundary.guest.uses import MAX_USES_IN_REPLY, Use

Refuse = Callable[..., NoReturn]  # (rule, name): notes the use, and raises


class Refused(RuntimeError):
    """Raised by what an exercise forbids."""


def refusal(noted: list[Use], package: str) -> Refuse:
    """What notes uses in `noted`."""

    def refuse(rule: str, name: str) -> NoReturn:
        place = nearest(package, sys._getframe(1))
        if place is not None and len(noted) < MAX_USES_IN_REPLY:
            noted.append(Use(rule, name, *place))
        raise Refused(f"{name} is not allowed in this exercise, whichever way it is called")

    return refuse
