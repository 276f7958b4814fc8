"""Universal answers: packages in which every function does the same, whatever it is asked.

Who hands one in has solved nothing, so none may earn a point in any function: where one does, a
core check holds for what is no answer to its question. They are the template with every stub
filled in alike, so every assignment has them.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

# Name -> what every function does. `given` holds its arguments by name, `first` is the first of
# them, `array` the first that has a shape.
ANSWERS = {
    "raises_value_error": "raise ValueError(' '.join(given))",
    "first_argument": "return first",
    "last_argument": "return [None, *given.values()][-1]",
    "first_argument_as_a_list": "return list(first)",
    "empty_like_the_first": "return type(first)()",
    "all_arguments": "return tuple(given.values())",
    "none": "return None",
    "zero": "return 0",
    "true": "return True",
    "nan": "return float('nan')",
    "empty_list": "return []",
    "zeros": "return array * 0",
    "zeros_for_each": "return tuple(x * 0 for x in given.values() if hasattr(x, 'shape'))",
    "ones": "return array * 0 + 1",
    "random": "return _drawn(array)",
}

_HEAD = """
def _answer(given):
    first = next(iter(given.values()), None)
    array = next((x for x in given.values() if hasattr(x, "shape")), first)
    {answer}

def _drawn(array):
    if "torch" in str(type(array)):
        import torch
        return torch.rand(array.shape).to(array.dtype)
    import numpy
    return numpy.random.rand(*array.shape).astype(array.dtype)
"""

# A constructor takes what its signature says; every attribute that is asked for is an answer.
_ATTRIBUTES = """
_given = {}
def __getattr__(self, name):
    if name.startswith("_"):
        raise AttributeError(name)
    return _answer(self._given)
"""


def universal(template: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Name of an answer -> the package in which each stub of `template` gives it."""
    return {
        name: {file: _filled(source, answer) for file, source in template.items()}
        for name, answer in ANSWERS.items()
    }


def _filled(source: bytes, answer: str) -> bytes:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_stub(node):
            node.body = _filling(node)
        elif isinstance(node, ast.ClassDef) and any(map(_is_stub, node.body)):
            node.body += ast.parse(_ATTRIBUTES).body
    tree.body += ast.parse(_HEAD.format(answer=answer)).body
    return ast.unparse(tree).encode()


def _is_stub(node: ast.stmt) -> bool:
    """Whether a student has something to write here; what is given beside it does not count."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
        isinstance(line, ast.Raise) and "NotImplementedError" in ast.unparse(line)
        for line in node.body
    )


def _filling(stub: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
    arguments = stub.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    given = ", ".join(f"{name!r}: {name}" for name in names if name != "self")
    if stub.name != "__init__":
        return ast.parse(f"return _answer({{{given}}})").body
    base = [line for line in stub.body if ast.unparse(line).startswith("super().")]
    return [*base, *ast.parse(f"self._given = {{{given}}}").body]
