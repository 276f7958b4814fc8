"""A report that is built again: the same files, and no more work than what has changed."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from grader.cli.main import main
from grader.errors import PlatformError
from grader.export.files import FILES
from grader.records import store
from grader.report import build as building
from grader.report.build import build
from tests.report import example_class
from tests.report.test_pages import written

BEFORE = datetime(2026, 3, 20, 14, 58, tzinfo=UTC)
AFTER = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def out(tmp_path):
    example_class.write(tmp_path / "out")
    return tmp_path / "out"


def feedback(out):
    """Feedback page -> when it was written, and by which file it is held."""
    states = {path: path.stat() for path in (out / "feedback").rglob("*.html")}
    return {path: (state.st_mtime_ns, state.st_ino) for path, state in states.items()}


def rewritten(out, step):
    """Students whose pages were written anew by `step`."""
    before = feedback(out)
    step()
    return {p.parent.parent.name for p, state in feedback(out).items() if before.get(p) != state}


def afresh(out, tmp_path, **options):
    """What a report of the same records in an empty folder is."""
    new = tmp_path / "afresh"
    for name in ("assignments", "records"):
        for path in (out / name).rglob("*.json"):
            target = new / path.relative_to(out)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    build(new, "en", FILES, **options)
    return written(new)


def change(out, stem):
    path = out / "records" / "hw1" / f"{stem}.json"
    record = store.read(path)
    store.write(replace(record, started="2026-03-22T01:02:03+00:00"), path)


def test_nothing_is_written_again_while_nothing_changes(out):
    build(out, "en", FILES)
    assert rewritten(out, lambda: build(out, "en", FILES)) == set()


def test_built_step_by_step_it_is_the_same_as_in_one_go(out, tmp_path):
    records = out / "records" / "hw1"
    late = [records / f"{stem}.json" for stem in ("oh_jimin", "empty", "platform", "김민수")]
    waiting = {path: path.read_bytes() for path in late}
    for path in late:
        path.unlink()
    build(out, "en", FILES)
    for path, content in waiting.items():
        path.write_bytes(content)
        build(out, "en", FILES)
    change(out, "script")
    assert rewritten(out, lambda: build(out, "en", FILES)) == {"script"}
    assert written(out) == afresh(out, tmp_path)


def test_a_record_that_is_gone_takes_its_pages_along(out, tmp_path):
    build(out, "en", FILES)
    (out / "feedback" / "oh_jimin" / "notes.txt").write_text("the teacher's own")
    for stem in ("script", "oh_jimin"):
        (out / "records" / "hw1" / f"{stem}.json").unlink()
    build(out, "en", FILES)
    assert not (out / "feedback" / "script").exists()
    assert [path.name for path in (out / "feedback" / "oh_jimin").iterdir()] == ["notes.txt"]
    (out / "feedback" / "oh_jimin" / "notes.txt").unlink()
    assert written(out) == afresh(out, tmp_path)


@pytest.mark.parametrize("damage", ["removed", "changed"])
def test_a_page_that_is_not_ours_any_more_is_made_again(out, damage, tmp_path):
    build(out, "en", FILES)
    page = out / "feedback" / "script" / "hw1" / "feedback.ko.html"
    if damage == "removed":
        page.unlink()
    else:
        page.write_text("half a pa", encoding="utf-8")
    build(out, "en", FILES)
    assert written(out) == afresh(out, tmp_path)


def test_pages_follow_what_else_they_depend_on(out):
    def step(**options):
        return lambda: build(out, "en", FILES, **({"now": BEFORE} | options))

    build(out, "en", FILES, now=BEFORE)
    everybody = {path.parent.parent.name for path in feedback(out)}
    assert rewritten(out, step()) == set()
    assert rewritten(out, step(now=AFTER)) == everybody  # the due date has passed
    assert rewritten(out, step(published=True)) == everybody
    described = out / "assignments" / "hw1.json"
    data = json.loads(described.read_text(encoding="utf-8"))
    data["title"]["en"] = "Another title"
    described.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    assert rewritten(out, step(published=True)) == everybody
    (out / "intake").mkdir()
    people = {"people": [{"id": "oh_jimin", "name": "Oh Jimin"}]}
    (out / "intake" / "hw1.json").write_text(json.dumps(people), encoding="utf-8")
    assert rewritten(out, step(published=True)) == {"oh_jimin"}


def test_an_interrupted_report_leaves_no_half_page_and_is_gone_on_with(out, tmp_path):
    build(out, "en", FILES)
    before = written(out)
    last = max((out / "records" / "hw1").glob("*.json"))
    record = last.read_bytes()
    change(out, "script")
    last.write_bytes(record[:100])  # the report ends here, after the other pages
    with pytest.raises(PlatformError, match=last.name):
        build(out, "en", FILES)
    left = written(out)
    assert [name for name in before if left[name] != before[name]] == [
        "feedback/script/hw1/feedback.html",
        "feedback/script/hw1/feedback.ko.html",
    ]
    assert not [path for path in out.rglob("*") if path.name.endswith(".tmp")]
    # what the list of pages says of the student is older than the page that is there
    example_class.write(tmp_path / "source")
    for name in (last.name, "script.json"):
        content = (tmp_path / "source" / "records" / "hw1" / name).read_bytes()
        (out / "records" / "hw1" / name).write_bytes(content)
    build(out, "en", FILES)
    assert written(out) == before


def test_more_processes_and_smaller_batches_make_the_same_report(out, tmp_path, monkeypatch):
    expected = afresh(out, tmp_path)
    monkeypatch.setattr(building, "BATCH", 3)
    build(out, "en", FILES, jobs=3)
    assert written(out) == expected


def test_a_fault_in_another_process_is_a_sentence(out, monkeypatch):
    monkeypatch.setattr(building, "BATCH", 3)
    path = out / "records" / "hw1" / "oh_jimin.json"
    path.write_text('{"schema": "grader/rec', encoding="utf-8")
    with pytest.raises(PlatformError, match="oh_jimin"):
        build(out, "en", FILES, jobs=2)


def test_two_records_of_one_student_are_refused(out):
    folder = out / "records" / "hw1"
    (folder / "zz_copy.json").write_bytes((folder / "oh_jimin.json").read_bytes())
    with pytest.raises(PlatformError, match="zz_copy"):
        build(out, "en", FILES)
    done = CliRunner().invoke(main, ["diagnose", str(out)])
    assert (done.exit_code, "zz_copy" in done.output) == (3, True)


def test_students_of_a_large_class_stand_on_pages_of_their_own(out, monkeypatch):
    monkeypatch.setattr(building, "BATCH", 5)
    monkeypatch.setattr(building, "TABLE", 10)
    build(out, "en", FILES)
    folder = out / "report" / "hw1"
    index = (folder / "index.html").read_text(encoding="utf-8")
    parts = sorted(path.name for path in folder.glob("students-?.html"))
    assert parts == ["students-1.html", "students-2.html", "students-3.html", "students-4.html"]
    assert "table-students" not in index
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in parts}
    for name in parts:
        assert f'href="{name}"' in index
        assert (folder / name.replace(".html", ".ko.html")).exists()
        assert 'href="index.html"' in texts[name]
        assert "<script>alert" not in texts[name]
    for record in example_class.class_records():
        link = f'href="../../feedback/{quote(record)}/hw1/feedback.html"'
        assert [link in text for text in texts.values()].count(True) == 1
    monkeypatch.setattr(building, "TABLE", 2000)
    build(out, "en", FILES)
    assert not list(folder.glob("students-*"))


@pytest.mark.parametrize(("batch", "jobs"), [(1, 1), (5, 1), (5, 2), (10, 1)])
def test_where_a_long_table_is_cut(out, monkeypatch, batch, jobs):
    monkeypatch.setattr(building, "BATCH", batch)
    monkeypatch.setattr(building, "TABLE", 10)
    build(out, "en", jobs=jobs)
    parts = sorted((out / "report" / "hw1").glob("students-?.html"))
    rows = [path.read_text(encoding="utf-8").count('<th scope="row"') for path in parts]
    assert rows == [10, 10, 10, 2]


def test_a_long_list_of_names_ends_with_their_number(tmp_path):
    absent = example_class.class_records()["absent"]
    everybody = {f"s{n:03}": replace(absent, student=f"s{n:03}") for n in range(130)}
    example_class.write(tmp_path, everybody)
    build(tmp_path, "en")
    for name, more in (("index.html", "and 30 more"), ("index.ko.html", "외 30명")):
        page = (tmp_path / "report" / "hw1" / name).read_text(encoding="utf-8")
        assert more in page.partition("<h2")[0]
        assert page.count("s129") == 4  # in the table alone
