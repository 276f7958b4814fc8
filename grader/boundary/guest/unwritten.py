"""Which functions still stand as the template gave them: they only raise NotImplementedError."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def unwritten(tree: ast.Module) -> set[str]:
    """The functions and classes at the top level of a file of which nothing can work yet.

    Of a class that is one that cannot be made, or whose every method raises. What is bound again
    below is written there.
    """
    found: set[str] = set()
    for node in tree.body:
        for name in _bound(node):
            found = set() if name == "*" else found - {name}
        if isinstance(node, ast.FunctionDef) and _only_raises(node):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            methods = [child for child in node.body if isinstance(child, ast.FunctionDef)]
            bare = [method.name for method in methods if _only_raises(method)]
            if "__init__" in bare or (bare and len(bare) == len(methods)):
                found.add(node.name)
    return found


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that it may bind; "*" for any."""
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _only_raises(node: ast.FunctionDef) -> bool:
    *before, last = node.body
    error = last.exc if isinstance(last, ast.Raise) else None
    if isinstance(error, ast.Call):
        error = error.func
    is_stub = isinstance(error, ast.Name) and error.id == "NotImplementedError"
    return is_stub and all(map(_is_text, before)) and not node.decorator_list


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
