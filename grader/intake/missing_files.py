"""What a piece of a notebook does about a file that is not there when it is graded.

What opens one and is called as the module is imported costs the module, what is left out a note: so
only what plainly does without the file is taken to do so.
"""

from __future__ import annotations

import ast
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeGuard

READERS = ("open", "input")  # what reads a file, or waits for somebody to type
_METHODS = {"open", "load", "loadtxt", "genfromtxt", "read_csv", "read_text"}  # as `np.load` does
_IN_MEMORY = {"StringIO", "BytesIO"}  # no file
_CAUGHT_BY = {"OSError", "IOError", "EnvironmentError", "FileNotFoundError"}
_CAUGHT_BY |= {"Exception", "BaseException"}
_ASK_FOR_IT = {"exists", "isfile", "is_file"}
DEEP = 4  # how many tries that miss a name may be within each other: more are not looked into
_LEAVE = {"exit", "quit", "_exit"}
_Place = tuple[int, int]  # a line and a column
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = (*_FUNCTIONS, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class _Places:
    """Where what is in a piece of code stands: each name, and what ends the program."""

    def __init__(self, top: ast.AST) -> None:
        self._leaving: list[_Place] = []
        self._stored: dict[str, list[_Place]] = {}
        self._loaded: dict[str, list[_Place]] = {}
        self._looks = 0
        for node in ast.walk(top):
            self._looks += DEEP
            match node:
                case ast.Name(name, ast.Load()):
                    self._loaded.setdefault(name, []).append(_start(node))
                case ast.Name(name) | ast.arg(name):
                    self._stored.setdefault(name, []).append(_start(node))
            if _leaves(node):
                self._leaving.append(_start(node))
        for found in [self._leaving, *self._stored.values(), *self._loaded.values()]:
            found.sort()

    def are_caught(self, node: ast.Try) -> bool:
        """Whether a missing file is caught, nothing is raised for it, and no name is missed."""
        catching = [handler for handler in node.handlers if _catches(handler.type)]
        if not catching or any(_is_in(handler, self._leaving) for handler in catching):
            return False
        going_on = [h for h in catching if not isinstance(h.body[-1], ast.Return | ast.Continue)]
        return self.is_whole(node.body, _end((node.orelse or node.handlers)[-1]), going_on)

    def is_whole(
        self, body: list[ast.stmt], end: _Place, handlers: list[ast.ExceptHandler] | None = None
    ) -> bool:
        """Whether what comes after `end` has its names, be `body` run or one of the handlers."""
        parts = [n for part in body for n in ast.walk(part)] if self._looks > 0 else []
        self._looks -= len(parts)
        names = {part.id for part in parts if isinstance(part, ast.Name)}
        for name in names & self._stored.keys() & self._loaded.keys():
            stored, loaded = self._stored[name], self._loaded[name]
            if stored[0] < _start(body[0]) or loaded[-1] < end:
                continue
            if handlers is None or not all(_is_in(handler, stored) for handler in handlers):
                return False
        return bool(parts)


def not_caught(top: ast.AST, owners: Sequence[str] = ()) -> set[str]:
    """The names in it that are no function's own, but for what a missing file does not stop.

    `owners` are the class that it is a method of, and what that is made of: what it finds in itself
    stands there as `Table.rows`. What reads a file as a method of others stands there as `open`.
    """
    found, places, in_memory = set[str](), _Places(top), set[int]()
    own = Counter[str]()  # in how many of the functions that a node is in a name is their own
    pending: list[ast.AST | Counter[str]] = [top]
    while pending:
        node = pending.pop()
        if isinstance(node, Counter):  # the function is over
            own.subtract(node)
            continue
        match node:
            case ast.Name(name, ast.Load()) if not own[name]:
                found.add(name)
            case ast.Attribute(value, name) if _is_itself(value, owners):
                found.update(f"{owner}.{name}" for owner in owners)
            case ast.Attribute() if id(node) in in_memory:
                pass
            case ast.Call(ast.Attribute() as method, [ast.Call(made), *_]):
                in_memory |= {id(method)} if _IN_MEMORY & _names(made) else set()
            case ast.Attribute(_, name) if name in _METHODS:
                found.add("open")
            case ast.Attribute(ast.Name(value), name) if not own[value]:
                found.add(f"{value}.{name}")
        fields = dict(ast.iter_fields(node))
        if isinstance(node, _SCOPES):
            own.update(names := _own_names(node))
            pending += [
                *fields.pop("decorator_list", []),
                *filter(None, [fields.pop("args", None)]),
            ]
            pending.append(names)
        cared_for = _cared_for(node, places)
        for value in fields.values():
            if value is not cared_for:
                pending += _without_what_is_guarded(value if isinstance(value, list) else [value])
    return found


def _own_names(scope: ast.AST) -> Counter[str]:
    """The parameters of a function, and what it stores, each once."""
    found, others = set[str](), set[str]()
    pending = [*ast.iter_child_nodes(scope)]
    while pending:
        node = pending.pop()
        match node:
            case ast.Name(name, ast.Store()) | ast.arg(name):
                found.add(name)
            case ast.Global(names):
                others.update(names)
        if not isinstance(node, (*_SCOPES, ast.ClassDef)):
            pending += ast.iter_child_nodes(node)
    return Counter(found - others)


def _is_itself(node: ast.expr, owners: Sequence[str]) -> bool:
    """Whether it is the object or the class of a method, or what either is made of."""
    match node:
        case ast.Name(name):
            return name in {"self", "cls", *owners[:1]}
        case ast.Call(ast.Name("super" | "type")):
            return True
    return False


def _cared_for(node: ast.AST, places: _Places) -> list[ast.stmt] | ast.expr | None:
    """The part of it that is only run with the file, or tried."""
    match node:
        case ast.Try() if places.are_caught(node):
            return node.body
        case ast.With([ast.withitem(ast.Call(suppress, errors)), *_]):
            is_caught = "suppress" in _names(suppress) and any(map(_catches, errors))
            return node.body if is_caught and places.is_whole(node.body, _end(node)) else None
        case ast.If(test) | ast.IfExp(test) if _asks(test, there=True):
            return node.body
        case ast.If(test) | ast.IfExp(test) if _asks(test, there=False):
            return node.orelse
    return None


def _without_what_is_guarded(block: Iterable[object]) -> Iterator[ast.AST]:
    """What is run before `if not os.path.exists(path): return`, and with it."""
    for node in block:
        if isinstance(node, ast.AST):
            yield node
        match node:
            case ast.If(test, [*_, ast.Return() | ast.Continue()]) if _asks(test, there=False):
                return


def _asks(test: ast.expr, *, there: bool) -> bool:
    """Whether a test only holds where the file is there, or is not."""
    test, there = _without_not(test, there)
    parts = [test]
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And if there else ast.Or):
        parts = test.values
    stripped = (_without_not(part, there) for part in parts)
    return any(is_there and _is_question(part) for part, is_there in stripped)


def _is_question(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and not _ASK_FOR_IT.isdisjoint(_names(node.func))


def _without_not(test: ast.expr, there: bool) -> tuple[ast.expr, bool]:
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, there = test.operand, not there
    return test, there


def _catches(error: ast.expr | None) -> bool:
    errors = error.elts if isinstance(error, ast.Tuple) else [error]
    return any(e is None or not _CAUGHT_BY.isdisjoint(_names(e)) for e in errors)


def _leaves(node: ast.AST) -> TypeGuard[ast.Raise | ast.Call]:
    match node:
        case ast.Raise():
            return True
        case ast.Call(function):
            return not _LEAVE.isdisjoint(_names(function))
    return False


def _is_in(node: ast.ExceptHandler, places: list[_Place]) -> bool:
    """Whether one of the places is in it."""
    return bisect(places, _start(node)) < bisect(places, _end(node))


def _start(node: ast.stmt | ast.expr | ast.arg | ast.ExceptHandler) -> _Place:
    return node.lineno, node.col_offset


def _end(node: ast.stmt | ast.ExceptHandler) -> _Place:
    return node.end_lineno or 0, node.end_col_offset or 0


def _names(node: ast.AST) -> set[str]:
    """The last name of `a.b.c`, if it is one."""
    match node:
        case ast.Name(name) | ast.Attribute(_, name):
            return {name}
    return set()
