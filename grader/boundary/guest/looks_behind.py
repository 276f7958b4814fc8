"""Whether a submission's source could look behind a call, at the code and names of what it calls.

Beside stand-ins runs the reference. Ordinary homework calls a function and takes its result; what
can see more spells one of the words below. Such code is graded like any other, but it is not
followed through.

This is a door that is shut, not a wall: whoever gets round every one of these words finds the
reference's other functions, but never that of the function under test.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

# By these names alone; `re.compile` and `model.eval` are something else.
_BUILTINS = {"getattr", "globals", "vars", "eval", "exec", "compile", "__import__", "help"}
# Imported, or found in another module.
_MODULES = {
    *("gc", "inspect", "importlib", "ctypes", "builtins", "traceback", "linecache", "marshal"),
    *("pickle", "pkgutil", "runpy", "pydoc", "doctest", "unittest", "tracemalloc", "timeit"),
    *("attrgetter", "methodcaller", "get_type_hints", "ForwardRef", "Formatter"),
}
# What belongs to functions, classes, frames and modules.
_ATTRIBUTES = {
    *("__globals__", "__code__", "__closure__", "__builtins__", "__loader__", "__spec__"),
    *("__module__", "__subclasses__", "__base__", "__bases__", "__mro__", "__dict__"),
    *("__getattribute__", "__func__", "__self__", "__wrapped__", "__traceback__", "__path__"),
    *("__reduce__", "__reduce_ex__", "__defaults__", "__kwdefaults__"),
    *("f_globals", "f_locals", "f_back", "f_code", "f_builtins", "tb_frame", "gi_frame"),
    *("gi_code", "cr_frame", "cr_code", "ag_frame", "ag_code"),
}
# Of `sys` most is harmless, and elsewhere these words mean other things.
_SYS = {"sys", "_sys"}
_OF_SYS = {
    *("modules", "_getframe", "_current_frames", "setprofile", "settrace", "getprofile"),
    *("gettrace", "exc_info", "exception", "meta_path", "path_hooks", "path_importer_cache"),
    *("addaudithook", "excepthook", "unraisablehook", "monitoring", "last_value", "last_exc"),
}


def looks_behind(source: bytes, package: str) -> bool:
    """Whether a word of `source` could see more than results.

    Raises `SyntaxError` or `ValueError` for what is no Python source.
    """
    tree = ast.parse(source)
    words = [(word, node) for node in ast.walk(tree) for word in _words(node)]
    wanted = _MODULES | _ATTRIBUTES | {f"_{package}"}  # the name of the reference
    if any(word in _SYS for word, _ in words):
        wanted |= _OF_SYS
    return any(map(_is_computed_format, ast.walk(tree))) or any(
        word in wanted or (word in _BUILTINS and isinstance(node, ast.Name)) for word, node in words
    )


def _is_computed_format(node: ast.AST) -> TypeGuard[ast.Attribute]:
    """A format that is no plain string may name any attribute: "{0.__glo" + "bals__}"."""
    if not isinstance(node, ast.Attribute) or isinstance(node.value, ast.Constant):
        return False
    return node.attr in {"format", "format_map"}


def _words(node: ast.AST) -> Iterator[str]:
    """The names that a node spells, and those in a string that something could look up."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield from (word for word in _ATTRIBUTES if word in node.value)
        return
    for _, value in ast.iter_fields(node):
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                yield from item.split(".")
