"""The reference's functions in place of the student's, all but the one under test.

A check that fails may fail through a slip that another function has paid for already. It is run
again in a guest of its own, in which every other function is the reference's: in each module of the
submission that holds one, and in the reference's own modules the function under test is the
student's. What the reference knew of that function was taken out before it came here.

Stand-ins run under another file name than the submission, so no forbidden name is found in them.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable, Mapping
from types import CodeType, ModuleType

from grader.boundary.guest.importer import Finder, Source
from grader.boundary.guest.uses import Use


class StandIns(Finder):
    """Finds the submission's modules, and puts the reference's functions into them."""

    def __init__(
        self,
        package: str,
        files: Mapping[str, bytes],
        reference: Mapping[str, bytes],
        functions: Mapping[str, list[str]],
        kept: tuple[str, tuple[str, ...]],
    ) -> None:
        """`functions`: file -> names that stand in; `kept`: file and names under test."""
        super().__init__(package, {**dict.fromkeys(functions, b""), **files})
        self._called: set[str] = set()
        self._reference = _Reference(f"_{package}", dict(reference), self._called.add)
        self._functions, self._kept = functions, kept
        self._unloadable: set[str] = set()  # functions of files that only load without them
        self._imports: set[tuple[str, int]] = set()  # file and line, where all functions stand in

    def install(self) -> None:
        """Make both packages importable."""
        self._reference.install()
        super().install()

    def take_called(self) -> list[str]:
        """The stand-ins that were needed since the last time: called, or for a file to load."""
        called = sorted(self._called | self._unloadable)
        self._called.clear()
        return called

    def concerning(self, uses: list[Use]) -> list[Use]:
        """Without what files import whose functions all stand in: that is a slip of theirs."""
        return [use for use in uses if (use.file, use.line) not in self._imports]

    def source(self, file: str) -> Source:
        """A file of the submission; where functions stand in, they do so before it runs."""
        if file not in self._functions:
            return super().source(file)
        return _WithStandIns(f"{self.name}/{file}", self.files[file], self, file)

    def names(self, file: str) -> list[str]:
        """What stands in in this file."""
        return self._functions[file]

    def put_into(self, module: ModuleType, file: str) -> None:
        """Replace the functions of `module`."""
        reference = importlib.import_module(self._module(file))
        for name in self._functions[file]:
            setattr(module, name, getattr(reference, name))

    def take_kept_from(self, module: ModuleType, file: str) -> None:
        """Give the reference's modules the function under test, if it stands in this file."""
        kept_file, names = self._kept
        if file == kept_file:
            for other in [m for n, m in sys.modules.items() if n.startswith(self._reference.name)]:
                for name in vars(other).keys() & names:
                    setattr(other, name, getattr(module, name, None))

    def note_imports(self, tree: ast.Module, file: str) -> None:
        """Remember where a file imports, before its code runs."""
        if file != self._kept[0]:
            imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
            self._imports |= {(file, node.lineno) for node in imports}

    def may_do_without(self, file: str) -> bool:
        """Whether a file that does not load is a slip of functions that all stand in."""
        if file != self._kept[0]:
            self._unloadable.update(self._functions[file])
        return file != self._kept[0]

    def _module(self, file: str) -> str:
        stem = file.removesuffix(".py").replace("/", ".")
        return f"{self._reference.name}.{stem}"


class _Reference(Finder):
    """The reference's modules, whose functions say that they were called.

    A profile hook would know it, too, but makes torch's calls three times as slow.
    """

    def __init__(self, name: str, files: dict[str, bytes], note: Callable[[str], None]) -> None:
        super().__init__(name, files)
        self._note = note

    def source(self, file: str) -> Source:
        """One of its files."""
        return _Noting(f"{self.name}/{file}", self.files.get(file, b""), self._note)


class _Noting(Source):
    """A file with a line at the head of each function: the name at the top that it belongs to."""

    def __init__(self, path: str, content: bytes, note: Callable[[str], None]) -> None:
        super().__init__(path, content)
        self._note = note

    def get_code(self, fullname: str) -> CodeType:
        tree = ast.parse(self._content)
        _note_calls(tree, "")
        return compile(tree, self.path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__called__"] = self._note
        super().exec_module(module)


_NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _note_calls(node: ast.AST, root: str) -> None:
    for child in ast.iter_child_nodes(node):
        name = root or (child.name if isinstance(child, _NAMED) else "")
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            documented = ast.get_docstring(child) is not None
            child.body[documented:documented] = ast.parse(f"__called__({name!r})").body
        _note_calls(child, name)


class _WithStandIns(Source):
    """The student's file without the functions for which others stand in.

    These are there before the rest of it runs: a class under test may derive from one of them.
    """

    def __init__(self, path: str, content: bytes, stand_ins: StandIns, file: str) -> None:
        super().__init__(path, content)
        self._stand_ins, self._file = stand_ins, file

    def get_code(self, fullname: str) -> CodeType:
        tree = ast.parse(self._content)
        replaced = self._stand_ins.names(self._file)
        tree.body = [n for n in tree.body if getattr(n, "name", "") not in replaced]
        self._stand_ins.note_imports(tree, self._file)
        return compile(tree, self.path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        self._stand_ins.put_into(module, self._file)
        try:
            super().exec_module(module)
        except Exception:
            if not self._stand_ins.may_do_without(self._file):
                raise
        self._stand_ins.put_into(module, self._file)  # whatever it has bound to their names
        self._stand_ins.take_kept_from(module, self._file)
