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
