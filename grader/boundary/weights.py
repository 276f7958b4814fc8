"""What torch says where the weights of a check do not fit the student's module, in our words.

Checks give weights by `load_state_dict`, which a student's code never called.
"""

from __future__ import annotations

import re

from grader.records.record import Message

_REFUSED = re.compile(r"Error\(s\) in loading state_dict for (\w+):\n")
_UNKNOWN = re.compile(r"Unexpected key\(s\) in state_dict: (.*)\. ?$", re.MULTILINE)
_MISSING = re.compile(r"Missing key\(s\) in state_dict: (.*)\. ?$", re.MULTILINE)
_SIZE = r"torch\.Size\(\[([\d, ]*)\]\)"
_SHAPE = re.compile(
    rf"^[ \t]*size mismatch for ([^\s:]+): copying a param with shape {_SIZE} from checkpoint, "
    rf"the shape in current model is {_SIZE}\.?$",
    re.MULTILINE,
)
MAX_TEXT = 4000  # characters; what a guest sends is a student's to choose


def misfit(text: str) -> Message | None:
    """What is wrong with the module's parameters; None for any other error."""
    text = text[:MAX_TEXT]
    if not (refused := _REFUSED.match(text)):
        return None
    fields = {"module": refused[1]}
    if found := _UNKNOWN.search(text):
        return Message("weights_unknown", {**fields, "names": found[1].replace('"', "")})
    if found := _SHAPE.search(text):
        shapes = {"want": _shape(found[2]), "got": _shape(found[3])}
        return Message("weights_shape", {**fields, "name": found[1], **shapes})
    if found := _MISSING.search(text):
        return Message("weights_missing", {**fields, "names": found[1].replace('"', "")})
    return None


def _shape(numbers: str) -> str:
    """As Python writes a tuple: "(3,)"."""
    return f"({numbers},)" if numbers and "," not in numbers else f"({numbers})"
