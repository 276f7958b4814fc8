"""The attacks, read from `corpus/<family>/<name>.py` and from `packaging.py`.

A file of the corpus is one file of a submission. Its head says in TOML, in the form of PEP 723,
what it is and what must come of it:

    # /// attack
    # title = "`torch.allclose` replaced"    what it does
    # earns = 16.5                           points of 32; 16.5 is what honest files earn
    # check = "guess_is_right"               the check that is looked at ...
    # outcome = "failed"                     ... how it must end
    # reads = "failed"                       ... the code of the sentence that the student reads
    # staff = ", expected 734915206118"    ... and what staff find in detail or output
    # file = "vault.py"                      which file of the submission it is
    # bare = true                            it gets something where there is no wall
    # ///
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
FAMILIES = {
    "score": "Tampering with the score",
    "follow_through": "Beside the reference",
    "lies": "Values that lie",
    "stealing": "Stealing",
    "shortcuts": "Forbidden short cuts",
    "resources": "Resources",
    "packaging": "Packaging",
    "neighbours": "Neighbours",
    "reports": "Reports",
}
HONEST = 16.5  # points of a submission that attacks nothing
# What an attack on a file is judged by, when it does not say so.
CHECKS = {
    "vault.py": "guess_is_right",
    "tensors.py": "scaled_is_right",
    "recurrent.py": "forward_is_right",
}
STRANGE = {
    "packaging-formula": "=HYPERLINK(A1)",
    "packaging-commands": "::error::[bold red]attack",
    "packaging-html": "<img src=x onerror=alert('attack')>",
}
_HEAD = re.compile(r"^# /// attack$\n(?P<toml>(?:#.*\n)+?)^# ///$", re.MULTILINE)


@dataclass(frozen=True)
class Attack:
    """One row: what is done, and what must come of it."""

    family: str
    name: str
    title: str
    earns: float
    outcome: str  # of the check; of the whole submission where there is no check
    reads: str  # code of the sentence for the student; "" when the check passes
    staff: str  # a part of what staff read
    check: str = ""
    file: str = "vault.py"
    also: dict[str, str] = field(default_factory=dict)  # more files of the submission
    source: str = ""
    bare: bool = False

    @property
    def student(self) -> str:
        """The name of the student who hands it in; three of them are attacks themselves."""
        return STRANGE.get(f"{self.family}-{self.name}", f"{self.family}-{self.name}")


def corpus() -> list[Attack]:
    """All attacks that are files, in the order of the table."""
    return [
        _attack(path)
        for family in FAMILIES
        for path in sorted((HERE / "corpus" / family).glob("*.py"))
    ]


def _attack(path: Path) -> Attack:
    source = path.read_text(encoding="utf-8")
    head = _HEAD.search(source)
    if head is None:
        raise ValueError(f"{path}: no head")
    lines = head["toml"].splitlines()
    row = tomllib.loads("\n".join(line.removeprefix("#").removeprefix(" ") for line in lines))
    row.setdefault("check", CHECKS[row.get("file", "vault.py")])
    try:
        return Attack(family=path.parent.name, name=path.stem, source=source, **row)
    except TypeError as error:
        raise ValueError(f"{path}: {error}") from None
