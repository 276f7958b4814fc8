"""For `bench.scale`: a worker that loads this grades nothing, and answers with one record for all.

The record lies in the file that `GRADER_STUB` names. Each thread has a seat. Everything around it
is the product's.
"""

from __future__ import annotations

import os
import pickle
from dataclasses import replace
from pathlib import Path

from grader.grading.engines import cores, workplace
from grader.grading.worker import Job
from grader.records.record import Record


def dask_setup(_: object) -> None:
    """What Dask calls when it has loaded the module."""
    record: Record = pickle.loads(Path(os.environ["GRADER_STUB"]).read_bytes())

    def grade(_: workplace.Workplace, job: Job) -> Record:
        own = job.submission
        return replace(record, student=own.student, submission_sha256=own.sha256)

    workplace.Workplace.grade = grade
    cores.OURS.claim = int  # as many seats as there are threads, whatever the machine has
