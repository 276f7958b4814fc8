"""What torch says where the weights of a check do not fit the student's module, in our words.

Checks give weights by `load_state_dict`, which a student's code never called.
"""

from __future__ import annotations

import re

from grader.records.record import Message

_REFUSED = re.compile(r"Error\(s\) in loading state_dict for (\w+):\n")
_UNKNOWN = re.compile(r"Unexpected key\(s\) in state_dict: (.*)\. ?$", re.MULTILINE)
_MISSING = re.compile(r"Missing key\(s\) in state_dict: (.*)\. ?$", re.MULTILINE)
_SHAPE = re.compile(
    r"size mismatch for (\S+): .* torch\.Size\(\[(.*?)\]\) .* torch\.Size\(\[(.*?)\]\)\.?$",
    re.MULTILINE,
)


def misfit(text: str) -> Message | None:
    """What is wrong with the module's parameters; None for any other error."""
    if not (refused := _REFUSED.match(text)):
        return None
    fields = {"module": refused[1]}
    if found := _UNKNOWN.search(text):
        return Message("weights_unknown", {**fields, "names": found[1].replace('"', "")})
    if found := _SHAPE.search(text):
        shapes = {"want": f"({found[2]})", "got": f"({found[3]})"}
        return Message("weights_shape", {**fields, "name": found[1], **shapes})
    if found := _MISSING.search(text):
        return Message("weights_missing", {**fields, "names": found[1].replace('"', "")})
    return None
