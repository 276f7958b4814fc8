"""The house: its rooms in order, read from the code's own imports, and drawn.

python -m tests.house            write docs/rooms.svg
python -m tests.house --check    say whether it is current
"""

from __future__ import annotations

import ast
import sys
from functools import cache
from html import escape
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "grader"
PICTURE = ROOT / "docs" / "rooms.svg"

# The rooms from the cellar up, and the modules of each in the same order: an import runs to a
# module that stands further up in this table, never down or sideways in a circle.
ROOMS = {
    "": ["__init__", "korean", "i18n", "errors", "json_file"],
    "course": [
        "source",
        "toml",
        "check_files",
        "family",
        "layer_families",
        "function_families",
        "families",
        "forbidden",
        "exercise",
        "assignment",
        "folder",
        "spelling",
        "roster",
    ],
    "records": [
        "decode",
        "outcome",
        "record",
        "obstacles",
        "brief",
        "schema",
        "digests",
        "versions",
        "store",
        "layout",
        "packing",
        "decisions",
        "people",
        "assignment_snapshot",
    ],
    "scoring": ["points", "standing", "hints", "waiting", "rescore", "decided"],
    "diagnosis": ["mistakes", "rule", "classes"],
    "intake": [
        "names",
        "entries",
        "streams",
        "folders",
        "zips",
        "tars",
        "archives",
        "package",
        "nested",
        "cells",
        "syntax",
        "magics",
        "missing_files",
        "named_by_text",
        "statements",
        "definitions",
        "modules",
        "notebooks",
        "remarks",
        "nodes",
        "handin",
        "stamp",
        "shapes",
        "sources.canvas",
        "sources.moodle",
        "sources.gradescope",
        "sources.clones",
        "sources.folders",
        "sources.brightspace",
        "readers",
        "owners",
        "request",
        "persons",
        "refusals",
        "sections",
        "find",
        "people",
        "join",
        "read",
    ],
    "boundary.wire": [""],
    "boundary.replies": [""],
    "boundary.guest": [
        "forks",
        "numbers",
        "kernel",
        "nvidia",
        "identity",
        "landlock",
        "seccomp",
        "namespaces",
        "layers",
        "importer",
        "uses",
        "reach",
        "stand_ins",
        "looks_behind",
        "unwritten",
        "forbidden_source",
        "frames",
        "refused",
        "code",
        "dispatcher",
        "steps",
        "refusal",
        "tensors",
        "derivatives",
        "devices",
        "cuda",
        "exceptions",
        "interpreter",
        "generators",
        "verbs",
        "server",
        "launcher",
        "standalone",
    ],
    "boundary": [
        "submitted",
        "weights",
        "endings",
        "imports",
        "scratch",
        "clock",
        "channel",
        "claims",
        "devices",
        "interpreters",
        "launchers",
        "twins",
        "twin_life",
        "twin_start",
        "gpu_launcher",
        "surveys",
        "views",
        "guests",
        "requirements",
        "probes",
    ],
    "checking": [
        "arrays",
        "computed",
        "expect",
        "student",
        "conversation",
        "transcripts",
        "shown",
        "traces",
        "answers",
        "outcomes",
        "own_errors",
        "allowance",
        "plugin",
    ],
    "report": [
        "escape",
        "formatting",
        "plots",
        "item_analysis",
        "counterexample",
        "moment",
        "told",
        "page_cache",
        "results",
        "feedback",
        "budget",
        "rows",
        "provenance",
        "class_page",
        "formats",
        "made",
        "pages",
        "parts",
        "build",
    ],
    "export": [
        "table",
        "scores",
        "junit",
        "gradescope",
        "github",
        "files",
        "sheet",
        "lms_file",
        "joining",
        "canvas",
        "comment",
        "moodle",
        "student_pages",
        "feedback_text",
        "feedback_zips",
        "private_pages",
        "similarity",
        "gradebook.cells",
        "gradebook.grades",
        "gradebook.tables",
        "gradebook.database",
        "gradebook.reconcile",
        "gradebook.submissions",
        "gradebook.decide",
        "gradebook.formgrader",
        "gradebook.sync",
    ],
    "grading": [
        "environment",
        "forbidden",
        "places",
        "reuse",
        "results",
        "grading",
        "follow_through",
        "submission",
        "proofs",
        "worker",
        "engines.engine",
        "engines.attempts",
        "engines.local",
        "engines.bundle",
        "engines.cores",
        "engines.plausible",
        "engines.sent_back",
        "engines.workplace",
        "engines.admission",
        "engines.gate",
        "engines.cluster",
        "known",
        "batch",
        "shards",
        "merge",
        "gradescope",
    ],
    "selfcheck": ["target", "view", "exercises", "groups", "check", "outputs", "notebook"],
    "training": [
        "datasets",
        "pictures",
        "storage",
        "loop",
        "package",
        "pairs",
        "pieces",
        "translation",
        "hw1",
        "hw2",
        "compare",
        "hw3",
        "hw4",
        "hw5",
        "session",
    ],
    "authoring": [
        "new",
        "markers",
        "proofread",
        "bonus",
        "wheel",
        "chunks",
        "order",
        "notebook",
        "template",
        "release",
        "autograder",
        "reach",
        "entered",
        "universal",
        "candidates",
        "calibration",
        "verify",
        "signatures",
        "answers",
        "mutant",
        "proof_page",
    ],
    "cli": [
        "refusals",
        "commands",
        "paths",
        "common",
        "reading_options",
        "bar",
        "engines",
        "people",
        "progress",
        "proof",
        "gradebook",
        "grading",
        "author",
        "student",
        "telling",
        "exporting",
        "machine",
        "training_options",
        "training",
        "main",
    ],
    "__main__": [""],
}
ORDER = [
    ".".join(part for part in ("grader", room, module) if part and part != "__init__")
    for room, modules_of_room in ROOMS.items()
    for module in modules_of_room
]


@cache
def modules():
    """Dotted name -> file, of every module of ours."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path):
    """Every imported module, wherever the import stands, but not those for types only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for guard in ast.walk(tree)
        if isinstance(guard, ast.If) and getattr(guard.test, "id", "") == "TYPE_CHECKING"
        for node in ast.walk(guard)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in modules() else node.module for name in names)


def room_of(module):
    """The room of a module: its first folder; "" for what stands at the root."""
    rest = module.removeprefix("grader").removeprefix(".")
    if rest in {"boundary.wire", "boundary.replies"} or f"{rest}.".startswith("boundary.guest."):
        return "boundary/guest"
    name = rest.partition(".")[0]
    return name if (PACKAGE / name).is_dir() else ""


def rooms():
    """Room -> the first sentence of what it is for, from the top of the house to its cellar."""
    found = {}
    for module in reversed(ORDER[:-1]):  # `__main__` is the door
        room = room_of(module)
        text = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8")))
        found.setdefault(room, text.partition("\n")[0])
    found[""] = "errors, words in two languages, JSON files of ours"
    return found


def arrows():
    """Pairs of rooms of which the first imports the second."""
    found = set()
    for module in ORDER[:-1]:
        for imported in imports(modules()[module]):
            if imported in modules() and room_of(imported) != room_of(module):
                found.add((room_of(module), room_of(imported)))
    return sorted(found)


HEIGHT, WIDTH, GAP, STEP = 40, 700, 12, 11


def svg():
    """The picture: a bar for each room, an arc from each room to those that it imports."""
    names = list(rooms())
    middle = {name: GAP + i * (HEIGHT + GAP) + HEIGHT / 2 for i, name in enumerate(names)}
    parts = []
    for name, text in rooms().items():
        y = middle[name] - HEIGHT / 2
        parts += [
            f'<rect x="10" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>',
            f'<text class="room" x="24" y="{y + 25:g}">{escape(name or "grader/")}</text>',
            f'<text x="150" y="{y + 25:g}">{escape(text)}</text>',
        ]
    for source, target in arrows():
        reach = STEP * (names.index(target) - names.index(source))
        start, end = middle[source] + 5, middle[target] - 5
        edge, bow = WIDTH + 10, WIDTH + 10 + 24 + 2 * reach
        parts.append(
            f'<path d="M{edge} {start:g} C{bow} {start:g} {bow} {end:g} {edge + 5} {end:g}"/>'
        )
        parts.append(f'<path class="tip" d="M{edge} {end:g} l8 -4 v8 z"/>')
    height = GAP + len(names) * (HEIGHT + GAP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 980 {height}" role="img" '
        'aria-label="The rooms of grader, each importing only from rooms below it">\n'
        "<style>rect{fill:#f4f1ea;stroke:#8a7f6a}text{font:12.5px sans-serif;fill:#333}"
        ".room{font-weight:bold}path{fill:none;stroke:#2b6777;stroke-opacity:.45}"
        ".tip{fill:#2b6777;stroke:none}</style>\n"
        f'<rect x="0" y="0" width="980" height="{height}" style="fill:#fff;stroke:none"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(PICTURE.read_text(encoding="utf-8") != svg())
    PICTURE.write_text(svg(), encoding="utf-8")
