"""Names of students: as they are shown, and as names of files."""

from __future__ import annotations

import hashlib
import re
import unicodedata

# "kim (1)" of a browser; "kim - Copy (2)", "kim copy 2" of Windows and macOS, in Korean too. Blanks
# are looked at once: as many tries as there are blanks would take hours where somebody has 65 000.
_COPY = re.compile(
    r"(?<!\s)(?:\s*\(\d+\)|\s+(?:- )?(?:copy|복사본)(?: \d+| \(\d+\))?)$", re.IGNORECASE
)


def student_name(name: str) -> str:
    """A student's name: NFC, so that macOS and Linux agree; nothing that cannot be shown."""
    text = unicodedata.normalize("NFC", name)
    text = text.strip() or _percent(text)
    return "".join(c if c.isprintable() else _percent(c) for c in text)


def without_copy(name: str) -> str:
    """The name of which a browser or a system made a copy's."""
    return _COPY.sub("", name)


def record_name(student: str) -> str:
    """The stem of the file for a student's record: safe, never empty, at most 150 bytes.

    Different students have different names, also where case does not count: what does not fit a
    file name, or would differ from another by case alone, ends in "~" and a hash.
    """
    name = unicodedata.normalize("NFC", student)
    stem = "".join(c if _is_plain(c) else _percent(c) for c in name)
    if stem.startswith("."):
        stem = _percent(".") + stem[1:]
    if stem and stem == name == name.casefold() and len(stem.encode()) <= 150:
        return stem
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{stem.encode()[:130].decode(errors='ignore')}~{digest}"


def _is_plain(character: str) -> bool:
    """Letters, marks and digits of any script, and what ids are joined with."""
    return unicodedata.category(character)[0] in "LMN" or character in "-_.@+ "


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))
