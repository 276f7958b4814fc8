"""Which functions still stand as the template gave them: they only raise NotImplementedError."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard


def unwritten(tree: ast.Module) -> set[str]:
    """The functions at the top level of a file that only raise, and the classes of only such.

    A class counts if it has nothing else and cannot be made: what it inherits may work. What is
    bound again below is written there.
    """
    found: set[str] = set()
    for node in tree.body:
        for name in _bound(node):
            found.discard(name)
            if name == "*":
                found.clear()
        if _is_stub(node) or _cannot_be_made(node):
            found.add(node.name)
    return found


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that it may bind, or bind something of; "*" for any."""
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, ast.Name) and (
            isinstance(node.ctx, ast.Store) or not isinstance(statement, _DEFINITIONS)
        ):
            yield node.id  # `C.method = ...` and `setattr(C, ...)` only spell it


_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _is_stub(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return False
    *before, last = node.body
    error = last.exc if isinstance(last, ast.Raise) else None
    if isinstance(error, ast.Call):
        error = error.func
    is_raised = isinstance(error, ast.Name) and error.id == "NotImplementedError"
    return is_raised and all(map(_is_text, before))


def _cannot_be_made(node: ast.stmt) -> TypeGuard[ast.ClassDef]:
    if not isinstance(node, ast.ClassDef) or node.decorator_list:
        return False
    methods = [child for child in node.body if not _is_text(child)]
    return all(map(_is_stub, methods)) and "__init__" in {m.name for m in methods if _is_stub(m)}


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
