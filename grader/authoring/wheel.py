"""The self-check as a wheel, made of the grader that is running: no network, no build tool.

It holds the package and nothing else. The assignments that come with the grader, with their
solutions and hidden checks, are installed beside the package and not in it (`shared-data` in
pyproject.toml), so they cannot come along.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Collection
from hashlib import sha256
from importlib import metadata
from pathlib import Path

import grader
from grader.errors import PlatformError

# What a build backend wrote. The rest of a .dist-info tells how this machine was installed.
_METADATA = ("METADATA", "WHEEL", "entry_points.txt")
# A zip with the same content is the same file, whenever it is made.
_DATE = (2020, 1, 1, 0, 0, 0)


def name() -> str:
    """Its file name. Raises `PlatformError` where the grader was never installed."""
    return f"grader-{_distribution().version}-py3-none-any.whl"


def build() -> bytes:
    """Its content. Raises as `name` does."""
    distribution = _distribution()
    info = f"grader-{distribution.version}.dist-info"
    content = {**_package(), **_metadata(distribution, info)}
    content[f"{info}/RECORD"] = _record(content, f"{info}/RECORD")
    return archive(content)


def archive(content: dict[str, bytes], executable: Collection[str] = ()) -> bytes:
    """A zip of these files, in this order, that everybody may read once it is unpacked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in content.items():
            entry = zipfile.ZipInfo(name, _DATE)
            mode = 0o755 if name in executable else 0o644
            entry.external_attr = mode << 16  # else `unzip` makes files that nobody may read
            file.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


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
