"""Which files of a package can be met by what begins in some of them: told by reading.

Every word of an import, wherever it stands, may be a module of the package: by its full name,
relative, or bare. What imports by a name that it makes up (`importlib`, `exec`) may meet them all.
So a file too many may be among the answers, and of ordinary code none too few. Who hides an import
from a reader is given less: safe is not this answer, but that a guest gets no other file.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping

_ALL = "*"
# These may import whatever there is.
_MODULES = {"importlib", "imp", "runpy", "pkgutil", "builtins", "timeit", "doctest", "unittest"}
_MODULES |= {"pydoc", "code", "cProfile", "profile", "pickle", "marshal"}
_BUILTINS = {"__import__", "__builtins__", "exec", "eval"}


class Reach:
    """What the files of a package import: `trees` are those that are Python, `files` are all."""

    def __init__(
        self, package: str, trees: Mapping[str, ast.Module], files: Collection[str]
    ) -> None:
        self._files = {name: module_of(name) for name in files}
        self._words = dict.fromkeys(self._files.values(), frozenset[str]())
        for name, tree in trees.items():
            self._words[module_of(name)] = self._words.get(module_of(name), frozenset()).union(
                _words(tree, package)
            )

    def of(self, start: Iterable[str]) -> frozenset[str]:
        """The files that can be met from these, which are among them, and so is `__init__.py`."""
        found, todo = set[str](), {"__init__", *map(module_of, start)}
        while todo:
            found |= todo
            words = frozenset[str]().union(*(self._words.get(module, ()) for module in todo))
            todo = set(self._words if _ALL in words else words & self._words.keys()) - found
        return frozenset(name for name, module in self._files.items() if module in found)


def module_of(file: str) -> str:
    """What stands below the package: `tools` of `tools.py` and of `tools/shapes.py`."""
    return file.partition("/")[0].removesuffix(".py")


def _words(tree: ast.Module, package: str) -> Iterator[str]:
    """Every word of the import statements; `_ALL` where something may import anything."""
    for node in ast.walk(tree):
        words: list[str] = []
        if isinstance(node, ast.Name):
            words = [_ALL] if node.id in _BUILTINS else []
        elif isinstance(node, ast.Import):
            words = [word for alias in node.names for word in alias.name.split(".")]
        elif isinstance(node, ast.ImportFrom):
            module = (node.module or package).split(".")
            names = [alias.name for alias in node.names]
            # the star of a package imports whatever its `__all__` says
            words = [*module, *(n for n in names if n != _ALL or module[-1] == package)]
        yield from words
        if not _MODULES.isdisjoint(words):
            yield _ALL
