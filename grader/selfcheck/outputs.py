"""What a self-check leaves for a CI service, beside what it prints."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.selfcheck.check import Checked


@dataclass(frozen=True)
class Outputs:
    """Which of them are wanted, in `lang`."""

    lang: str
    summary: Path | None = None
    junit: Path | None = None
    annotate: bool = False

    def write(self, checked: Checked) -> None:
        """Write them. Raises `UsageError` for a file that cannot be written."""
        from grader.export import github, junit  # most self-checks want neither

        assignment, results = checked.target.assignment, checked.results
        if self.annotate:
            sources, paths = checked.submission.files, _paths(checked)
            for line in github.at_lines(assignment, results, sources, paths, self.lang):
                print(line)
        if self.summary:
            there = self.summary.stat().st_size if self.summary.exists() else 0
            room = github.MAX_SUMMARY - there
            text = github.summary(assignment, results, self.lang, room, checked.mistakes)
            _write(self.summary, text, "a")
        if self.junit:
            _write(self.junit, junit.self_check(assignment.id, results, self.lang), "w")


def _paths(checked: Checked) -> dict[str, str]:
    """Name in the package -> path in the repository, of the files that lie where they should."""
    if checked.submission.places:
        return {}  # of a notebook, whose lines are those of cells
    repository = os.environ.get("GITHUB_WORKSPACE") or Path.cwd()
    folder = checked.target.path
    return {
        name: Path(os.path.relpath(folder / name, repository)).as_posix()
        for name in checked.submission.files
        if (folder / name).is_file()
    }


def _write(path: Path, text: str, mode: str) -> None:
    try:
        with path.open(mode, encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError("error.cannot_write", file=path, reason=reason) from None
