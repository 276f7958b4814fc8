"""Forbidden names, found by reading the syntax tree before any student code has run.

A name is what the imports say it is: after `from torch import nn as layers` the expression
`layers.Linear` is `torch.nn.Linear`. A comment or a string is never a use. A rule
is a dotted name ("torch.nn" covers everything below it) or a method (".backward" covers any
attribute of that name that is neither of an imported module nor of a class of the student's own).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from grader.boundary.guest.uses import Use, covering


def uses_in_source(
    source: bytes, file: str, package: str, rules: list[str], allowed: list[str]
) -> list[Use]:
    """All uses of `rules` in `file`, and all imports of packages that are not `allowed`.

    Raises `SyntaxError` or `ValueError` for what is no Python source.
    """
    tree = ast.parse(source)
    known = {package, *allowed, *sys.stdlib_module_names}
    finder = _Finder(file, rules, known if allowed else None)
    body = list(_what_runs(tree))
    for node in body:
        finder.collect(node)
    uses = [use for node in body for use in finder.uses(node, _name(node))]
    return sorted(uses, key=lambda use: (use.line, use.name))


def _what_runs(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of a module without `if __name__ == "__main__":`, which no guest ever runs.

    Unless the module gives itself another name; what is hidden deeper, the watch sees.
    """
    renamed = any(_binds_name(node) for node in ast.walk(tree))
    for node in tree.body:
        if isinstance(node, ast.If) and not renamed and _is_main_guard(node.test):
            yield from node.orelse
        else:
            yield node


def _binds_name(node: ast.AST) -> bool:
    """Whether `__name__` stands there as anything but a name that is read."""
    reads = ast.Attribute | ast.Constant
    if isinstance(node, reads) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
        return False
    return "__name__" in vars(node).values()


def _is_main_guard(test: ast.expr) -> bool:
    if not isinstance(test, ast.Compare) or [type(op) for op in test.ops] != [ast.Eq]:
        return False
    sides = [ast.unparse(side) for side in (test.left, *test.comparators)]
    return sorted(sides) == ["'__main__'", "__name__"]


def _name(node: ast.stmt) -> str:
    named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return node.name if isinstance(node, named) else ""


class _Finder:
    def __init__(self, file: str, rules: list[str], known: set[str] | None) -> None:
        self._file = file
        self._dotted = [rule for rule in rules if not rule.startswith(".")]
        self._methods = {rule[1:]: rule for rule in rules if rule.startswith(".")}
        self._known = known
        self._aliases: dict[str, str] = {}  # local name -> dotted name
        self._own_methods: set[str] = set()

    def collect(self, node: ast.AST) -> None:
        """Learn what names stand for, before any use is judged."""
        for child in ast.walk(node):
            if isinstance(child, ast.ClassDef):
                self._own_methods |= {n.name for n in child.body if isinstance(n, ast.FunctionDef)}
            if isinstance(child, ast.Import):
                for alias in child.names:
                    root = alias.name.partition(".")[0]
                    self._aliases[alias.asname or root] = alias.name if alias.asname else root
            elif isinstance(child, ast.ImportFrom):
                base = "." * child.level + (child.module or "")
                for alias in child.names:
                    self._aliases[alias.asname or alias.name] = f"{base}.{alias.name}"

    def uses(self, node: ast.AST, scope: str) -> Iterator[Use]:
        # a stack of our own: an expression nested 10,000 deep is no way to hide
        waiting = [node]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield from self._imports(node, scope)
            elif isinstance(node, ast.Attribute):
                yield from self._attribute(node, scope, waiting)
            elif isinstance(node, ast.Name):
                yield from self._match(self._aliases.get(node.id, ""), node.lineno, scope)
            else:
                waiting.extend(ast.iter_child_nodes(node))

    def _imports(self, node: ast.Import | ast.ImportFrom, scope: str) -> Iterator[Use]:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif node.level:
            return
        else:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            found = list(self._match(name, node.lineno, scope))
            yield from found
            root = name.partition(".")[0]
            if not found and self._known is not None and root not in self._known:
                yield Use("", root, self._file, node.lineno, scope)

    def _attribute(self, node: ast.Attribute, scope: str, waiting: list[ast.AST]) -> Iterator[Use]:
        dotted = self._resolve(node)
        if dotted is not None:
            yield from self._match(dotted, node.lineno, scope)
            return
        own = isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
        if node.attr in self._methods and not own and node.attr not in self._own_methods:
            rule = self._methods[node.attr]
            yield Use(rule, rule, self._file, node.lineno, scope)
        waiting.append(node.value)

    def _resolve(self, node: ast.expr) -> str | None:
        """The dotted name of an attribute chain that starts at an imported name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name) and node.id in self._aliases:
            return ".".join([self._aliases[node.id], *reversed(parts)])
        return None

    def _match(self, dotted: str, line: int, scope: str) -> Iterator[Use]:
        if rule := covering(dotted, self._dotted):
            yield Use(rule, dotted, self._file, line, scope)
