"""A gradebook is made and opened without a program on PATH, and says in words what is wrong."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from types import SimpleNamespace

import pytest

from grader.errors import UsageError
from grader.export.gradebook.database import address, existing, opened, plain

LAZY = """
import sys
from grader.cli.main import main
{missing}
sys.argv = ["grader", "--course", sys.argv[1], *sys.argv[2:]]
try:
    main()
finally:
    print([name for name in ("nbgrader", "sqlalchemy") if sys.modules.get(name)])
"""


def grader(school, *arguments, missing=""):
    """The command line in a process of its own. Returns its exit code, output and errors."""
    script = LAZY.format(missing=f"sys.modules[{missing!r}] = None" if missing else "")
    command = [sys.executable, "-c", script, str(school.root), *map(str, arguments)]
    env = os.environ | {"PATH": "/nowhere", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    return done.returncode, done.stdout, done.stderr


def code(school):
    """What `sync` refuses."""
    with pytest.raises(UsageError) as refused:
        school.sync()
    return refused.value.code


def test_a_database_is_made_where_no_program_is_on_the_path(school, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    school.sync()
    from nbgrader.api import Gradebook

    with Gradebook(school.url) as gradebook:  # it would call `alembic` if anything were missing
        assert gradebook.find_assignment("hw1").max_score == 100.0


def test_it_is_of_the_revision_that_nbgrader_gives(synced):
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    from grader.export.gradebook.database import _REVISION

    with existing(address(synced.url)) as engine, engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    # where they differ every `grader gradebook` has to import nbgrader, to ask it
    assert found == ScriptDirectory(ALEMBIC_DIR).get_current_head() == _REVISION


def test_what_nbgrader_left_half_made_is_finished(school, monkeypatch):
    from nbgrader.api import Gradebook

    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(FileNotFoundError, match="alembic"):
        Gradebook(school.url)
    school.sync()
    with opened(address(school.url)) as engine, engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar() == 1


def test_another_revision_is_refused(synced):
    with sqlite3.connect(synced.root / "gradebook.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '282d30a0218e'")
    connection.close()
    assert code(synced) == "error.database_old"


def test_tables_from_before_the_revisions_are_refused(school):
    with sqlite3.connect(school.root / "gradebook.db") as connection:
        connection.execute("CREATE TABLE grade (id VARCHAR)")
    connection.close()
    assert code(school) == "error.database_old"


def test_a_file_that_is_no_database_is_refused(school):
    (school.root / "gradebook.db").write_text("scores\n" * 100, encoding="utf-8")
    assert code(school) == "error.database"


@pytest.mark.parametrize(
    "url", ["grades", "mysql://host/grades", "sqlite://", "sqlite:///:memory:"]
)
def test_what_is_no_gradebook_is_refused(school, url):
    school.url = url
    assert code(school) == "error.database_url"


def test_a_folder_that_is_not_there_is_refused(school):
    school.url = "sqlite:////nowhere/gradebook.db"
    assert code(school) == "error.database"


def test_a_password_is_neither_shown_nor_kept():
    url = address("postgresql://ta:secret@db.example/nlp")
    assert plain(url) == "postgresql+psycopg://ta@db.example/nlp"


def test_the_second_time_nothing_of_nbgrader_is_imported(school):
    first = grader(school, "gradebook", school.out)
    assert first[0] == 0, first[2]
    assert "7 students written, 0 unchanged" in first[1]
    again = grader(school, "gradebook", school.out)
    assert "0 students written, 7 unchanged" in again[1]
    assert again[1].endswith("['sqlalchemy']\n")


def test_a_report_needs_neither_where_there_is_no_gradebook(school):
    done = grader(school, "report", school.out)
    assert done[0] == 0, done[2]
    assert done[1].endswith("[]\n")


@pytest.mark.parametrize("missing", ["sqlalchemy", "nbgrader"])
def test_what_is_missing_is_named_with_its_install_line(school, missing):
    done = grader(school, "gradebook", school.out, missing=missing)
    assert done[0] == 2
    assert "pip install 'grader[gradebook]'" in done[2]
    assert "Traceback" not in done[2]


def test_the_driver_that_is_missing_is_named(school):
    url = "postgresql://localhost/grades"
    done = grader(school, "gradebook", school.out, "--database", url, missing="psycopg")
    assert done[0] == 2
    assert "pip install 'grader[postgresql]'" in done[2]


def test_a_report_says_when_it_cannot_ask_the_gradebook(synced):
    synced.by_hand("clean", "oh_jimin", comment="kept")
    synced.sync()
    (synced.root / "gradebook.db").unlink()
    done = grader(synced, "--lang", "ko", "report", synced.out)
    assert done[0] == 0, done[2]
    assert "성적부" in done[2]
    page = synced.out / "feedback" / "oh_jimin" / "hw1" / "feedback.html"
    assert "kept" in page.read_text(encoding="utf-8")


def test_grade_writes_it_at_the_end_and_refuses_a_wrong_address_before(course):
    package = course.parent / "submitted" / "kim"
    shutil.copytree(course / "reference" / "tiny_package", package)
    school = SimpleNamespace(root=course, out=course.parent / "graded")
    call = ["grade", "tiny", package.parent, "-o", school.out, "--json", "--gradebook"]
    refused = grader(school, *call, "grades")
    assert refused[0] == 2
    assert not school.out.exists()
    url = f"sqlite:///{course}/gradebook.db"
    done = grader(school, *call, url)
    assert done[0] == 0, done[2]
    assert json.loads(done[1].splitlines()[0])["intake"]["assignment"] == "tiny"
    assert "1 student written" in done[2]
    with sqlite3.connect(course / "gradebook.db") as connection:
        (score,) = connection.execute("SELECT sum(auto_score) FROM grade").fetchone()
    connection.close()
    assert score == 10.0
