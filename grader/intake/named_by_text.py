"""Names in texts: `globals()["clean_" + lang]` looks up what no code of the notebook names.

Only a text counts that stands where names are looked up, or is given to a name that stands there:
any word of a message would name something.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

BY_TEXT = ("globals", "eval", "exec")  # what looks names up, also in a function
_MOST = 40  # characters of a name that a part may give
_LEAST = 3  # a shorter text is hardly meant as a part, but for `a_`
_HOLE = re.compile(r"%(?:\(\w*\))?\w|\{[^{}]*\}")  # `%s`, `{}`


def looked_up(top: ast.AST) -> tuple[set[str], set[str]]:
    """The texts by which it looks names up, and the names in its look-ups."""
    pending, given = list[ast.AST](), dict[str, list[ast.AST]]()
    for node in ast.walk(top):
        pending += [node] if _looks_up(node) else []
        for target, value in _assigned(node):
            for part in ast.walk(target):
                name = getattr(part, "id", getattr(part, "arg", ""))
                given.setdefault(name, []).append(value)
    texts, names, done = set[str](), set[str](), set[ast.AST]()
    while pending:
        if (node := pending.pop()) not in done:
            done.add(node)
            pending += ast.iter_child_nodes(node)
            match node:
                case ast.Constant(str(text)):
                    texts.add(text)
                case ast.Name(name):
                    names.add(name)
                    pending += given.pop(name, ())
    return texts, names


def texts_in(top: ast.AST) -> set[str]:
    """All texts in it."""
    parts = (part.value for part in ast.walk(top) if isinstance(part, ast.Constant))
    return {part for part in parts if isinstance(part, str)}


def _assigned(node: ast.AST) -> Iterable[tuple[ast.AST, ast.AST]]:
    """What it gives a value to, with the value, or with what it goes through for one."""
    match node:
        case ast.Assign(targets, value):
            return ((target, value) for target in targets)
        case (
            ast.For(target, value) | ast.comprehension(target, value) | ast.NamedExpr(target, value)
        ):
            return [(target, value)]
        case ast.arguments(args=args, defaults=defaults):
            return zip(args[::-1], defaults[::-1], strict=False)
    return []


def _looks_up(node: ast.AST) -> bool:
    """Whether it is `eval(x)`, `globals()[x]`, or goes through all names; not `x in globals()`."""
    match node:
        case ast.Call(ast.Name("eval" | "exec")):
            return True
        case ast.Subscript(names, _, ast.Load()) | ast.Call(ast.Attribute(names)):
            return _are_all(names)
        case ast.For(iter=names) | ast.comprehension(iter=names):
            return _are_all(names)
    return False


def _are_all(names: ast.expr, deep: int = 3) -> bool:
    """Whether it is `globals()`, perhaps as `list(globals().items())`."""
    match names:
        case ast.Call(ast.Name("globals")):
            return True
        case ast.Call(ast.Attribute(inner)) | ast.Call(_, [inner, *_]):
            return deep > 0 and _are_all(inner, deep - 1)
    return False


class NamedByText:
    """The names in some texts, and the parts of names that stand there beside a hole or an end.

    A text ends where `f"a_{b}"` computes a part.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._whole, self._first, self._last = set[str](), set[str](), set[str]()
        for piece in (piece for text in texts for piece in _HOLE.split(text)):
            for found in re.finditer(r"\w+", piece):
                word = found[0]
                self._whole.add(word)
                if word.strip("_") and (len(word) >= _LEAST or "_" in word):
                    self._first.update([word] if found.end() == len(piece) else [])
                    self._last.update([word] if found.start() == 0 else [])

    def may_be(self, name: str) -> bool:
        """Whether a text names it, or a part of it."""
        lengths = range(2, min(len(name), _MOST) + 1)
        is_part = (name[:n] in self._first or name[-n:] in self._last for n in lengths)
        return name in self._whole or any(is_part)
