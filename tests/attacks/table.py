"""The table of attacks in `docs/security.md`, written from the corpus.

python -m tests.attacks.table            write it
python -m tests.attacks.table --check    say whether it is current
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.attacks.packaging import PACKAGES
from tests.attacks.rows import FAMILIES, HONEST, Attack, corpus

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = ROOT / "docs" / "security.md"
SENTENCES = ROOT / "grader" / "locale" / "en" / "message.toml"
BEGIN, END = "<!-- attacks -->\n", "<!-- end of attacks -->\n"


class _Blank(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"


def rows() -> list[Attack]:
    """All attacks."""
    return [*corpus(), *(package.attack for package in PACKAGES)]


def table() -> str:
    """The table, family by family."""
    everything = rows()
    sentences = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    lines = [
        "",
        (
            f"{len(everything)} attacks. Each submits honest files worth {HONEST} of 32 points and"
            " one file, or one way of packing, that attacks."
        ),
    ]
    for family, title in FAMILIES.items():
        lines += ["", f"### {title}", ""]
        lines += [
            "| attack | score | the student reads | staff also read |",
            "| --- | --- | --- | --- |",
        ]
        lines += [_line(row, sentences) for row in everything if row.family == family]
    return "\n".join([*lines, ""]) + "\n"


def _line(row: Attack, sentences: dict[str, str]) -> str:
    reads = sentences[row.reads].format_map(_Blank()) if row.reads else "the check passes"
    staff = f"`{row.staff}`" if row.staff else "-"
    cells = (row.title, f"{row.earns:g}", reads, staff)
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def document(text: str) -> str:
    """The document with the table of now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


def main(arguments: list[str]) -> Iterator[str]:
    """Write or check; yields what is to be said."""
    text = DOCUMENT.read_text(encoding="utf-8")
    if text == document(text):
        yield "The table is current."
    elif "--check" in arguments:
        yield "The table is stale: python -m tests.attacks.table"
    else:
        DOCUMENT.write_text(document(text), encoding="utf-8")
        yield "Written."


if __name__ == "__main__":
    said = list(main(sys.argv[1:]))
    print(*said)
    sys.exit("stale" in said[0])
