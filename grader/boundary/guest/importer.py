"""The submission as an importable package that lives in memory, not on the disk.

The files arrive by value, so a guest needs no path to any submission. The finder stands at the
end of `sys.meta_path`: a file named `random.py` cannot shadow the standard library.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from types import CodeType, ModuleType


class Finder(MetaPathFinder):
    """Finds `hw1_classification`, its modules, and (as a script would) its modules by bare name."""

    def __init__(self, name: str, files: dict[str, bytes]) -> None:
        self.name = name
        self.files = files

    def install(self) -> None:
        """Make the package importable."""
        sys.meta_path.append(self)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        """Called by `import`."""
        root, _, rest = fullname.partition(".")
        stem = rest.replace(".", "/") if root == self.name else fullname.replace(".", "/")
        if root == self.name and not rest:
            return self._spec(fullname, "__init__.py", is_package=True)
        if f"{stem}.py" in self.files:
            return self._spec(fullname, f"{stem}.py", is_package=False)
        if any(file.startswith(f"{stem}/") for file in self.files):
            return self._spec(fullname, f"{stem}/__init__.py", is_package=True)
        return None

    def source(self, file: str) -> Source:
        """What loads one file."""
        return Source(f"{self.name}/{file}", self.files.get(file, b""))

    def _spec(
        self, fullname: str, file: str, *, is_package: bool
    ) -> importlib.machinery.ModuleSpec:
        loader = self.source(file)
        spec = importlib.util.spec_from_loader(fullname, loader, is_package=is_package)
        assert spec is not None  # a loader was given
        spec.origin = loader.path
        spec.has_location = True
        return spec


class Source(InspectLoader):
    """One file. `get_source` is what tracebacks and `inspect.getsource` read."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self._content = content

    def get_source(self, fullname: str) -> str:
        """For tracebacks and `inspect`, as good as it can be read: a traceback may not fail."""
        try:
            return importlib.util.decode_source(self._content)
        except (SyntaxError, ValueError, LookupError):  # cp949, UTF-16, a coding nobody knows
            return self._content.decode("utf-8", "replace")

    def get_code(self, fullname: str) -> CodeType:
        """For `import`."""
        return compile(self._content, self.path, "exec", dont_inherit=True)

    def is_package(self, fullname: str) -> bool:
        """Whether the file is a package's `__init__`."""
        return self.path.endswith("/__init__.py")
