"""What a batch leaves to the next one, also when it is killed."""

from grader.course.assignment import Assignment
from grader.grading.known import Known
from grader.grading.submission import unrun
from grader.intake.read import Submission
from grader.records.record import MISSING, Message


def test_a_batch_that_is_killed_leaves_nearly_all_that_it_knew(tiny: Assignment, tmp_path):
    path = tmp_path / "tiny.json"
    nothing = Submission("kim", "", {}, [], [], Message(MISSING), "0" * 64)
    record = unrun(tiny, nothing)
    known = Known(path, "declared")
    for number in range(3000):  # and it is never saved at the end
        known.note(f"student{number}", f"text {number}", record)
    again = Known(path, "declared")
    found = [n for n in range(3000) if again.get(f"student{n}", f"text {n}".encode())]
    assert found == list(range(len(found)))
    assert len(found) >= 2000
