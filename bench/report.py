"""What a class costs once it is graded: `python -m bench.report [--students N] [--graded OUT]`.

A few submissions of hw1's demo class are graded and multiplied to N and to 2 N students. For each:

    report     `grader report`, no page is there yet
    again      `grader report`, nothing has changed
    one more   `grader report`, one record is another one
    resume     `grader grade`, nothing to do

Processor seconds of all processes together, what 1,000 students more cost (the slope), and the peak
of memory: the largest sum of proportional set sizes. `--graded OUT` multiplies what lies there, the
records and the submissions that `grader grade hw1 OUT/classes/hw1 -o OUT` left, and grades nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench.figures import Figure, run
from bench.grading import QUIET, ROOT, Cost, measure, peak_memory

CHOSEN = (
    "bugs_in_three_files",
    "complete_kim",
    "partial_text_only",
    "uses_sklearn",
    "untouched_template",
)
STEPS = ("report", "again", "one more", "resume")
GOALS = {"report": 10.0, "resume": 0.7}  # 30 s and 2 s for 3,000


def grader(*arguments: object) -> None:
    """Run it, quietly."""
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    subprocess.run(command, cwd=ROOT, env=QUIET, check=True, stdout=subprocess.DEVNULL)


def graded(out: Path) -> None:
    """Grade some of the demo class; `out/classes/hw1` is that class."""
    folder = out / "classes" / "hw1"
    build = [sys.executable, "-m", "demo.build", "hw1", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    only = [word for name in CHOSEN for word in ("--only", name)]
    grader("grade", "hw1", folder, "-o", out, "-j", 2, *only)


def multiplied(source: Path, out: Path, students: int) -> Path:
    """A class of so many in `out`, as if graded. Returns the folder of its submissions.

    Whoever handed in a folder is in it again and again, under other names.
    """
    folder = out / "submitted"
    records = sorted((source / "records" / "hw1").glob("*.json"))
    models = [path for path in records if (source / "classes" / "hw1" / path.stem).is_dir()]
    target = out / "records" / "hw1"
    target.mkdir(parents=True)
    shutil.copytree(source / "assignments", out / "assignments")
    for number in range(students):
        model = models[number % len(models)]
        name = f"{model.stem}_{number:05}"
        record = json.loads(model.read_text(encoding="utf-8"))
        record["student"] = name
        text = json.dumps(record, ensure_ascii=False, indent=1)
        (target / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        submission = source / "classes" / "hw1" / model.stem
        shutil.copytree(submission, folder / name, copy_function=os.link)
    return folder


def changed(out: Path) -> None:
    """One record is another one: it took longer."""
    path = min((out / "records" / "hw1").glob("*.json"))
    record = json.loads(path.read_text(encoding="utf-8"))
    record["seconds"] += 1.0
    text = json.dumps(record, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def costs(out: Path, submitted: Path) -> dict[str, dict[str, float]]:
    """Of each step: "cpu" and "wall" seconds, and the peak of memory, "mb"."""
    report = partial(grader, "report", out)
    resume = partial(grader, "grade", "hw1", submitted, "-o", out)
    # whoever has a record of an earlier grader: what is known of it now is known only after this
    resume()
    steps = {"report": report, "again": report, "one more": report, "resume": resume}
    found = {}
    for name, step in steps.items():
        if name == "one more":
            changed(out)
        spent: list[Cost] = []
        peak = peak_memory(lambda step=step, spent=spent: spent.append(measure(1, step)))
        found[name] = {"cpu": spent[0].cpu, "wall": spent[0].wall, "mb": peak}
    return found


def figures(options: argparse.Namespace) -> list[Figure]:
    """Both classes, and what 1,000 students more cost."""
    classes = {}
    few, many = options.students, 2 * options.students
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        source = options.graded
        if source is None:
            source = work / "graded"
            graded(source)
        for students in (few, many):
            out = work / str(students)
            classes[students] = costs(out, multiplied(source, out, students))
            shutil.rmtree(out)
    found = []
    for step in STEPS:
        for students, own in classes.items():
            found.append(Figure(f"{step}, {students} students", own[step]["cpu"], "s"))
        slope = 1000 * (classes[many][step]["cpu"] - classes[few][step]["cpu"]) / few
        found.append(Figure(f"{step}, 1,000 students more", slope, "s", GOALS.get(step)))
    peak = max(own["mb"] for own in classes[many].values())
    found.append(Figure(f"most memory, {many} students", peak, "MB", goal=200))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--graded", type=Path, help="multiply what lies there, grade nothing")
    run(figures, parser)
