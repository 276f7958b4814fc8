"""What grading costs: `python -m bench.grading [--submissions N] [--nbgrader N]`.

In one run, on the same submissions and the same checks of hw1:

    floor     the checks called in one process with everything imported; no isolation at all
    ours      `grader grade -j 1`: every exercise in a forked process of its own
    pytest    one pytest process a submission, student code inside it
    nbgrader  `nbgrader autograde`, one test cell a check

Wall and CPU seconds per submission, and what each pays above the floor. Peak memory of
`grader grade -j 2` is the sum of the proportional set sizes of all its processes.
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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import notebooks
from bench.processes import descendants, proportional
from grader.course import assignment as assignments

ROOT = Path(__file__).parent.parent
QUIET = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


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


def submissions_in(folder: Path, count: int) -> list[Path]:
    """`count` right submissions, `folder/<student>/hw1_classification`."""
    from demo.build import solved
    from grader.course.folder import Course

    course = Course.find(ROOT)
    files = solved(course.load("hw1"))
    made = []
    for number in range(count):
        package = folder / f"student{number:03}" / "hw1_classification"
        package.mkdir(parents=True)
        for name, content in files.items():
            (package / name).write_bytes(content)
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


def floor(packages: list[Path], checks: list[Path]) -> Cost:
    """The same checks as plain calls, once everything is imported; measured inside the process."""
    command = [sys.executable, "-m", "bench.floor", json.dumps([str(p) for p in packages])]
    done = subprocess.run(
        [*command, *map(str, checks)], cwd=ROOT, env=QUIET, check=True, capture_output=True
    )
    return Cost(**json.loads(done.stdout), submissions=len(packages))


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


def report(name: str, cost: Cost, base: Cost) -> float:
    """One row; returns the CPU seconds above the floor."""
    wall, cpu = cost.wall / cost.submissions, cost.cpu / cost.submissions
    above = cpu - base.cpu / base.submissions
    print(f"{name:<12} {cost.submissions:>5} {wall:>9.3f} {cpu:>9.3f} {above:>9.3f}")
    return above


def main() -> None:
    """Measure all four and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--submissions", type=int, default=20)
    parser.add_argument("--nbgrader", type=int, default=2, help="submissions for nbgrader")
    options = parser.parse_args()
    checks = assignments.load(ROOT / "assignments" / "hw1").check_files()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        packages = submissions_in(work / "submitted", options.submissions)
        few = packages[: max(2, options.submissions // 8)]
        base = floor(packages, checks)
        # what a batch pays once, however many it grades: one submission against all of them
        once = measure(
            1, lambda: grade(packages[0].parent.parent / packages[0].parent.name, work / "one", 1)
        )
        ours = measure(len(packages), lambda: grade(work / "submitted", work / "out", 1))
        peer = measure(len(few), lambda: pytest_process(few, checks))
        print(f"{'':<12} {'n':>5} {'wall':>9} {'cpu':>9} {'above':>9}   seconds per submission")
        report("floor", base, base)
        above = report("ours", ours, base)
        steady = Cost(ours.wall - once.wall, ours.cpu - once.cpu, len(packages) - 1)
        above_steady = report("ours, warm", steady, base)
        above_pytest = report("pytest", peer, base)
        if options.nbgrader:
            cost = measure(
                options.nbgrader,
                lambda: notebooks.autograde(work, packages[: options.nbgrader], checks),
            )
            above_nbgrader = report("nbgrader", cost, base)
            print(f"nbgrader / ours, above the floor: {above_nbgrader / above_steady:.1f}")
        print(f"pytest / ours, above the floor:   {above_pytest / above_steady:.1f}")
        ratio = steady.cpu / steady.submissions / (base.cpu / base.submissions)
        print(f"ours / floor, warm, CPU:          {ratio:.2f}")
        print(f"ours above the floor, with start: {above:.3f} s a submission")
        memory = peak_memory(lambda: grade(work / "submitted", work / "out2", 2))
        print(f"peak memory of -j 2:              {memory:.0f} MB (PSS)")


if __name__ == "__main__":
    main()
