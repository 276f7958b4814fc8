"""A module in the pieces that become cells of a notebook: its imports, each function, each class.

A solution at the top level, around helpers that the template does without, is a piece of its own,
which runs in a notebook with and without it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import indent

from grader.authoring.markers import BEGIN, END, STUB

# In a cell of its own nothing may be left of the helpers but what runs: nbgrader's ClearSolutions
# puts the stub in their place.
_HELPERS = "with contextlib.suppress(NotImplementedError):  # helper functions of your own\n"


@dataclass(frozen=True)
class Chunk:
    """Some lines of a module."""

    text: str
    name: str = ""  # of the function or class that it defines
    solution: bool = False  # whether a student writes in it


@dataclass(frozen=True)
class Module:
    """A file of the package."""

    docstring: str
    chunks: list[Chunk]


def module(text: str) -> Module:
    """The pieces of a module, in order, without imports from its own package."""
    tree = ast.parse(text)
    return Module(ast.get_docstring(tree) or "", list(_joined(_chunks(tree, text.split("\n")))))


def _chunks(tree: ast.Module, lines: list[str]) -> Iterator[Chunk]:
    helpers = dict(_helpers(lines))
    done = 0
    for node in tree.body:
        for first in [first for first in helpers if first <= node.lineno]:
            done = helpers.pop(first)
            yield Chunk(_own_cell(lines[first - 1 : done]), solution=True)
        end = _end(node, lines)
        if end <= done:  # among the helpers
            continue
        text = "\n".join(lines[done:end])
        done = end
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield Chunk(text.strip("\n"), node.name, BEGIN in text or STUB[0] in text)
        elif not (_is_docstring(node) or _is_own_import(node)):
            yield Chunk(text)


def _helpers(lines: list[str]) -> Iterator[tuple[int, int]]:
    """First and last line of each solution at the top level."""
    first = 0
    for number, line in enumerate(lines, start=1):
        if line == BEGIN:
            first = number
        elif line == END:
            yield first, number


def _own_cell(lines: list[str]) -> str:
    return "import contextlib\n\n" + _HELPERS + indent("\n".join(lines), "    ")


def _end(node: ast.stmt, lines: list[str]) -> int:
    """The last line of a statement; comments in its block, which a parser drops, are in it."""
    end = node.end_lineno or 0
    while end < len(lines) and lines[end].startswith((" ", "\t")):
        end += 1
    return end


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_own_import(node: ast.stmt) -> bool:
    """Whether a statement imports from the package itself: in a notebook the names are there."""
    if isinstance(node, ast.If):
        return all(map(_is_own_import, node.body))
    return isinstance(node, ast.ImportFrom) and node.level > 0


def _joined(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Imports and values that follow one another are one piece."""
    held: list[str] = []
    for chunk in chunks:
        if chunk.name or chunk.solution:
            yield from _one(held)
            held = []
            yield chunk
        else:
            held.append(chunk.text)
    yield from _one(held)


def _one(texts: list[str]) -> Iterator[Chunk]:
    if texts:
        yield Chunk(re.sub(r"\n{3,}", "\n\n", "\n".join(texts)).strip("\n"))
