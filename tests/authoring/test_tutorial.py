"""docs/instructor.md can be typed from top to bottom, and what it shows is what comes out.

python -m tests.authoring.test_tutorial     type it anew, and write what comes out into the page
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TUTORIAL = Path(__file__).parents[2] / "docs" / "instructor.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(Write|Append\s+to)\s+`([^`]+)`:\s*\Z")


def typed(command, folder):
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "COLUMNS": "80",
    }
    done = subprocess.run(
        command,
        shell=True,
        check=False,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return [line.rstrip() for line in done.stdout.splitlines()]


def without_times(text):
    return re.sub(r" +\d+\.\d s$", " some s", text, flags=re.MULTILINE)


def write(how, path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if how == "Write":
        assert not path.exists(), path
        path.write_text(text)
    else:
        blank = "\n\n" if path.suffix == ".py" else "\n"
        path.write_text(path.read_text() + blank + text)


def retyped(tutorial, folder):
    """The page with what its commands print now."""

    def run(text):
        nonlocal folder
        lines = []
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command = part.splitlines()[0]
            lines.append(f"$ {command}")
            if command.startswith("cd "):
                folder /= command.removeprefix("cd ")
            else:
                lines += typed(command, folder)
        return "".join(f"{line}\n" for line in lines)

    page, end = "", 0
    for block in BLOCK.finditer(tutorial):
        kind, text = block.groups()
        if kind == "console":
            text = run(text)
        elif kind:
            how, name = FILE.search(tutorial[: block.start()]).groups()
            write(how, folder / name, text)
        page += tutorial[end : block.start(2)] + text
        end = block.end(2)
    return page + tutorial[end:]


def test_the_tutorial_as_it_is_typed(tmp_path):
    tutorial = TUTORIAL.read_text(encoding="utf-8")
    assert len(re.findall(r"^\$ grader", tutorial, re.MULTILINE)) > 10
    assert without_times(retyped(tutorial, tmp_path)) == without_times(tutorial)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as new:
        TUTORIAL.write_text(retyped(TUTORIAL.read_text("utf-8"), Path(new)), encoding="utf-8")
