"""What grading costs: `python -m bench.grading [--submissions N] [--nbgrader N]`.

In one run, on the same right submissions of different hands and the same checks of hw1:

    floor     the checks called in one process with everything imported; no isolation at all
    ours      `grader grade -j 1`: every exercise in a forked process of its own
    pytest    one pytest process a submission, student code inside it
    nbgrader  `nbgrader autograde`, one test cell a check

Each grades n submissions and then 2 n. What n more cost is the price of a submission, the rest is
paid once: with ours also for what the first submissions have judged and the others find known.
Peak memory of `grader grade -j 2` is the sum of the proportional set sizes of all its processes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from bench.figures import Figure, run
from bench.isolation import right_packages
from bench.notebooks import autograde
from bench.processes import descendants, proportional
from grader.course.folder import Course

ROOT = Path(__file__).parent.parent
QUIET = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
FIRST_BAR = 2.5  # s


@dataclass(frozen=True)
class Cost:
    """Seconds for a number of submissions."""

    wall: float
    cpu: float
    submissions: int


def measure(submissions: int, run: Callable[[], object]) -> Cost:
    """Wall time, and CPU time of all children that ended meanwhile."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - start, cpu, submissions)


def written(folder: Path, right: Mapping[str, dict[str, bytes]], count: int) -> list[Path]:
    """The first `count` packages, as `folder/<student>/hw1_classification`.

    No two have a file in common: what is the same byte for byte is graded once in a batch.
    """
    made = []
    for number, files in enumerate(list(right.values())[:count]):
        student = f"student{number:03}"
        package = folder / student / "hw1_classification"
        for name, content in files.items():
            (package / name).parent.mkdir(parents=True, exist_ok=True)
            (package / name).write_bytes(content + f"\n# {student}\n".encode())
        made.append(package)
    return made


def grade(folder: Path, out: Path, jobs: int) -> None:
    """Our own way."""
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "grader", "grade", "hw1", str(folder), "-o", str(out)]
    subprocess.run(
        [*command, "-j", str(jobs)], cwd=ROOT, env=QUIET, check=True, stdout=subprocess.DEVNULL
    )


def pytest_process(packages: list[Path], checks: list[Path]) -> None:
    """One process: pytest, the checks, and these submissions one after another."""
    for package in packages:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "bench.inprocess", "-p"]
        subprocess.run(
            [*command, "no:cacheprovider", "--import-mode=importlib", *map(str, checks)],
            cwd=ROOT,
            env={**QUIET, "BENCH_PACKAGE": str(package)},
            check=True,
            stdout=subprocess.DEVNULL,
        )


def floor(packages: list[Path], checks: list[Path], *, quiet: bool = False) -> bool:
    """The same checks as plain calls, in one process that imports everything once: do all pass?"""
    command = [sys.executable, "-m", "bench.floor", json.dumps([str(p) for p in packages])]
    done = subprocess.run(
        [*command, *map(str, checks)],
        cwd=ROOT,
        env=QUIET,
        check=not quiet,
        stdout=subprocess.DEVNULL,  # some packages print; ours are figures
        stderr=subprocess.DEVNULL if quiet else None,
    )
    return done.returncode == 0


def right_without_a_wall(
    right: Mapping[str, dict[str, bytes]], checks: list[Path], work: Path
) -> dict[str, dict[str, bytes]]:
    """The packages that pass as plain calls, too.

    Not who gives a named tuple, which the wire makes plain, or changes torch for a whole process.
    """
    return {
        name: files
        for number, (name, files) in enumerate(right.items())
        if floor(written(work / f"tried-{number}", {name: files}, 1), checks, quiet=True)
    }


def peak_memory(run: Callable[[], object]) -> float:
    """MB: the largest sum of proportional set sizes of all descendants while `run` runs."""
    peak = 0.0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.2):
            peak = max(peak, sum(map(proportional, descendants(os.getpid()))) / 1024)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        run()
    finally:
        done.set()
        watcher.join()
    return peak


@dataclass(frozen=True)
class Line:
    """What `n` and `2 n` submissions cost, as a start and a slope: processor seconds."""

    start: float
    slope: float
    wall: float  # of the slope, on the clock

    @classmethod
    def through(cls, few: Cost, many: Cost) -> Self:
        """The line through both."""
        more = many.submissions - few.submissions
        slope = (many.cpu - few.cpu) / more
        return cls(few.cpu - few.submissions * slope, slope, (many.wall - few.wall) / more)


def figures(options: argparse.Namespace) -> list[Figure]:
    """All four, each by n and 2 n submissions of different hands."""
    assignment = Course.find(ROOT).load("hw1")
    checks = assignment.check_files()
    lines, found = dict[str, Line](), list[Figure]()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        right = right_without_a_wall(right_packages(assignment), checks, work)

        def line(title: str, most: int, way: Callable[[list[Path], Path], object]) -> None:
            costs = []
            for count in (most // 2, most):
                place = work / f"{title}-{count}"
                packages = written(place / "submitted", right, count)
                costs.append(measure(count, partial(way, packages, place)))
            lines[title] = Line.through(*costs)

        most = min(options.submissions, len(right)) // 2 * 2
        line("floor", most, lambda packages, _: floor(packages, checks))
        line("ours", most, lambda _, place: grade(place / "submitted", place / "out", 1))
        alone = work / "first"
        written(alone / "submitted", right, 1)
        first = measure(1, lambda: grade(alone / "submitted", alone / "out", 1))
        found.append(Figure("ours, to the first record", first.cpu, "s", goal=FIRST_BAR))
        line("pytest", most, lambda packages, _: pytest_process(packages, checks))
        if options.nbgrader:
            few = options.nbgrader
            line("nbgrader", few, lambda packages, place: autograde(place, packages, checks))
        for title, own in lines.items():
            found.append(Figure(f"{title}, a submission", own.slope, "s"))
            found.append(Figure(f"{title}, a submission, wall", own.wall, "s wall"))
            found.append(Figure(f"{title}, once", own.start, "s"))
        base, ours = lines["floor"].slope, lines["ours"].slope
        found.append(Figure("ours / floor", ours / base, goal=1.15))
        found.append(Figure("ours above the floor", ours - base, "s", goal=0.2))
        for peer, goal in (("pytest", 15), ("nbgrader", 20)):
            if peer in lines:
                ratio = (lines[peer].slope - base) / (ours - base)
                found.append(Figure(f"{peer} / ours, above the floor", ratio, "", goal, more=True))
        folder = work / f"ours-{most}" / "submitted"
        memory = peak_memory(lambda: grade(folder, work / "out2", 2))
        found.append(Figure("most memory of grade -j 2", memory, "MB", goal=1000))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--submissions", type=int, default=12, help="2 n, of different hands")
    parser.add_argument("--nbgrader", type=int, default=4, help="2 n for nbgrader")
    run(figures, parser)
