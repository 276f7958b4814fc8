"""A notebook checked by its student: from a terminal, and by a cell in it."""

import re

import nbformat
import pytest
from click.testing import CliRunner
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbformat import v4

from grader.authoring import template as template_files
from grader.authoring.notebook import editions
from grader.cli.main import main
from grader.course.folder import Course
from grader.records.store import write_atomically
from grader.selfcheck import notebook
from grader.selfcheck.target import find

GREET = 'def greet(name):\n    return f"Hello {name}"'


def book(*sources):
    return v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])


@pytest.fixture
def template(course, tmp_path):
    """The template with its notebooks, away from its course."""
    tiny = Course(course).load("tiny")
    files, solved = template_files.build(tiny), template_files.solved(tiny)
    folder = tmp_path / "home" / "tiny_package"
    for name, text in (files | editions(tiny, files, solved)).items():
        write_atomically(folder / name, text)
    return folder


def test_a_notebook_is_checked_by_the_template_around_it(template, tmp_path, monkeypatch):
    home, downloads = template.parent, tmp_path / "Downloads"
    downloads.mkdir()
    made = book("print(1)", "\ndef add(a, b):\n    return a + c", GREET)
    for folder, here in ((template, tmp_path), (home, tmp_path), (downloads, template)):
        path = folder / "my homework.ipynb"
        nbformat.write(made, path)
        monkeypatch.chdir(here)
        assert find("tiny", path, None).assignment.folder.resolve() == template
    done = CliRunner().invoke(main, ["--lang", "en", "check", "tiny", str(path)])
    assert done.exit_code == 1, done.output
    assert (
        "NameError: name 'c' is not defined (cell 2 of the notebook, counting text cells, `add`, line 3)"
        in done.output
    )
    assert "in my homework.ipynb, then run: grader check tiny '" in done.output
    assert "my homework.ipynb' -k adding" in done.output


def test_what_is_no_notebook_is_said_without_a_traceback(template):
    path = template / "broken.ipynb"
    path.write_text("{")
    done = CliRunner().invoke(main, ["--lang", "en", "check", "tiny", str(path)])
    assert "broken.ipynb is not a notebook that can be read" in done.output
    assert "sums.py" not in done.output
    assert f"then run: grader check tiny {path}\n" in done.output
    assert done.exit_code == 1
    missing = CliRunner().invoke(
        main, ["--lang", "en", "check", "tiny", str(template / "no.ipynb")]
    )
    assert (missing.exit_code, "no.ipynb" in missing.output) == (2, True)


def test_a_released_notebook_runs_from_top_to_bottom_and_checks_what_was_run(template):
    made = nbformat.read(template / "tiny.en.ipynb", as_version=4)
    stubs = [cell for cell in made.cells if "raise NotImplementedError" in cell.source]
    assert len(stubs) == 2
    stubs[0].source = "%time pass\ndef add(a, b):\n    print('<b>adding')\n    return a - b"
    stubs[1].source = GREET
    again = 'def add(a, b):\n    return a + b\ncheck("adding", lang="ko")'
    made.cells += [v4.new_code_cell(again), v4.new_code_cell('check("unknown")')]
    NotebookClient(
        made, startup_timeout=600, resources={"metadata": {"path": str(template)}}
    ).execute()
    outputs = [output for cell in made.cells for output in cell.get("outputs", [])]
    assert {output.output_type for output in outputs} <= {"execute_result", "stream"}
    assert not [output for output in outputs if output.get("name") == "stderr"]
    answers = [output.data for output in outputs if output.output_type == "execute_result"]
    adding, saying, everything, mended, unknown = answers
    html = adding["text/html"]
    assert "<details open><summary>" in html
    assert "assert -1 == 3" in html
    assert re.search(r'style="color: #800000[^"]*">add: not right yet', html)
    assert "│ &lt;b&gt;adding" in html
    assert adding["text/plain"] == saying["text/plain"] == "0.0"
    assert saying["text/html"] == "<p>There are no public checks here: hidden checks decide.</p>"
    assert "public checks: 0 of 2. Points of those functions: 0 of 10." in everything["text/html"]
    assert mended["text/plain"] == "6.0"
    assert "<details open><summary>" in everything["text/html"]
    assert "지금까지 모두 맞습니다" in mended["text/html"]
    assert "Unknown exercise unknown" in unknown["text/html"]


def run_cells(folder, cells):
    """What a kernel answers to `check()` after each of these cells: (id of the cell, source)."""
    manager, client = start_new_kernel(cwd=str(folder), startup_timeout=600)
    points = []

    def take(message):
        if message["msg_type"] == "execute_result":
            points.append(float(message["content"]["data"]["text/plain"]))

    def run(source, cell_id):
        asked = {"code": source, "silent": False, "store_history": True, "stop_on_error": False}
        message = client.session.msg("execute_request", asked, metadata={"cellId": cell_id})
        client.shell_channel.send(message)
        while True:
            got = client.get_iopub_msg(timeout=600)
            if got["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                take(got)
                if got["content"].get("execution_state") == "idle":
                    return

    try:
        run("from grader.selfcheck.notebook import check", "first")
        for cell_id, source in cells:
            run(source, cell_id)
            run('check("adding", lang="en")', "check")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return points


def test_of_a_cell_that_was_run_again_only_the_newest_run_is_checked(template):
    right = "def add(a, b):\n    return plus(a, b)"
    cells = [
        ("add", right),
        ("plus", "def plus(a, b):\n    return a + b"),
        ("plus", "def sum_of(a, b):\n    return a + b"),  # renamed in place
        ("plus", "def plus(a, b):\n    return a + b"),
        ("add", right.replace("return", "retrun")),
        ("add", right),
        ("scratch", right.replace("return", "retrun")),  # and deleted: the kernel has the good one
        ("add", "def add(a, b):\n    raise NotImplementedError()"),
    ]
    assert run_cells(template, cells) == [0, 6, 0, 6, 0, 6, 6, 0]
    unnamed = [(None, source) for _, source in cells]  # by a front end that names no cells
    assert run_cells(template, unnamed) == [0, 6, 6, 6, 0, 6, 0, 0]


def test_outside_of_a_notebook_it_says_what_to_type(capsys):
    assert notebook.check(lang="en").points == 0
    assert "In a terminal, run: grader check ASSIGNMENT NOTEBOOK.ipynb" in capsys.readouterr().out
