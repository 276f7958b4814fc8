"""The notebook edition, read by nbformat and by nbgrader itself."""

import ast
import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator

from grader.authoring import notebook, release, template
from grader.authoring.chunks import module
from grader.cli.main import main
from grader.course.folder import Course
from grader.intake.cells import notebook as read
from grader.intake.modules import assemble
from grader.intake.read import graded_names

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=["hw1", "hw2", "hw3", "hw4", "hw5"])
def made(request):
    """An assignment, its template and reference, and its notebooks."""
    course = Course.read(ROOT)
    assignment = course.load(request.param)
    files, solved = template.build(assignment), template.solved(assignment)
    source = notebook.with_solutions(assignment, files, solved)
    return assignment, files, solved, notebook.editions(assignment, files, solved), source


def test_the_metadata_are_nbgraders_and_the_points_the_assignments(made):
    assignment, _, _, editions, source = made
    for text in (*editions.values(), source):
        found = nbformat.reads(text, as_version=4)
        marks = [cell.metadata.nbgrader for cell in found.cells]
        for cell in found.cells:
            MetadataValidator().validate_cell(cell)
        assert len({mark.grade_id for mark in marks}) == len(marks)
        assert sum(mark.get("points", 0) for mark in marks) == assignment.possible
        graded = {mark.grade_id for mark in marks if mark.grade}
        assert graded == {f"check-{e.id}" for e in assignment.exercises if not e.extra}


def test_a_notebook_says_the_same_as_the_files(made):
    """Of every function the same code, and of the handout every line."""
    assignment, files, solved, editions, source = made
    for name, text in editions.items():
        handout = files[f"handout.{name.split('.')[1]}.md"]
        shown = "".join(
            f"{cell.source}\n"
            for cell in nbformat.reads(text, as_version=4).cells
            if cell.cell_type == "markdown"
        )
        assert {line for line in handout.splitlines() if line} <= set(shown.splitlines())
        assert read(name, text.encode()).untouched
        assert _functions(assignment, text) == _defined(assignment, files)
    assert _defined(assignment, solved).items() <= _functions(assignment, source).items()


def _functions(assignment, text):
    """Of each file the graded functions and classes, as they are read back."""
    cells = read("hw.ipynb", text.encode()).cells
    package = assemble(cells, graded_names(assignment))
    return _defined(assignment, {name: code.decode() for name, code in package.files.items()})


def _defined(assignment, files):
    names = graded_names(assignment)
    return {
        (file, node.name): ast.dump(node)
        for file in names
        for node in ast.parse(files[file]).body
        if getattr(node, "name", "") in names[file]
    }


def test_an_exercise_is_checked_once_all_that_it_calls_is_there(made):
    assignment, _, solved, editions, _ = made
    if assignment.id == "hw1":  # solve_xor trains with forward and backward
        assert notebook.checked_after(assignment, solved)["perceptron"] == "backpropagation"
        cells = [cell["id"] for cell in json.loads(editions["hw1.en.ipynb"])["cells"]]
        order = ["network-solve_xor", "network-backward", "check-perceptron"]
        assert order == sorted(order, key=cells.index)


@pytest.mark.parametrize("named", ["`adding`", "`add`, 6 points", "`add(a, b)`"])
def test_an_exercise_comes_below_the_section_that_names_it(course, named):
    """By its id, or by a function: whoever writes a heading thinks of the function."""
    handout = f"# Tiny\n\n## First ({named})\n\n## Then (`greet`)\n\n## Last\n"
    folder = course / "assignments" / "tiny"
    for lang in ("en", "ko"):
        (folder / f"handout.{lang}.md").write_text(handout, encoding="utf-8")
    tiny = Course.find(course).load("tiny")
    files, solved = template.build(tiny), template.solved(tiny)
    made = notebook.editions(tiny, files, solved)["tiny.en.ipynb"]
    names = [cell["id"] for cell in json.loads(made)["cells"]]
    order = ["handout-1", "sums-add", "handout-2", "words-greet", "handout-3"]
    assert [name for name in names if name in order] == order


def test_pieces_of_a_module():
    text = (
        '"""Words."""\n\nimport re\nfrom .other import x\n\nN = 1\n\n\n'
        "### BEGIN SOLUTION\ndef helper():\n    return N\n### END SOLUTION\n\n\n"
        "# about it\n@cache\ndef f():\n    ### BEGIN SOLUTION\n    return helper()\n"
        "    ### END SOLUTION\n"
    )
    pieces = module(text)
    assert pieces.docstring == "Words."
    imports, helpers, function = pieces.chunks
    assert imports.text == "import re\n\nN = 1"
    assert "    ### BEGIN SOLUTION\n    def helper():\n        return N\n" in helpers.text
    assert function.text.startswith("# about it\n@cache\n")
    assert function.text.endswith("    ### END SOLUTION")
    assert (function.name, function.solution, imports.solution) == ("f", True, False)


@pytest.fixture(scope="module")
def nbgraders(tmp_path_factory):
    """An nbgrader course with hw0 as it was released, and how to call nbgrader in it."""
    root = tmp_path_factory.mktemp("nbgrader")
    shutil.copytree(ROOT / "starter", root / "course")
    course = Course.read(root / "course")
    done = release.release(course, course.load("hw0"), root / "dist")
    shutil.copytree(root / "dist" / "source", root / "nb" / "source")
    (root / "nb" / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "nlp"\n'
        "c.ExecutePreprocessor.timeout = c.ExecutePreprocessor.startup_timeout = 600\n"
    )
    (alembic,) = [file for file in metadata.files("alembic") if file.stem == "alembic"]
    path = f"{Path(alembic.locate()).resolve().parent}{os.pathsep}{os.environ['PATH']}"

    def call(*arguments):
        ended = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=root / "nb",
            env={**os.environ, "PATH": path, "HOME": str(root)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    return root / "nb", done, call


def test_nbgrader_releases_our_source_as_we_do_and_grades_it(nbgraders):
    course, done, call = nbgraders
    assert "Success! Your notebook passes all the tests." in call(
        "validate", "source/hw0/hw0.ipynb"
    )
    call("generate_assignment", "hw0")
    theirs = nbformat.read(course / "release" / "hw0" / "hw0.ipynb", as_version=4)
    ours = nbformat.read(done.folder / "hw0.en.ipynb", as_version=4)
    assert [(c.id, c.source) for c in theirs.cells] == [(c.id, c.source) for c in ours.cells]
    locked = [(c.metadata.get("deletable"), c.metadata.get("editable")) for c in theirs.cells]
    assert locked == [(c.metadata.deletable, c.metadata.get("editable")) for c in ours.cells]

    solved = nbformat.read(course / "source" / "hw0" / "hw0.ipynb", as_version=4)
    (right,) = [cell.source for cell in solved.cells if cell.id == "words-tokenize"]
    (mine,) = [cell for cell in ours.cells if cell.id == "words-tokenize"]
    mine.source = right
    submitted = course / "submitted" / "kim" / "hw0" / "hw0.ipynb"
    submitted.parent.mkdir(parents=True)
    nbformat.write(ours, submitted)
    call("autograde", "hw0")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp") as book:
        grades = book.find_submission_notebook("hw0", "hw0", "kim").grades
        scores = {grade.name: (grade.auto_score, grade.max_score) for grade in grades}
    assert scores == {"check-tokenize": (4.0, 4.0), "check-most_common": (0.0, 6.0)}


def test_without_nbformat_there_are_no_notebooks_and_it_is_said(course, monkeypatch):
    from click.testing import CliRunner

    monkeypatch.setitem(sys.modules, "nbformat", None)
    done = CliRunner().invoke(
        main, ["--lang", "en", "--course", str(course), "release", "tiny", "--dist", str(course)]
    )
    assert done.exit_code == 0, done.output
    assert "pip install 'grader[notebook]'" in done.output
    assert not list(course.rglob("*.ipynb"))
