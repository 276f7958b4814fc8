"""Text of students on its way into a page, a spreadsheet or an XML file.

HTML itself is escaped by jinja2's autoescape; this is about what escaping leaves alone.
"""

from __future__ import annotations

import re

# Controls but tab and line feed; characters that reorder or hide text (bidirectional controls,
# zero-width and tag characters, Hangul fillers); halves of surrogate pairs.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Excel takes the full-width signs of an East Asian keyboard for the narrow ones, and passes over
# blanks and unseen characters on the way to them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def visible(text: str) -> str:
    """The text with its unseen characters named: a right-to-left override becomes ⟨U+202E⟩."""
    return _UNSEEN.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text.replace("\r\n", "\n"))


def cell(value: str | float | None) -> str | float:
    """A CSV cell. A text that a spreadsheet would run as a formula gets an apostrophe in front.

    Source: OWASP, "CSV Injection". Unseen characters are named, as on a page. Numbers stay numbers;
    None is an empty cell.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        bare = _UNSEEN.sub("", value).lstrip(" \u00a0\u3000\n")
        if value.startswith(_FORMULA) or bare.startswith(_FORMULA):
            return f"'{visible(value)}"
        return visible(value)
    return value


def log(text: str) -> str:
    """Lines for a log in which a CI service looks for commands of its own.

    GitHub takes `::error::` wherever a line begins, blanks or not, and `##[error]` anywhere in it;
    Azure takes `##vso[`. (actions/runner, src/Runner.Common/ActionCommand.cs.)
    """
    return re.sub(r"(?m)^(\s*):(?=:)", r"\1: ", text).replace("##", "# #")


def log_json(text: str) -> str:
    """The same JSON, for such a log: there it may not be changed, only written otherwise."""
    return text.replace("##", "#\\u0023")


def xml(text: str) -> str:
    """The text without characters that XML 1.0 (section 2.2, `Char`) does not allow.

    Characters that reorder or hide text are named: a CI server shows it to people.
    """
    return visible(_NOT_XML.sub("", text))
