"""formgrader, nbgrader's own pages in a real browser, shows our scores and lets people change them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import Thread

import nbconvert
import pytest

from tests.export.gradebook.school import NOTEBOOK, RECORDS


def page(school, student):
    """The notebook that formgrader shows of a student."""
    path = school.root / "autograded" / student / "hw1" / f"{NOTEBOOK}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_page_is_a_notebook_that_nbgrader_takes(synced):
    from nbformat import reads
    from nbgrader.nbgraderformat import MetadataValidator

    text = json.dumps(page(synced, "oh_jimin"))
    notebook = reads(text, as_version=4)
    MetadataValidator().validate_nb(notebook)
    graded = [c.metadata.nbgrader for c in notebook.cells if "nbgrader" in c.metadata]
    worth = sum(own.points for own in graded)
    assert worth == 100.0
    failing = {own.grade_id for own in graded if "--" in own.grade_id}
    record = RECORDS["oh_jimin"]
    failed = {c.id for e in record.exercises for c in e.checks if c.outcome != "passed"}
    assert {name.partition("--")[2] for name in failing} == failed - {"grid_search_first_best"}


def test_words_of_students_are_no_markup(synced):
    for path in (synced.root / "autograded").rglob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            assert cell["cell_type"] == "code" or "<script" not in cell["source"]
            assert "\x1b" not in json.dumps(cell, ensure_ascii=False)


def test_a_name_that_is_a_path_gets_no_page(school):
    path = school.out / "records" / "hw1" / "oh_jimin.json"
    record = json.loads(path.read_text(encoding="utf-8")) | {"student": "../../outside"}
    path.write_text(json.dumps(record), encoding="utf-8")
    school.sync()
    assert not (school.root.parent / "outside").exists()
    assert "../../outside" in school.scores()


def test_a_notebook_of_somebody_else_stays(school):
    for folder in ("autograded/oh_jimin/hw1", "source/hw1"):
        (school.root / folder).mkdir(parents=True)
    own = school.root / "autograded" / "oh_jimin" / "hw1" / f"{NOTEBOOK}.ipynb"
    own.write_text('{"cells": [], "metadata": {}}', encoding="utf-8")
    school.sync()
    assert page(school, "oh_jimin")["cells"] == []
    assert list((school.root / "source" / "hw1").iterdir()) == []


@pytest.mark.parametrize(
    "stamp", ["2026-03-19 23:58:23.948203 Asia/Seoul", "2026-03-19T14:58:23+00:00", ""]
)
def test_what_was_handed_in_for_nbgrader_counts_as_graded(school, stamp):
    """formgrader takes a submission for a new one unless its time is the one in the database."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    folder = school.root / "submitted" / "oh_jimin" / "hw1"
    folder.mkdir(parents=True)
    if stamp:
        (folder / "timestamp.txt").write_text(stamp + "\n", encoding="utf-8")
    school.sync()
    api = NbGraderAPI(coursedir=CourseDirectory(root=str(school.root)))
    shown = api.get_submission("hw1", "oh_jimin")
    assert shown["autograded"]
    assert shown["score"] == pytest.approx(school.totals()["oh_jimin"])


@pytest.fixture
def formgrader(synced, tmp_path):
    """Its address, served by Jupyter from the course folder."""
    share = Path(nbconvert.__file__).parents[4] / "share" / "jupyter"
    env = os.environ | {"JUPYTER_PATH": str(share), "HOME": str(tmp_path)}
    env |= {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "ServerApp.root_dir": synced.root,
        "IdentityProvider.token": "",
        "ServerApp.jpserver_extensions": "nbgrader.server_extensions.formgrader=True",
    }
    command = [sys.executable, "-m", "jupyter_server"]
    command += [f"--{name}={value}" for name, value in options.items()]
    server = subprocess.Popen(
        command,
        cwd=synced.root,
        env=env,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    with server:
        for line in server.stderr:
            if "is running at" in line:
                break
        else:
            pytest.fail("Jupyter did not start")
        # what it logs from now on must not fill the pipe
        Thread(target=server.stderr.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}/formgrader"
        server.kill()


def test_formgrader_in_a_browser(driver, synced, formgrader):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    def all_of(selector, number):
        wait = WebDriverWait(driver, 60)
        return wait.until(
            lambda d: len(found := d.find_elements(By.CSS_SELECTOR, selector)) >= number and found
        )

    driver.get(f"{formgrader}/manage_submissions/hw1")
    rows = [row.text for row in all_of("tbody tr", len(RECORDS) - 1)]
    scores = synced.scores()
    for student, score in scores.items():
        shown = f"{round(score, 2):g} / 100"
        assert any(student in row and shown in row for row in rows), (student, shown, rows)

    with synced.nbgrader() as gradebook:
        own = gradebook.find_submission_notebook(NOTEBOOK, "hw1", "oh_jimin").id
    driver.get(f"{formgrader}/submissions/{own}/")
    (box,) = all_of("input#clean", 1)
    points = RECORDS["oh_jimin"].exercises[0].functions[0].points
    WebDriverWait(driver, 60).until(lambda _: box.get_attribute("placeholder"))
    assert float(box.get_attribute("placeholder")) == points
    (comment,) = all_of("textarea#clean-comment", 1)
    box.send_keys("0.5")
    comment.send_keys("See me")
    driver.find_element(By.ID, "tokenize").click()  # leaving a box saves it
    WebDriverWait(driver, 60).until(
        lambda _: (
            synced.grade("clean", "oh_jimin")[1] == 0.5
            and synced.grade("clean", "oh_jimin")[4] == "See me"
        )
    )
    before = synced.totals()["oh_jimin"]
    synced.sync()
    assert synced.totals()["oh_jimin"] == pytest.approx(before - points + 0.5)
    assert synced.scores()["oh_jimin"] == pytest.approx(synced.totals()["oh_jimin"])
