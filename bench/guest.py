"""What a guest costs: `python -m bench.guest [--rounds N]`.

In one launcher, in turn, and in turn which comes first, so that a drifting machine is fair to
both: a bare fork (fork, exit, wait, timed inside the launcher), and a guest as the trusted side
sees it (fork, every layer, take a submission, kill, wait).
Both are times on the clock: on a busy machine run it with priority (`chrt -f 5`, as root).
"""

from __future__ import annotations

import argparse
import statistics
import time

from bench.figures import Figure, run
from grader.boundary.guests import Guests
from grader.boundary.launchers import ForkLauncher
from grader.boundary.submitted import Submitted
from grader.course.assignment import Limits

BAR_MS = 8.0


class Launcher(ForkLauncher):
    """The launcher, which can also fork for nothing."""

    module = "bench.warm"

    def bare_fork(self) -> float:
        """Milliseconds of fork, exit, wait."""
        self._ask({"open": {"bare": True}})
        return float(self._ask({"end": 0})["ms"])

    def guest(self) -> float:
        """Milliseconds from nothing to nothing."""
        process = Guests(self, Submitted("pack", {"m.py": b"x = 1"}), Limits())
        start = time.perf_counter()
        process.open()
        self.layers = process.survey.layers
        process.close()
        return 1000 * (time.perf_counter() - start)


def figures(options: argparse.Namespace) -> list[Figure]:
    """Medians and their difference."""
    launcher = Launcher(("numpy", "torch"))
    launcher.guest()
    launcher.bare_fork()
    bare, whole = [], []
    for number in range(options.rounds):
        if number % 2:
            bare.append(launcher.bare_fork())
        whole.append(launcher.guest())
        if not number % 2:
            bare.append(launcher.bare_fork())
    launcher.close()
    fork, guest = statistics.median(bare), statistics.median(whole)
    return [
        Figure("a bare fork", fork, "ms"),
        Figure(f"a guest, {len(launcher.layers)} layers", guest, "ms"),
        Figure("a guest above a bare fork", guest - fork, "ms", goal=BAR_MS),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=300)
    run(figures, parser)
