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
from collections.abc import Mapping
from inspect import CO_OPTIMIZED
from types import CodeType, FrameType, ModuleType
from typing import Any

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
        self._reference = Finder(f"_{package}", dict(reference))
        self._functions, self._kept = functions, kept
        self._called: set[str] = set()
        self._unloadable: set[str] = set()  # functions of files that only load without them
        self._imports: set[tuple[str, int]] = set()  # file and line, where all functions stand in

    def install(self) -> None:
        """Make both packages importable, and note from now on which stand-ins are called."""
        self._reference.install()
        super().install()
        sys.setprofile(self._note)

    def take_called(self) -> list[str]:
        """The stand-ins that were needed since the last time: called, or for a file to load."""
        called, self._called = sorted(self._called | self._unloadable), set()
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

    def _note(self, frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        # the body of a class runs as its module is imported: no call of it
        called = event == "call" and code.co_flags & CO_OPTIMIZED
        if called and code.co_filename.startswith(f"{self._reference.name}/"):
            self._called.add(code.co_qualname.partition(".")[0])


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
