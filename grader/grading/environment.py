"""What a grade may depend on beside the assignment and the submission."""

from __future__ import annotations

import platform
import sys
from functools import cache
from importlib import metadata

from grader import __version__


@cache
def environment() -> dict[str, str]:
    """Versions and the system, as a record names them."""
    versions = {name: metadata.version(name) for name in ("numpy", "torch", "pytest")}
    return {
        "grader": __version__,
        "python": platform.python_version(),
        "system": f"{sys.platform} {platform.machine()}",
        **versions,
    }


@cache
def versions_of(packages: frozenset[str]) -> dict[str, list[str]]:
    """Of what is imported by these names: "name version" of all that install it.

    Nothing where none does: the standard library comes with Python.
    """
    owners = metadata.packages_distributions() if packages else {}  # a quarter of a second
    return {
        package: sorted(f"{name} {metadata.version(name)}" for name in owners.get(package, ()))
        for package in packages
    }
