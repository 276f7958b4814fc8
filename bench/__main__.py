"""All of what grading costs in one table: `python -m bench [NAME...]`.

Each benchmark runs in a process of its own, one after another. `--json` keeps the figures,
`--against` compares with those of an earlier run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from bench.figures import Figure, dump, load, table

ROOT = Path(__file__).parent.parent
HOMEWORKS = ("hw1", "hw2", "hw3", "hw4", "hw5")
COMMANDS = {
    "guest": [[]],
    "grading": [[]],
    "start": [[]],
    "report": [[]],
    "gradebook": [[]],
    "isolation": [[name] for name in HOMEWORKS],
    "resubmission": [[name] for name in HOMEWORKS],
    "rules": [[name] for name in HOMEWORKS],
    "diagnosis": [[name] for name in HOMEWORKS],
}


def measured(name: str, arguments: list[str]) -> list[Figure] | None:
    """What one benchmark finds; None where it fails, and has said why."""
    command = [sys.executable, "-m", f"bench.{name}", *arguments, "--json"]
    print(f"... {' '.join(command[2:-1])}", file=sys.stderr)
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    return load(done.stdout) if done.returncode == 0 else None


def main() -> None:
    """Run those that are named, or all, and print the table; exit 1 where one has failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*COMMANDS, []], metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures")
    parser.add_argument("--against", type=Path, metavar="FILE", help="those of an earlier run")
    options = parser.parse_args()
    earlier = load(options.against.read_text(encoding="utf-8")) if options.against else []
    found = {
        " ".join([name, *arguments]): measured(name, arguments)
        for name in options.names or COMMANDS
        for arguments in COMMANDS[name]
    }
    figures = [figure for own in found.values() for figure in own or ()]
    if options.json:
        options.json.write_text(dump(figures) + "\n", encoding="utf-8")
    print(table(figures, {figure.name: figure for figure in earlier}))
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    if failed := [name for name, own in found.items() if own is None]:
        raise SystemExit(f"without {', '.join(failed)}: see above")


if __name__ == "__main__":
    main()
