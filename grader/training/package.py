"""The package that is trained: the reference, or a folder with somebody's own work.

Its code runs here, in this process and with the rights of whoever trains: unlike `grader check` and
`grader grade`, this is for your own code and for code that you trust.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.course.folder import Course
from grader.errors import GraderError, UsageError
from grader.selfcheck.target import templates

REFERENCE = "reference"
NAMES = {
    "hw1": "hw1_classification",
    "hw2": "hw2_word2vec",
    "hw3": "hw3_language_model",
    "hw4": "hw4_hmm_tagger",
    "hw5": "hw5_seq2seq",
}


class PackageFailed(GraderError):
    """The package's own code raised."""

    exit_code = 1


class Package:
    """The modules of a folder as attributes: `package.model.train`."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name, self.folder = name, folder.resolve()
        for loaded in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
            del sys.modules[loaded]  # of another folder
        path = self.folder / "__init__.py"
        spec = importlib.util.spec_from_file_location(
            name, path, submodule_search_locations=[str(self.folder)]
        )
        if not path.is_file() or spec is None or spec.loader is None:
            raise UsageError("error.train_no_package", folder=folder, name=name)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        with self.blamed():
            spec.loader.exec_module(module)

    def __getattr__(self, module: str) -> Any:
        if module.startswith("__"):
            raise AttributeError(module)
        if not self.has(module):
            raise UsageError("error.train_no_module", folder=self.folder, file=f"{module}.py")
        return self._import(module)

    def has(self, module: str) -> bool:
        """Whether the folder holds a module; the reference has some that make it fast."""
        return (self.folder / f"{module}.py").is_file()

    def _import(self, module: str) -> ModuleType:
        with self.blamed():
            return importlib.import_module(f"{self._name}.{module}")

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Says what the package's code raised, and at which of its lines.

        Raises `PackageFailed`; what was raised elsewhere goes on as it is.
        """
        try:
            yield
        except GraderError:
            raise
        except NotImplementedError as error:
            where = self._where(error)
            if where is None:
                raise
            raise UsageError("error.train_not_written", **where) from None
        except Exception as error:
            where = self._where(error)
            if where is None:
                self._refuse_lacking(error)
                raise
            said = f"{type(error).__name__}: {error}"
            raise PackageFailed("error.train_raised", **where, said=said) from error

    def _refuse_lacking(self, error: Exception) -> None:
        """Raises `UsageError` where it is the package that has no such name: a bonus left out."""
        if not isinstance(error, AttributeError) or not isinstance(error.obj, ModuleType):
            return
        package, _, module = error.obj.__name__.rpartition(".")
        if package == self._name:
            file = f"{module}.py"
            raise UsageError("error.train_no_name", file=file, name=error.name) from None

    def _where(self, error: BaseException) -> dict[str, object] | None:
        """The innermost line of the package that the error went through."""
        if isinstance(error, SyntaxError) and error.filename:
            path = Path(error.filename)
            return {"file": path.name, "line": error.lineno or 0, "function": path.stem}
        for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
            path = Path(frame.f_code.co_filename)
            if path.is_relative_to(self.folder):
                function = frame.f_code.co_qualname.rpartition("<locals>.")[2]
                return {"file": path.name, "line": line, "function": function}
        return None


def find(assignment: str, wanted: str | None, course: Path | None) -> Path:
    """The folder of the package: `wanted`, or the student's own around here, or the reference.

    Raises `UsageError`.
    """
    if wanted and wanted != REFERENCE:
        if not Path(wanted).is_dir():
            raise UsageError("error.no_folder", folder=wanted)
        return Path(wanted)
    if wanted is None:
        for template in templates(Path.cwd()):
            if template.id == assignment:
                return template.folder
    try:
        around = Course.find((course or Path.cwd()).resolve())
    except UsageError:
        if wanted or course:
            raise
        command = f"grader train {assignment} --package FOLDER"
        raise UsageError(
            "error.not_here", name=assignment, folder=Path.cwd(), command=command
        ) from None
    return around.load(assignment).reference_folder()


def load(assignment: str, wanted: str | None, course: Path | None) -> Package:
    """Import the package of `find`. Raises `UsageError`, or `PackageFailed` where it cannot be."""
    return Package(NAMES[assignment], find(assignment, wanted, course))
