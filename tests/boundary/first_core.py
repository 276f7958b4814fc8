"""A library that can be imported on the first core alone: there is no memory for another."""

import os

if min(os.sched_getaffinity(0)) > min(os.sched_getaffinity(os.getppid())):
    raise ImportError("Cannot allocate memory")
