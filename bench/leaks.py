"""What is left behind after 10,000 checks in one batch: `python -m bench.leaks [--checks N]`.

One pool with one worker grades submissions of every kind again and again: right and wrong ones,
some that raise, crash, print, leave files and processes, send junk or hang. After each tenth of
the checks, with nothing being graded, it prints what worker and launcher hold. Exits 1 when a
descriptor, a process, a zombie or a file is left, or when memory grows after the first tenth.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from bench import processes
from grader.course import assignment as assignments
from grader.grading.engines.local import Pool
from grader.grading.worker import Job
from grader.intake.read import Submission

# Between two looks, as a share: a heap breathes, and a leak of 100 bytes a check is above it.
BREATH = 0.01

TOML = """
id = "leaks"
package = "pack"
title = { en = "Leaks", ko = "누수" }
exercises = ["adding", "greeting"]

[limits]
check_seconds = 0.3
import_seconds = 2
memory_mb = 256

[[file]]
name = "one.py"

[[file]]
name = "two.py"
"""

EXERCISES = {
    "adding": """
file = "one.py"
preload = ["numpy", "torch"]
points = { add = 1 }
title = { en = "Adding", ko = "더하기" }
""",
    "greeting": """
file = "two.py"
points = { greet = 1 }
title = { en = "Greeting", ko = "인사" }
""",
}

CHECK = """
[[check]]
id = "{id}"
title = {{ en = "It works", ko = "됩니다" }}
hint = {{ en = "Try again.", ko = "다시 해 보세요." }}
"""

CHECKS = """
import numpy as np
import torch


def test_numbers(student):
    assert student.one.add(1, 2) == 3


def test_tensors(student):
    total = student.one.add(torch.ones(1000), torch.ones(1000))
    assert torch.equal(total, 2 * torch.ones(1000)), total


def test_name(student):
    assert student.two.greet("Kim") == "Hello Kim"


def test_names(student):
    assert student.map(student.two.greet, [("Kim",), ("민수",)]) == ["Hello Kim", "Hello 민수"]
"""

OWNERS = {"adding": ("numbers", "tensors"), "greeting": ("name", "names")}
RIGHT = "def add(a, b): return a + b\n"
# Each a thing that might stay behind; `number` makes every submission differ from the last.
ADDITIONS = {
    "right": RIGHT,
    "wrong": "def add(a, b): return a - b\n",
    "raises": "class E{number}(ValueError): pass\ndef add(a, b): raise E{number}('x' * 9999)\n",
    "not_written": "def add(a, b): raise NotImplementedError\n",
    "no_python": "def add(a, b:\n",
    "prints": "def add(a, b):\n    print('x' * 100_000)\n    return a + b\n",
    "exits": "import os\ndef add(a, b): os._exit(3)\n",
    "writes_files": "open('left{number}', 'w').write('x' * 99_999)\n" + RIGHT,
    "starts_processes": """
import os, time
try:
    if os.fork() == 0:
        os.setsid()
        os.fork()
        time.sleep(1000)
except OSError:
    pass
"""
    + RIGHT,
    "keeps_objects": "class Kept: pass\ndef add(a, b): return Kept()\n",
    "sends_junk": """
import os
def add(a, b):
    for fd in range(3, 9):
        try:
            os.write(fd, b"junk" * 99)
        except OSError:
            pass
""",
    "too_large": "import torch\ndef add(a, b): return torch.zeros(1 << 25)\n",
}
HANGS = "def add(a, b):\n    while True: pass\n"
HANGS_EVERY = 50  # it costs its time limit


@dataclass(frozen=True)
class Held:
    """What the platform's processes hold at one moment. Memory in KB."""

    checks: int
    worker_files: int
    launcher_files: int
    worker_resident: int
    worker_proportional: int
    launcher_resident: int
    launcher_proportional: int
    processes: int
    zombies: int
    temporary_files: int


def course(folder: Path) -> Path:
    """Write the assignment; returns its folder."""
    (folder / "exercises").mkdir(parents=True)
    for exercise, ids in OWNERS.items():
        text = EXERCISES[exercise] + "".join(CHECK.format(id=check) for check in ids)
        (folder / "exercises" / f"{exercise}.toml").write_text(text)
    (folder / "checks" / "hidden").mkdir(parents=True)
    (folder / "checks" / "hidden" / "test_leaks.py").write_text(CHECKS)
    (folder / "assignment.toml").write_text(TOML)
    for language in ("en", "ko"):
        (folder / f"handout.{language}.md").write_text("# Leaks\n")
    return folder


def jobs(count: int) -> Iterator[Job]:
    """Submissions of every kind in turn."""
    kinds = list(ADDITIONS.values())
    for number in range(count):
        one = HANGS if number % HANGS_EVERY == 1 else kinds[number % len(kinds)]
        two = f"def greet(name): return 'Hello ' + name  # {number}\n"
        files = {
            "one.py": one.replace("{number}", str(number)).encode(),
            "two.py": two.encode(),
        }
        yield Job(Submission(f"student{number}", "", files, [], [], None, f"{number:064x}"))


def held(checks: int, temporary: Path) -> Held:
    """Look at everything below this process."""
    below = processes.descendants(os.getpid())
    alive = [pid for pid in below if not processes.is_zombie(pid)]
    # where it has a world of its own, a parent outside waits for the launcher: the last is it
    worker, *_, launcher = [pid for pid in alive if "twin_start" in processes.command_line(pid)]
    return Held(
        checks,
        processes.descriptors(worker),
        processes.descriptors(launcher),
        processes.resident(worker),
        processes.proportional(worker),
        processes.resident(launcher),
        processes.proportional(launcher),
        len(alive),
        len(below) - len(alive),
        sum(1 for _ in temporary.rglob("*")),
    )


def grown(first: Held, last: Held) -> list[str]:
    """Names of what grew: anything that is counted, and memory by more than it breathes."""
    names = []
    for field in fields(Held)[1:]:
        before, after = getattr(first, field.name), getattr(last, field.name)
        if field.name.endswith("proportional"):
            continue  # follows what other processes of the machine share with us
        is_memory = field.name.endswith("resident")
        if after > before * (1 + BREATH if is_memory else 1):
            names.append(field.name)
    return names + ["zombies"] * (last.zombies > 0)


def main() -> None:
    """Grade, look ten times, judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--checks", type=int, default=10_000)
    wanted = parser.parse_args().checks
    with tempfile.TemporaryDirectory(prefix="leaks-") as name:
        temporary = Path(name) / "temporary"
        temporary.mkdir()
        os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)
        assignment = assignments.load(course(Path(name) / "leaks"))
        per_job = sum(map(len, OWNERS.values()))
        looks: list[Held] = []
        outcomes: dict[str, int] = {}
        done, start = 0, time.monotonic()
        print("  ".join(field.name.replace("_", " ") for field in fields(Held)))
        for graded in Pool(1).grade_all(assignment, jobs(-(-wanted // per_job))):
            for check in (c for exercise in graded.record.exercises for c in exercise.checks):
                done += 1
                outcomes[check.outcome] = outcomes.get(check.outcome, 0) + 1
            if done >= (len(looks) + 1) * wanted // 10:
                looks.append(held(done, temporary))
                titles = [field.name for field in fields(Held)]
                row = zip(astuple(looks[-1]), titles, strict=True)
                print("  ".join(f"{value:>{len(title)}}" for value, title in row), flush=True)
        left = [path.name for path in temporary.rglob("*")]
    ways = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    print(f"{done} checks in {time.monotonic() - start:.0f} s: {ways}")
    print(f"left when the pool had ended: {', '.join(left) or 'no file'}")
    names = grown(looks[0], looks[-1])
    below = processes.descendants(os.getpid())
    running = [pid for pid in below if "resource_tracker" not in processes.command_line(pid)]
    if names or left or running or outcomes.get("broken"):
        sys.exit(
            f"grew: {', '.join(names) or '-'}; left: {len(left)} files, {len(running)} running"
        )


if __name__ == "__main__":
    main()
