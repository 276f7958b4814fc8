"""What a trusted twin does in `test_twins`; imported there alone."""

import atexit
import os
import signal
import sys
from pathlib import Path

from grader.boundary.guests import Guests
from grader.boundary.submitted import Submitted
from grader.checking.conversation import Conversation
from grader.checking.student import Student
from grader.course.assignment import Limits


def describe(line, launcher, *arguments):
    """Say what this process has."""
    line.send((arguments, dict(os.environ), list(sys.path), sorted(sys.modules), hash("seed")))


def ask_guests(line, launcher):
    """What `f` returns in each module that comes, in a guest of its own."""
    while True:
        guests = Guests(launcher, Submitted("pack", {"m.py": line.recv()}), Limits())
        guests.begin_check(10.0)
        line.send(Student(Conversation(guests)).m.f())
        guests.close()


def die(line, launcher):
    """As in a library that breaks."""
    os.kill(os.getpid(), signal.SIGABRT)


def leave_word(line, launcher, path):
    """Write it at the end, as a library does that tidies up."""
    atexit.register(Path(path).write_text, "tidied up")
