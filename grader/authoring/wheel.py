"""The self-check as a wheel, made of the grader that is running: no network, no build tool.

It holds the package and nothing else. The assignments that come with the grader, with their
solutions and hidden checks, are installed beside the package and not in it (`shared-data` in
pyproject.toml), so they cannot come along.
"""

from __future__ import annotations

import base64
from hashlib import sha256
from importlib import metadata
from pathlib import Path

import grader
from grader.errors import PlatformError
from grader.records.packing import packed

# What a build backend wrote. The rest of a .dist-info tells how this machine was installed.
_METADATA = ("METADATA", "WHEEL", "entry_points.txt")


def name() -> str:
    """Its file name. Raises `PlatformError` where the grader was never installed."""
    return f"grader-{_distribution().version}-py3-none-any.whl"


def build() -> bytes:
    """Its content. Raises as `name` does."""
    distribution = _distribution()
    info = f"grader-{distribution.version}.dist-info"
    content = {**_package(), **_metadata(distribution, info)}
    content[f"{info}/RECORD"] = _record(content, f"{info}/RECORD")
    return packed(content)


def _distribution() -> metadata.Distribution:
    try:
        return metadata.distribution("grader")
    except metadata.PackageNotFoundError:
        raise PlatformError("error.not_installed") from None


def _package() -> dict[str, bytes]:
    """The files that are imported, wherever they lie: in site-packages or in a checkout."""
    folder = Path(grader.__file__).parent
    return {
        f"grader/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def _metadata(distribution: metadata.Distribution, info: str) -> dict[str, bytes]:
    found = {}
    for path in sorted(distribution.files or []):
        folder, _, name = path.as_posix().partition(".dist-info/")
        if folder.startswith("grader-") and (name in _METADATA or name.startswith("licenses/")):
            found[f"{info}/{name}"] = path.read_binary()
    return found


def _record(content: dict[str, bytes], own: str) -> bytes:
    """Each file with its digest and size; nothing is said of the record itself."""
    lines = []
    for name, data in content.items():
        digest = base64.urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(data)}\n")
    return "".join([*lines, f"{own},,\n"]).encode()
