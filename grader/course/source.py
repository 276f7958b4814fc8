"""Where a function is in source that is parsed and never run."""

from __future__ import annotations

import ast

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def span(source: str | bytes, name: str) -> tuple[int, int] | None:
    """The first and the last line of a function, a class or a `Class.method`, from 1.

    Of two of one name the last counts. Where a class has no such method, it is the class that was
    found. None where nothing was, and for what cannot be parsed.
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found: tuple[int, int] | None = None
    for part in name.split("."):
        inner = [node for node in body if isinstance(node, Definition) and node.name == part]
        if not inner:
            break
        node, body = inner[-1], inner[-1].body
        found = node.lineno, node.end_lineno or node.lineno
    return found
