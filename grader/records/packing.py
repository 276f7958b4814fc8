"""Files as a zip of which the same content makes the same bytes, whenever it is packed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping

_DATE = (2020, 1, 1, 0, 0, 0)


def packed(files: Mapping[str, bytes], executable: Collection[str] = ()) -> bytes:
    """A zip of these files, in this order, that everybody may read once it is unpacked."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _DATE)
            mode = 0o755 if name in executable else 0o644
            entry.external_attr = mode << 16  # else `unzip` makes files that nobody may read
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()
