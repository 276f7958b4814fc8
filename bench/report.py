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

from bench.grading import QUIET, ROOT, Cost, measure, peak_memory

CHOSEN = (
    "bugs_in_three_files",
    "complete_kim",
    "partial_text_only",
    "uses_sklearn",
    "untouched_template",
)
STEPS = ("report", "again", "one more", "resume")


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


def main() -> None:
    """Measure both classes and print the table, or all of it as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--graded", type=Path, help="multiply what lies there, grade nothing")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    classes = {}
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        source = options.graded
        if source is None:
            source = work / "graded"
            graded(source)
        for students in (options.students, 2 * options.students):
            out = work / str(students)
            classes[students] = costs(out, multiplied(source, out, students))
            shutil.rmtree(out)
    few, many = classes.values()
    load = os.getloadavg()[0]
    if options.json:
        print(json.dumps({"load": load, "students": classes}))
        return
    print(f"{'load ' + format(load, '.1f'):<10}", *(f"{n:>9} {'MB':>5}" for n in classes), end="")
    print("    1,000 more   cpu seconds")
    for step in STEPS:
        slope = 1000 * (many[step]["cpu"] - few[step]["cpu"]) / options.students
        cells = (f"{own[step]['cpu']:>9.2f} {own[step]['mb']:>5.0f}" for own in classes.values())
        print(f"{step:<10}", *cells, f"{slope:>13.2f}")


if __name__ == "__main__":
    main()
