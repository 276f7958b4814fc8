"""A grading process and its launcher of one import: `python -m …paired LINE BATCH CORE PRELOAD…`.

Libraries take most of the time that a worker needs to start, and most of its memory. So a process
that knows nothing but their names imports them and forks its launcher. Only when that holds nothing
but its own control socket does this process say that it is there; then it is told what it is for.

Before the fork only what a launcher may hold is imported here.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import traceback

from grader.boundary.guest import kernel, launcher


def main(line: int, batch: int, core: str, preload: tuple[str, ...]) -> None:
    """Serve the batch with this process number over `line`; `core` is one, or empty."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the batch decides what Ctrl-C means
    # a batch that is killed takes its workers along, and they their launchers and guests
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != batch:
        return  # it is gone already
    kernel.keep_out_tracers()  # also those who would wait for what this will hear
    if core:
        os.sched_setaffinity(0, {int(core)})
    try:
        launcher.preload(list(preload))
    except Exception as error:
        _refuse(line, error)
        return
    tempfile.tempdir = None  # where libraries have looked for one: no guest has that folder
    pid, control, words = launcher.branch_off()

    from multiprocessing.connection import Connection

    from grader.boundary.launchers import Branch, ForkLauncher
    from grader.grading import worker

    worker.main(Connection(line), ForkLauncher(preload, Branch(pid, control, words)))


def _refuse(line: int, error: Exception) -> None:
    """There can be no launcher: say so, as it would."""
    from multiprocessing.connection import Connection

    from grader.errors import PlatformError

    reason = f"{type(error).__name__}: {error}"
    Connection(line).send((PlatformError, "error.launcher_gone", {"reason": reason}))


if __name__ == "__main__":
    status = 0
    try:
        main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], tuple(sys.argv[4:]))
    except BaseException:
        traceback.print_exc()
        status = 2  # 1 is an interpreter's that has not found this module
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)  # taking the libraries apart would take longer
