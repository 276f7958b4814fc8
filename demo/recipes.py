"""How a submission of the demo's class is made from the reference."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grader.authoring.candidates import replace_once
from grader.authoring.markers import BEGIN, END

Files = dict[str, bytes]
Change = Callable[[Files], Files]


@dataclass(frozen=True)
class Recipe:
    """A student: where it starts, what is changed, how it is packed, and the score it must get.

    `start` is a candidate of `grader verify`: a bug that is a mutant already is not told again.
    `points` is the total. Where `loses` names exercises, they and no other must lose something.
    """

    student: str
    story: str
    points: float
    bonus: float = 0.0
    loses: list[str] = field(default_factory=list)
    start: str = "reference"  # or "mutant tag_deleted" ...
    changes: list[Change] = field(default_factory=list)
    folder: str = ""  # where in the submission the package lies
    pack: str = "folder"  # or zip, tar.gz, slip, half, docx

    def files(self, start: Files) -> Files:
        """What is handed in, by name."""
        files = dict(start)
        for change in self.changes:
            files = change(files)
        return files


def without_markers(content: bytes) -> bytes:
    """The reference as a student would have written it."""
    lines = content.decode().splitlines(keepends=True)
    return "".join(line for line in lines if line.strip() not in {BEGIN, END}).encode()


def replace(file: str, old: str, new: str) -> Change:
    """One change of text; the old text must be there once."""
    return lambda files: {**files, file: replace_once(Path(file), files[file], old, new)}


def append(file: str, text: str) -> Change:
    """Text at the end of a file."""
    return lambda files: {**files, file: files[file] + text.encode()}


def write(file: str, content: bytes) -> Change:
    """One more file."""
    return lambda files: {**files, file: content}


def only(*names: str) -> Change:
    """Nothing but these files."""
    return lambda files: {name: files[name] for name in names}


def euc_kr(file: str, *, declared: bool) -> Change:
    """A file in the encoding of old Korean systems, with or without the line that says so."""

    def change(files: Files) -> Files:
        head = "# -*- coding: euc-kr -*-\n" if declared else ""
        return {**files, file: (head + files[file].decode() + '\n예문 = "한글"\n').encode("euc-kr")}

    return change


def unfinished(*chosen: str, names: tuple[str, ...] = ()) -> Change:
    """Functions that still raise NotImplementedError: these names, or all; these files, or all."""

    def change(files: Files) -> Files:
        return {
            name: _stubbed(content, names) if not chosen or name in chosen else content
            for name, content in files.items()
        }

    return change


def _stubbed(content: bytes, names: tuple[str, ...]) -> bytes:
    lines = content.decode().splitlines()
    found = [
        node
        for node in ast.walk(ast.parse(content))
        if isinstance(node, ast.FunctionDef) and (not names or node.name in names)
    ]
    for node in sorted(found, key=lambda node: -node.lineno):
        documented = ast.get_docstring(node) is not None
        first = node.body[1 if documented and len(node.body) > 1 else 0]
        indent = " " * node.body[0].col_offset
        lines[first.lineno - 1 : node.end_lineno] = [f"{indent}raise NotImplementedError()"]
    return ("\n".join(lines) + "\n").encode()
