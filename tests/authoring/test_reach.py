"""An exercise is run again wherever its guest can meet what differs, and only there."""

from dataclasses import replace

import pytest

from grader.authoring.reach import reached

REFERENCE = {
    "__init__.py": b"",
    "sums.py": b"import json\ndef add(a, b): return a + b",
    "words.py": b"from .letters import first",
    "letters.py": b"def first(word): return word[0]",
}


@pytest.mark.parametrize(
    ("own", "exercises"),
    [
        ({}, ()),
        ({"sums.py": b"def add(a, b): return b + a"}, ("adding",)),
        ({"words.py": b""}, ("saying",)),
        ({"letters.py": b""}, ("saying",)),
        ({"__init__.py": b"import json"}, ("adding", "saying")),
        # nobody imports it; somebody does, under a name that was a file's
        ({"notes.py": b"a = 1"}, ()),
        ({"letters/__init__.py": b"", "letters/more.py": b""}, ("saying",)),
    ],
)
def test_what_differs_is_met_by_those_who_import_it(tiny, own, exercises):
    assert reached(tiny, REFERENCE, {**REFERENCE, **own}) == exercises


def test_a_file_that_is_missing_differs(tiny):
    without = {name: text for name, text in REFERENCE.items() if name != "letters.py"}
    assert reached(tiny, REFERENCE, without) == ("saying",)
    assert reached(tiny, without, REFERENCE) == ("saying",)


def test_what_the_checks_run_counts_as_what_the_file_imports(tiny):
    adding, saying = tiny.exercises
    handed = replace(tiny, exercises=(replace(adding, uses=("words.py",)), saying))
    own = {**REFERENCE, "letters.py": b""}
    assert reached(handed, REFERENCE, own) == ("adding", "saying")


@pytest.mark.parametrize(
    "source",
    [
        "from tiny_package import letters",
        "import tiny_package.letters as x",
        "def f():\n    from . import letters",
        "from .words import *",
        "import importlib\nimportlib.import_module('.let' + 'ters', __package__)",
        "__import__('tiny_package.let' + 'ters')",
        "exec('from . import let' + 'ters')",
    ],
)
def test_every_way_to_import(tiny, source):
    reference = {**REFERENCE, "sums.py": source.encode()}
    own = {**reference, "letters.py": b""}
    assert reached(tiny, reference, own) == ("adding", "saying")
