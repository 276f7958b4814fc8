"""docs/instructor.md can be typed from top to bottom, and what it shows is what comes out."""

import os
import re
import subprocess
import sys
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


def without_times(lines):
    return [re.sub(r" +\d+\.\d s$", " some s", line) for line in lines]


def write(how, path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if how == "Write":
        assert not path.exists(), path
        path.write_text(text)
    else:
        blank = "\n\n" if path.suffix == ".py" else "\n"
        path.write_text(path.read_text() + blank + text)


def test_the_tutorial_as_it_is_typed(tmp_path):
    tutorial = TUTORIAL.read_text(encoding="utf-8")
    folder, commands, files = tmp_path, 0, 0
    for block in BLOCK.finditer(tutorial):
        kind, text = block.groups()
        if kind == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, *shown = part.splitlines()
                if command.startswith("cd "):
                    folder /= command.removeprefix("cd ")
                    continue
                commands += 1
                assert without_times(typed(command, folder)) == without_times(shown), command
        elif kind:
            how, name = FILE.search(tutorial[: block.start()]).groups()
            write(how, folder / name, text)
            files += 1
    assert (commands, files) == (22, 16)
