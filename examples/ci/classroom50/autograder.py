"""A Classroom 50 autograder: CLASSROOM/autograders/ASSIGNMENT/autograder.py

Unpack the homework's released zip beside this file, so that the bundle holds

    autograder.py  hw1_words/  grader-0.1.0-py3-none-any.whl

Classroom 50 runs it in the student's own repository and publishes the bundle on GitHub Pages: put
no hidden check into it. The score is the number of public checks that pass; the grade comes from
your own batch. The student's files are checked by the bundle's checks, whatever else they changed.

The contract: github.com/foundation50/classroom50/wiki/Advanced-Autograding
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

BUNDLE = Path(__file__).resolve().parent
OURS = ("assignment.toml", "mistakes.json", "exercises", "checks")  # the rest is the student's
LANGUAGE = "en"


def main() -> None:
    """Check the repository in the current folder. Raises where something else than it failed."""
    [wheel] = BUNDLE.glob("grader-*.whl")
    [template] = [path.parent for path in BUNDLE.glob("*/assignment.toml")]
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", wheel], check=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = handed_in(template, Path.cwd(), Path(scratch) / template.name)
        tests = check(template, folder)
    result = {
        "schema": "classroom50/result/v1",
        "classroom": os.environ["CLASSROOM"],
        "assignment": os.environ["ASSIGNMENT"],
        "assignment_type": os.environ["ASSIGNMENT_TYPE"],
        "owner": os.environ.get("OWNER") or os.environ["USERNAME"],
        "submission": os.environ["SUBMISSION_TAG"],
        "commit": os.environ["COMMIT_URL"],
        "release": os.environ["RELEASE_URL"],
        "review": os.environ.get("REVIEW_URL") or os.environ["COMMIT_URL"],
        "datetime": submitted(),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    Path("result.json").write_text(json.dumps(result, indent=2), encoding="utf-8")


def handed_in(template: Path, repository: Path, folder: Path) -> Path:
    """The student's files in `folder`, beside the checks of the template."""
    home = repository / template.name if (repository / template.name).is_dir() else repository
    ignored = shutil.ignore_patterns(*OURS, ".git", ".github")
    shutil.copytree(home, folder, symlinks=True, ignore=ignored)
    for name in {*OURS} & {path.name for path in template.iterdir()}:
        copy = shutil.copytree if (template / name).is_dir() else shutil.copyfile
        copy(template / name, folder / name)
    return folder


def check(template: Path, folder: Path) -> list[dict[str, object]]:
    """One test for each public check; the student's table goes to the Release's text."""
    assignment = tomllib.loads((template / "assignment.toml").read_text(encoding="utf-8"))["id"]
    grader = [sys.executable, "-m", "grader", "--lang", LANGUAGE, "check", assignment, folder]
    Path("release-body.md").unlink(missing_ok=True)
    done = subprocess.run(
        [*grader, "--json", "--summary", "release-body.md"],
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode not in {0, 1}:  # 0: all passed, 1: not all
        sys.exit(done.returncode)
    return [
        {
            "test-name": f"{exercise['id']}: {result['id']}",
            "passed": result["outcome"] == "passed",
            "score": int(result["outcome"] == "passed"),
            "max-score": 1,
        }
        for exercise in json.loads(done.stdout)
        for result in exercise["checks"]
    ]


def submitted() -> str:
    """When the graded commit was made: the same however often it is graded."""
    command = ["git", "log", "-1", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%cd"]
    environment = {**os.environ, "TZ": "UTC"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    main()
