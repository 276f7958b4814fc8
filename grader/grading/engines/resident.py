"""A grading process below a cluster's worker: `python -m …resident LINE LIFE`, two descriptors.

A task of Dask runs in a thread of a process that may have no children of multiprocessing, where
signals have no main thread, and where the parent's death would be noticed when that *thread* ends.
So a grading process is an interpreter of its own, and has one end of a pipe whose other end lives
as long as the worker does.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import sys
from multiprocessing.connection import Connection

from grader.grading import worker

_F_SETSIG = 10  # of Linux: the signal that tells of a pipe


def main(line: int, life: int) -> None:
    """Serve the jobs that come over `line`, as long as somebody holds the other end of `life`."""
    end_with(life)
    batch = Connection(line)
    worker.serve(batch, *batch.recv())


def end_with(life: int) -> None:
    """Let the kernel kill this process when the pipe is closed: even stopped, or in a library."""
    fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(life, _F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([life], [], [], 0)[0]:
        os._exit(1)  # it was closed before


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
