"""What a large course costs: `python -m bench.scale [-n 2000] [--workers 1] [--small]`.

    engine    a tenth of the submissions through a scheduler and workers under TLS that only pretend
              to grade, with records of hw1's size (`--small`: with nothing in them, which is the
              scheduler's pace)
    batch     all of them, and each record is written
    resume    once more on the same folder: everything is kept. Not with `--small`: its records
              are of runs that were given up, and are run again
    merge     four shards that hold the same records, put together

From these parts a simulation says what 100,000 submissions of 2.5 s take on 200 cores, and what
the next bottleneck would be. Processor seconds are of this process alone, and hardly depend on what
else the machine does. Scheduler and workers run on the same cores here: the pace is a lower bound.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bench import gradebook
from bench.grading import ROOT, written
from bench.isolation import right_packages
from bench.stub_worker import STUDENT
from grader.course.assignment import Assignment
from grader.course.folder import Course
from grader.errors import PlatformError
from grader.grading.batch import Settings, grade_batch
from grader.grading.engines.cluster import Cluster
from grader.grading.merge import merge
from grader.grading.results import broken_record, record_of
from grader.grading.worker import Job
from grader.intake.handin import Found
from grader.intake.read import Submission, read_for
from grader.records import store
from grader.records.record import Record
from tests.grading.dask_cluster import live

CLASS, SECONDS, CORES = 100_000, 2.5, 200
LAYERS = ["namespaces", "resource_limits", "tree_kill"]


@dataclass(frozen=True)
class Part:
    """What `count` submissions cost this process."""

    name: str
    count: int
    wall: float
    cpu: float

    def __str__(self) -> str:
        cpu, wall = 1000 * self.cpu / self.count, self.count / self.wall
        return f"{self.name:8}{self.count:8} submissions  {cpu:6.2f} ms each  {wall:7.1f} a second"


def part(name: str, steps: Iterable[object]) -> Part:
    """Go through all of them."""
    wall, cpu = time.perf_counter(), time.process_time()
    count = sum(1 for _ in steps)
    return Part(name, count, time.perf_counter() - wall, time.process_time() - cpu)


def jobs(submission: Submission, count: int) -> Iterator[Job]:
    """The same submission, of many students."""
    return (Job(replace(submission, student=f"student{n:06}")) for n in range(count))


def simulate(client: float, resume: float | None) -> None:
    """Print what a large class takes, from seconds of the client for each record."""
    grading, writing = CLASS * SECONDS / CORES, CLASS * client
    slower = "grading" if grading > writing else "the client"
    print(f"{CLASS:,} submissions of {SECONDS} s on {CORES} cores:")
    print(f"  grading {grading / 60:.0f} min, the client {writing / 60:.0f} min side by side")
    print(f"  bottleneck: {slower}; the client keeps up with {SECONDS / client:.0f} cores")
    if resume is not None:
        print(f"  resume, where everything is kept: {CLASS * resume:.0f} s")


def merging(folders: list[Path], out: Path) -> Iterator[object]:
    """Merge them; as many steps as records."""
    for merged in merge(folders, out):
        yield from range(merged.records)


def stub_record(model: Assignment, submission: Submission, *, small: bool) -> Record:
    """A record that this submission can have; if `small`, of a run that was given up."""
    submission = replace(submission, student=STUDENT)
    if small:
        return broken_record(model, submission, PlatformError("error.worker_died"))
    results = gradebook.record(model, STUDENT, random.Random(1)).exercises
    return record_of(model, submission, results, LAYERS, datetime.now(UTC), 1.0)


def shards(out: Path, home: Path) -> list[Path]:
    """What graders of four parts would have left, each on a machine of its own."""
    made = [home / f"shard{number}" for number in range(4)]
    for number, shard in enumerate(made):
        shutil.copytree(out, shard, ignore=lambda _, names: {"records", ".lock"} & {*names})
        for path in sorted((out / "records").rglob("*.json"))[number::4]:
            link = shard / path.relative_to(out)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.hardlink_to(path)
    return made


def run(count: int, workers: int, home: Path, model: Assignment, *, small: bool) -> list[Part]:
    """All parts, on a cluster of its own."""
    (package,) = written(home / "submitted", right_packages(model), 1)
    found = [Found(f"student{n:06}", package.parent) for n in range(count)]
    submission = read_for(model, found[0])
    stub = home / "record.json"
    store.write(stub_record(model, submission, small=small), stub)
    with live(home / "dask", workers=0) as cluster:
        for _ in range(workers):
            stubbed = ["--nthreads", "50", "--preload", "bench.stub_worker"]
            cluster.worker(*stubbed, PYTHONPATH=str(ROOT), GRADER_STUB=str(stub))
        engine = Cluster(cluster.gate())

        def batch() -> Iterable[object]:
            return grade_batch(model, found, Settings(home / "out", engine))

        few = max(count // 10, min(count, 200))
        for _ in engine.grade_all(model, jobs(submission, 20)):
            pass  # so that everybody is there
        made: dict[str, Callable[[], Iterable[object]]] = {
            "engine": lambda: engine.grade_all(model, jobs(submission, few)),
            "batch": batch,
            **({} if small else {"resume": batch}),
            "merge": lambda: merging(shards(home / "out", home), home / "merged"),
        }
        return [part(name, steps()) for name, steps in made.items()]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    model = Course.find(ROOT).load("hw1")
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as home:
        parts = run(options.n, options.workers, Path(home), model, small=options.small)
    for one in parts:
        print(one)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak memory of the client {peak / 1024:.0f} MB; load {load:.1f} before")
    cost = {part.name: part.cpu / part.count for part in parts}
    simulate(cost["batch"], cost.get("resume"))


if __name__ == "__main__":
    sys.exit(main())
