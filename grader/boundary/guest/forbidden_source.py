"""Forbidden names, found by reading the syntax tree before any student code has run.

A name is what the imports say it is: after `from torch import nn as layers` the expression
`layers.Linear` is `torch.nn.Linear`. A comment or a string is never a use. A rule
is a dotted name ("torch.nn" covers everything below it) or a method (".backward" covers any
attribute of that name that is neither of an imported module nor of a class of the student's own).

What concerns an exercise is its own functions, the helpers that these lead to, and what runs when
their files are imported. The functions of another exercise are that one's matter, and so is what
its file imports. This is the kind first answer, with file and line: what it does not see is refused
while the code runs.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence

from grader.boundary.guest.reach import module_of
from grader.boundary.guest.uses import Use, covering

MAX_USES_OF_EXERCISE = 20

Place = tuple[str, str]  # a file, and a function or class at its top level; "" for all else there


def survey(
    trees: Mapping[str, ast.Module],
    package: str,
    exercises: Mapping[str, tuple[str, Sequence[str], Sequence[str]]],
    reach: Mapping[str, Collection[str]],
    allowed: Sequence[str],
) -> list[tuple[str, Use]]:
    """Exercise and use, for each forbidden name and each import of a package not `allowed`.

    `trees`: the files that are Python. `exercises`: id -> file, functions, forbidden names, and
    `reach`: id -> the files that it can meet; no other concerns it.
    """
    sources = {name: _Source(tree, name, package) for name, tree in trees.items()}
    own = {
        id_: {(file, name) for name in functions} for id_, (file, functions, _) in exercises.items()
    }
    written = {file for file, _, _ in exercises.values()}
    found = []
    for id_, (file, _, names) in exercises.items():
        modules = map(module_of, reach[id_])
        known = {package, *allowed, *sys.stdlib_module_names, *modules} if allowed else None
        others = set().union(*own.values()) - own[id_]
        met = {name: source for name, source in sources.items() if name in reach[id_]}
        uses = [
            use
            for path, scope in _reached({(file, ""), *own[id_]}, met, others)
            for use in met[path].uses(
                scope, set(names), known, imports=bool(scope) or path not in written - {file}
            )
        ]
        uses.sort(key=lambda use: (use.file != file, use.file, use.line, use.name))
        found += [(id_, use) for use in uses[:MAX_USES_OF_EXERCISE]]
    return found


def _reached(start: set[Place], sources: Mapping[str, _Source], others: set[Place]) -> set[Place]:
    reached: set[Place] = set()
    waiting = list(start)
    while waiting:
        place = waiting.pop()
        file, name = place
        if place in reached or place in others or file not in sources:
            continue
        reached.add(place)
        waiting += [(file, ""), *sources[file].leads_to(name, sources)]
    return reached


class _Source:
    """One file, read: what each of its top-level definitions spells."""

    def __init__(self, tree: ast.Module, file: str, package: str) -> None:
        self._file, self._package = file, package
        self._bodies: dict[str, list[ast.stmt]] = {}
        self._aliases: dict[str, str] = {}  # local name -> dotted name
        self._own_methods: set[str] = set()
        for statement in _what_runs(tree):
            self._bodies.setdefault(_name(statement), []).append(statement)
            self._learn(statement)
        self._spelled: dict[str, list[tuple[str, int, bool]]] = {}  # read when first asked for

    def _learn(self, statement: ast.stmt) -> None:
        """What names stand for, before any use is judged."""
        for child in ast.walk(statement):
            if isinstance(child, ast.ClassDef):
                self._own_methods |= {n.name for n in child.body if isinstance(n, ast.FunctionDef)}
            if isinstance(child, ast.Import):
                for alias in child.names:
                    root = alias.name.partition(".")[0]
                    self._aliases[alias.asname or root] = alias.name if alias.asname else root
            elif isinstance(child, ast.ImportFrom):
                for alias in child.names:
                    self._aliases[alias.asname or alias.name] = self._imported(child, alias)

    def _imported(self, node: ast.ImportFrom, alias: ast.alias) -> str:
        """The dotted name of what `from x import y` gives."""
        parts = [self._package] if node.level else []
        return ".".join([*parts, *([node.module] if node.module else []), alias.name])

    def uses(
        self, scope: str, rules: set[str], known: set[str] | None, *, imports: bool
    ) -> Iterator[Use]:
        """Of `rules` in one definition; of packages that are not `known`, if that is asked."""
        for name, line, imported in self._names(scope):
            if imported and not imports:
                continue
            if rule := covering(name, rules):
                yield Use(rule, name, self._file, line)
            elif imported and known is not None and name.partition(".")[0] not in known:
                yield Use("", name.partition(".")[0], self._file, line)

    def leads_to(self, scope: str, sources: Mapping[str, _Source]) -> Iterator[Place]:
        """The definitions that this one spells, here and in other files of the submission."""
        for body in self._bodies.get(scope, ()):
            for node in ast.walk(body):
                if isinstance(node, ast.Name) and node.id in self._bodies:
                    yield (self._file, node.id)
        for name, _, imported in self._names(scope):
            for file, definition in self._in_package(name, sources):
                yield file, "" if imported else definition

    def _in_package(self, dotted: str, sources: Mapping[str, _Source]) -> Iterator[Place]:
        """`helper` in model.py for "pack.model.helper" and "model.helper"."""
        parts = dotted.removeprefix(f"{self._package}.").split(".")
        for length in range(len(parts), 0, -1):
            file = "/".join(parts[:length])
            for path in (f"{file}.py", f"{file}/__init__.py"):
                if path in sources:
                    yield path, "".join(parts[length : length + 1])

    def _names(self, scope: str) -> list[tuple[str, int, bool]]:
        """Dotted names and methods (".x") with their line; whether an import spells it."""
        if scope not in self._spelled:
            bodies = self._bodies.get(scope, [])
            self._spelled[scope] = [name for body in bodies for name in self._read(body)]
        return self._spelled[scope]

    def _read(self, body: ast.stmt) -> Iterator[tuple[str, int, bool]]:
        # a stack of our own: an expression nested 10,000 deep is no way to hide
        waiting: list[ast.AST] = [body]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno, True) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((self._imported(node, a), node.lineno, True) for a in node.names)
            elif isinstance(node, ast.Attribute):
                dotted = self._resolve(node)
                if dotted is None:
                    yield from self._method(node)
                    waiting.append(node.value)
                else:
                    yield dotted, node.lineno, False
            elif isinstance(node, ast.Name):
                if node.id in self._aliases:
                    yield self._aliases[node.id], node.lineno, False
            else:
                waiting.extend(ast.iter_child_nodes(node))

    def _method(self, node: ast.Attribute) -> Iterator[tuple[str, int, bool]]:
        own = isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
        if not own and node.attr not in self._own_methods:
            yield f".{node.attr}", node.lineno, False

    def _resolve(self, node: ast.expr) -> str | None:
        """The dotted name of an attribute chain that starts at an imported name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name) and node.id in self._aliases:
            return ".".join([self._aliases[node.id], *reversed(parts)])
        return None


def _what_runs(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of a module without `if __name__ == "__main__":`, which no guest ever runs.

    Unless the module gives itself another name; what is hidden deeper is refused when it runs.
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
