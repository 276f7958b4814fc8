"""Writes `docs/reference-toml.md`: every key that the code reads, with its kind and its default.

    python -m docs.reference_toml

Keys, kinds and defaults come from the calls that read them; only what a key means is said here.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.authoring import candidates
from grader.course import assignment, exercise, folder, forbidden

PAGE = Path(__file__).with_name("reference-toml.md")

# The methods of `Table` that read a key, and what may stand there.
KINDS = {
    "string": "text",
    "strings": "list of texts",
    "number": "number from 0 on",
    "integer": "whole number from {least} on",
    "numbers": "names with a number each",
    "flag": "true or false",
    "text": "text in each language",
    "choice": "one of",
    "choices": "list of",
    "some": "list of at least one of",
    "moment": "date, or date and time",
    "zone": "name of a time zone",
}

# Heading -> the module, the function and the variable that read it, and what each key means.
TABLES: dict[str, tuple[ModuleType, str, str, dict[str, str]]] = {
    "course.toml": (
        folder,
        "read",
        "table",
        {
            "title": "The course's name.",
            "languages": "Of what students read, in this order; a text in another may stay.",
            "timezone": "Of every date without an offset, and of the times that pages tell: "
            "`Asia/Seoul`, `Europe/Berlin`.",
            "source": "How submissions arrive; left out, `grader grade` looks for itself.",
            "attempts": "Which of several attempts counts.",
            "roster": "Path to a CSV of the people in the course, from the course's folder.",
        },
    ),
    "course.toml, `[folders]`": (
        folder,
        "_folders",
        "table",
        {
            "assignments": "A folder for each assignment, with its `assignment.toml`.",
            "reference": "The solved packages.",
            "student_template": "The released packages; `grader release` writes them.",
            "submitted": "What students handed in: `submitted/<student>/<assignment>/`.",
        },
    ),
    "assignment.toml": (
        assignment,
        "load",
        "top",
        {
            "id": "The name of the folder; records are filed under it.",
            "package": "The Python package that students write.",
            "title": "The assignment's name.",
            "languages": "In place of the course's; a released template has it.",
            "due": "When it is due. A date alone lasts to its end, in the course's time zone.",
            "allowed_packages": "What may be imported beside the standard library.",
        },
    ),
    "assignment.toml, `[limits]`": (
        assignment,
        "_limits",
        "table",
        {
            "check_seconds": "The most that any check may take, in seconds.",
            "import_seconds": "For importing one module of the submission.",
            "submission_seconds": "For all checks together.",
            "memory_mb": "Memory above what Python with its libraries holds.",
            "scratch_mb": "Of files in the scratch folder.",
            "threads": "Threads and processes at once.",
            "output_kb": "Kept of what a check prints.",
            "timeouts": "After so many in one exercise the rest of it is not run.",
        },
    ),
    "assignment.toml, `[[file]]`": (
        assignment,
        "_source_file",
        "table",
        {
            "name": "A file of the package that students write.",
            "required": "Whether its absence is noted on the record.",
        },
    ),
    "assignment.toml and exercises/\\*.toml, `[[forbidden]]`": (
        forbidden,
        "read_forbidden",
        "table",
        {
            "families": "All of a kind, whatever it is called and whoever calls it.",
            "names": "What no family holds: `torch.linalg` with all that it shows, `.sort` on any "
            "tensor, `difflib`; may be left out beside families.",
            "instead": "What a student is told to use.",
        },
    ),
    "assignment.toml: its exercises": (
        assignment,
        "_exercises",
        "top",
        {"exercises": "Names of the files in `exercises/`, in the order of the assignment."},
    ),
    "exercises/\\*.toml": (
        exercise,
        "read_exercise",
        "table",
        {
            "file": "Where its functions are.",
            "points": "Points of each function, class, or part of a class (`LSTM.dropout`).",
            "uses": "Other files whose student code its checks run; no others can be.",
            "preload": "Libraries its checks need: `numpy`, `torch`.",
            "extra": "A bonus: its points come on top.",
            "gpu": "Its checks run on a GPU where there is one, and on the CPU otherwise.",
            "hidden_checks": "In a released template: how many checks are not there.",
            "title": "As students read it.",
        },
    ),
    "exercises/\\*.toml, `[[check]]`": (
        exercise,
        "_check",
        "table",
        {
            "id": "Its test is `test_<id>` in `checks/public/` or `checks/hidden/`.",
            "of": "The function it is about; may be left out where the exercise has one.",
            "kind": "`core`: right values on ordinary input. `edge`: rare input. `manners`: types, "
            "errors, arguments left alone, seeds.",
            "seconds": "How long it may take; left out, it follows from the measured time.",
            "fresh": "Start a new process for it.",
            "needs": "Earlier checks of the exercise, public if it is, that must pass before it.",
            "show": "When a student sees its result.",
            "title": "As students read it.",
            "hint": "Shown when it fails.",
        },
    ),
    "mutants/\\*.toml": (
        candidates,
        "_mutants",
        "table",
        {
            "why": "The mistake, in a sentence.",
            "of": "The function that it must cost points.",
            "severity": "`wrong`: nearly every ordinary call. `part`: ordinary input where one "
            "rule or option is touched. `edge`: rare input only. `manners`: right values.",
            "also": "Other functions that it must cost, since they share a private helper.",
            "tell": "What students read whose answers are the same. Without it they read nothing.",
        },
    ),
    "mutants/\\*.toml, `[[change]]`": (
        candidates,
        "_mutants",
        "change",
        {
            "file": "A file of the reference.",
            "find": "What stands in it exactly once.",
            "replace": "What takes its place.",
        },
    ),
    "variants/\\*/variant.toml": (
        candidates,
        "_variants",
        "table",
        {"why": "What is different here, and right all the same."},
    ),
}

HEAD = """# Keys of course.toml and assignment.toml

Written by `python -m docs.reference_toml` from the code that reads them. A text in each language is
`{ en = "...", ko = "..." }`, with the languages of the course. Dates are ISO 8601 in quotes.
A mistake is reported with file, line, key, what was found and what is allowed.
"""


def page() -> str:
    """The whole page. Raises `ValueError` for a key that is not described, or is not read."""
    return HEAD + "".join(_table(heading, *source) for heading, source in TABLES.items())


def _table(
    heading: str, module: ModuleType, function: str, variable: str, about: dict[str, str]
) -> str:
    rows = {key: (kind, default) for key, kind, default in _reads(module, function, variable)}
    if unlike := sorted(rows.keys() ^ about.keys()):
        raise ValueError(f"{heading}: {', '.join(unlike)} is not described, or not read")
    lines = [
        f"\n## {heading}\n",
        "| key | what may stand there | left out | meaning |",
        "| --- | --- | --- | --- |",
        *(f"| `{key}` | {rows[key][0]} | {rows[key][1]} | {about[key]} |" for key in about),
    ]
    return "\n".join(lines) + "\n"


def _reads(module: ModuleType, function: str, variable: str) -> Iterator[tuple[str, str, str]]:
    """Key, kind and default of each call `variable.method("key", ...)` in the function."""
    known = vars(module) | {"default": _defaults(module, function)}
    tree = ast.parse(inspect.getsource(module))
    body = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == function)
    for call in ast.walk(body):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        owner, method = call.func.value, call.func.attr
        if isinstance(owner, ast.Name) and owner.id == variable and method in KINDS:
            key, *rest = [_value(argument, known) for argument in call.args]
            named = {k.arg or "": _value(k.value, known) for k in call.keywords}
            choice = method in {"choice", "choices", "some"}
            allowed = rest.pop(0) if choice else None
            if method == "text":
                rest = []
            words = ", ".join(f"`{word}`" for word in allowed or [])
            kind = KINDS[method] + (f" {words or _names(key)}" if choice else "")
            kind = kind.format(least=named.pop("least", ""))
            if method in {"moment", "zone"}:
                yield key, kind, "none"
            else:
                yield key, kind, _default([*rest, *named.values()])


def _names(key: str) -> str:
    """What the words of a choice are that an assignment makes itself."""
    if key in {"file", "files", "uses"}:
        return "the `[[file]]` names"
    return "the files in `exercises/`" if key == "exercises" else "the functions with points"


def _defaults(module: ModuleType, function: str) -> Any:
    kinds = {"_limits": "Limits", "_folders": "Folders"}
    return getattr(module, kinds[function])() if function in kinds else None


def _default(given: list[Any]) -> str:
    if not given:
        return "**required**"
    if given[0] is None:  # worked out from other keys
        return "see there"
    return f"`{json.dumps(given[0])}`" if given[0] not in ("", ()) else "none"


def _value(node: ast.expr, known: dict[str, Any]) -> Any:
    """The value of an argument, None where it is only known when a file is read."""
    try:
        return eval(ast.unparse(node), known)  # noqa: S307 - our own source
    except NameError:
        return None


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
