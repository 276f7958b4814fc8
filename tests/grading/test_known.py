"""What a batch leaves to the next one, also when it is killed."""

import os
import resource

import pytest

from grader.course.assignment import Assignment
from grader.errors import PlatformError
from grader.grading.known import Known, Row, seen
from grader.grading.results import unrun
from grader.intake.read import Submission
from grader.records import digests, store
from grader.records.brief import Brief
from grader.records.record import MISSING, Message


def test_a_batch_that_is_killed_leaves_what_it_had_saved(tiny: Assignment, tmp_path):
    path, index = tmp_path / "kim.json", tmp_path / "tiny.sqlite"
    record = unrun(tiny, Submission("kim", "", {}, [], [], Message(MISSING), "0" * 64))
    store.write(record, path)
    row = Row(seen(path), digests.digest(store.content(path)), "hand-in", "toml", Brief.of(record))
    killed = Known(index)  # never closed
    killed.note(path, row)
    killed.save()
    again = Known(index)
    assert again.get(path) == row
    assert again.get(tmp_path / "lee.json") is None
    path.write_text(path.read_text().replace("kim", "Kim"))
    assert again.get(path) is None


def test_a_stray_file_of_any_name_is_no_obstacle(tmp_path):
    stray = tmp_path / os.fsdecode(b"\xff.json")
    stray.write_text("{}")
    known = Known.of(tmp_path, "hw1")
    assert known.get(stray) is None
    known.close()


def test_an_index_without_room_says_so(tiny: Assignment, tmp_path):
    path, index = tmp_path / "kim.json", tmp_path / "tiny.sqlite"
    record = unrun(tiny, Submission("kim", "", {}, [], [], Message(MISSING), "0" * 64))
    store.write(record, path)
    # more than SQLite holds back in memory, so that it is written at once
    row = Row(seen(path), "", "9" * 4_000_000, "toml", Brief.of(record))
    known = Known(index)
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    # an empty index has room, so that it can be made anew; nothing has room in that one either
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, allowed[1]))
    try:
        with pytest.raises(PlatformError) as told:
            known.note(path, row)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
    assert (told.value.code, told.value.fields["file"]) == ("error.cannot_write", str(index))
