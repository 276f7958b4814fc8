"""What a student waits for first: `python -m bench.start [--rounds N]`.

`grader check` with one exercise, processor seconds of all its processes, beside those of one
`import torch`: the median of rounds in which all are run in turn.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.figures import Figure, run
from demo.build import solved
from grader.course.folder import Course

ROOT = Path(__file__).parent.parent
CHECK = [sys.executable, "-m", "grader", "--course", str(ROOT), "check", "hw1"]
IMPORT, WITHOUT, WITH = "import torch", "check -k, without torch", "check -k, with torch"
COMMANDS = {
    IMPORT: [sys.executable, "-c", IMPORT],
    WITHOUT: [*CHECK, "-k", "cleaning"],
    WITH: [*CHECK, "-k", "sigmoid"],
}
GOALS = {WITHOUT: 0.7, WITH: 2.5}


def cpu(command: list[str], folder: Path) -> float:
    """Processor seconds of a command that runs in `folder`, and of what it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def figures(options: argparse.Namespace) -> list[Figure]:
    """The medians."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for file, content in solved(Course.find(ROOT).load("hw1")).items():
            (folder / file).write_bytes(content)
        found: dict[str, list[float]] = {name: [] for name in COMMANDS}
        for _ in range(options.rounds):
            for name, command in COMMANDS.items():
                here = [] if name == IMPORT else [str(folder)]
                found[name].append(cpu([*command, *here], folder))
    return [
        Figure(name, statistics.median(seconds), "s", GOALS.get(name))
        for name, seconds in found.items()
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    run(figures, parser)
