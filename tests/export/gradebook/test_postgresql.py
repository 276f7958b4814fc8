"""The same gradebook on a PostgreSQL server, with several of us and nbgrader at it at once."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from glob import glob
from pathlib import Path
from threading import Barrier

import pytest

from grader.errors import UsageError
from grader.export.gradebook import submissions
from grader.export.gradebook.database import address, opened, written
from grader.export.gradebook.decide import refresh
from tests.export.gradebook.school import RECORDS, School

NOT_PROVEN = (
    "NOT PROVEN: that the gradebook works on PostgreSQL. Missing: {missing}. Install: apt-get "
    "install postgresql; pip install 'grader[postgresql]'"
)


def programs():
    """The folder of a server's programs; "" where there is none."""
    found = sorted(glob("/usr/lib/postgresql/*/bin")) or [
        str(Path(shutil.which("initdb") or "").parent)
    ]
    return found[-1] if Path(found[-1], "initdb").exists() else ""


@pytest.fixture(scope="module")
def server():
    """A server of our own, which only a socket in its folder leads to. Skips where there is none."""
    missing = [] if programs() else ["a PostgreSQL server"]
    try:
        import psycopg  # noqa: F401
    except ImportError:
        missing.append("psycopg")
    if missing:
        pytest.skip(NOT_PROVEN.format(missing=", ".join(missing)))
    # the path of a socket is short, and the server does not run as root
    home = Path(tempfile.mkdtemp(prefix="pg"))
    if (user := server_user()) is not None:
        os.chown(home, user, -1)
    run(home, "initdb", "-A", "trust", "-U", "grader", "--no-sync", "-E", "UTF8", "--locale=C")
    options = f"-k {home} -c listen_addresses= -c fsync=off"
    run(home, "pg_ctl", "-w", "-l", f"{home}/log", "-o", options, "start")
    yield home
    run(home, "pg_ctl", "-w", "-m", "immediate", "stop")
    shutil.rmtree(home)


def server_user():
    """Whom the server runs as, if not as ourselves."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def run(home, program, *arguments):
    """One of the server's programs on the data in `home`."""
    command = [f"{programs()}/{program}", "-D", f"{home}/data", *arguments]
    subprocess.run(command, user=server_user(), cwd="/", check=True, stdout=subprocess.DEVNULL)


@pytest.fixture
def url(server, request):
    """An empty database."""
    import psycopg

    name = f"grades_{abs(hash(request.node.name))}"
    with psycopg.connect(
        host=str(server), user="grader", dbname="postgres", autocommit=True
    ) as own:
        own.execute(f"CREATE DATABASE {name}")
    return f"postgresql+psycopg://grader@/{name}?host={server}"


@pytest.fixture
def school(tmp_path, url):
    return School(tmp_path, url)


def test_it_says_what_the_report_says(school):
    school.sync()
    assert school.sync().unchanged == len(RECORDS)
    totals = school.totals()
    for student, score in school.scores().items():
        if totals[student] is not None:
            assert score == pytest.approx(totals[student], abs=1e-6)


def test_what_a_person_decides_survives_and_comes_back(school):
    school.sync()
    school.by_hand("clean", "oh_jimin", score=1.25, extra=0.5, comment="봤습니다")
    assert refresh(school.out)
    school.regrade("oh_jimin", "clean", 0.5)
    school.sync()
    assert school.grade("clean", "oh_jimin") == (0.5, 1.25, 0.5, True, "봤습니다")
    assert school.scores()["oh_jimin"] == pytest.approx(school.totals()["oh_jimin"])


def test_cells_come_go_and_stay_where_a_person_graded(school):
    school.sync()
    school.by_hand("tokenize", "oh_jimin", score=1.0)
    school.declare(
        lambda exercises: exercises["cleaning"].update(
            functions=exercises["cleaning"]["functions"][:1],
            checks=exercises["cleaning"]["checks"][:1],
        )
    )
    done = school.sync().cells
    assert done.kept == ["tokenize"]
    assert "stem" in done.removed


def test_three_open_a_new_one_and_write_it_at_once(tmp_path, url):
    schools = [School(tmp_path / name, url) for name in "abc"]
    together = Barrier(3)

    def work(school):
        together.wait()
        return school.sync()

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(work, schools))
    assert [one.written for one in done] == [len(RECORDS)] * 3
    with opened(address(url)) as engine, engine.connect() as connection:
        versions = connection.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar()
        rows = connection.exec_driver_sql("SELECT cell_id, notebook_id FROM grade").all()
    assert versions == 1
    assert set(Counter(rows).values()) == {1}
    assert len(rows) == len(done[0].cells.ids) * len(schools[0].scores())


def test_a_connection_that_is_lost_leaves_what_was_there(school, monkeypatch):
    school.sync()
    school.regrade("oh_jimin", "clean", 0.5)
    before = school.grade("clean", "oh_jimin")
    write = submissions.write

    def lose(connection, *arguments):
        write(connection, *arguments)
        own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with opened(address(school.url)) as other, other.connect() as killer:
            killer.exec_driver_sql(f"SELECT pg_terminate_backend({own})")
        return write(connection, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(submissions, "write", lose)
        with pytest.raises(UsageError) as refused:
            school.sync()
    assert refused.value.code == "error.database"
    assert school.grade("clean", "oh_jimin") == before
    assert school.sync().written == 1
    assert school.grade("clean", "oh_jimin")[0] == 0.5


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_server_that_restarts_leaves_what_was_there(school, server, monkeypatch, how):
    """In the middle of a transaction; `immediate` is a crash, after which it recovers."""
    school.sync()
    school.regrade("oh_jimin", "clean", 0.5)
    before = school.grade("clean", "oh_jimin")
    write = submissions.write

    def restart(connection, *arguments):
        write(connection, *arguments)
        run(server, "pg_ctl", "-w", "-m", how, "-l", f"{server}/log", "restart")
        return write(connection, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(submissions, "write", restart)
        with pytest.raises(UsageError) as refused:
            school.sync()
    assert refused.value.code == "error.database"
    assert school.grade("clean", "oh_jimin") == before
    assert school.sync().written == 1
    assert school.grade("clean", "oh_jimin")[0] == 0.5


def test_a_person_who_grades_meanwhile_does_not_wait(school):
    school.sync()
    school.regrade("oh_jimin", "clean", 0.5)
    with opened(address(school.url)) as engine, written(engine, "hw1"):  # we are at it
        school.by_hand("clean", "oh_jimin", score=2.0)
    school.sync()
    assert school.grade("clean", "oh_jimin")[:2] == (0.5, 2.0)


def test_a_server_that_is_not_there_is_said(school):
    school.url = "postgresql+psycopg://grader@/grades?host=/nowhere"
    with pytest.raises(UsageError) as refused:
        school.sync()
    assert refused.value.code == "error.database"
