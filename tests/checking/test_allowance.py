"""What the checks' own process may spend on one check."""

import gc
import re
import resource
import signal
import subprocess
import sys

import numpy as np
import pytest

from grader.boundary import wire
from grader.checking.allowance import allowance
from grader.checking.outcomes import Overrun, classify
from grader.records.outcome import Outcome


@pytest.fixture(autouse=True)
def no_collection():
    """Hypothesis is told of each, and what is raised while it is told is lost until the next time."""
    gc.disable()
    yield
    gc.enable()


def limits():
    return resource.getrlimit(resource.RLIMIT_DATA), signal.getsignal(signal.SIGPROF)


def spin():
    while True:
        pass


def test_time_ends_and_everything_is_as_before():
    before = limits()
    with pytest.raises(Overrun), allowance(0.05, 1024):
        spin()
    assert limits() == before
    for timer in (signal.ITIMER_PROF, signal.ITIMER_VIRTUAL):
        assert signal.getitimer(timer) == (0.0, 0.0)


def test_who_swallows_it_once_meets_it_again():
    with pytest.raises(Overrun), allowance(0.05, 1024):
        try:
            spin()
        except Overrun:
            spin()


def test_memory_ends():
    with allowance(60, 64):
        with pytest.raises(MemoryError):
            np.ones(32 << 20)
        np.ones(1 << 20)


def test_an_import_is_not_broken_off(tmp_path, monkeypatch):
    (tmp_path / "slow_library.py").write_text(
        "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Overrun), allowance(0.05, 1024):
        import slow_library

        assert slow_library.end
        spin()
    assert "slow_library" in sys.modules


def test_one_long_step_ends_the_process():
    code = (
        "from grader.checking.allowance import allowance\n"
        "with allowance(0.1, 1024): sum(range(10**13))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, stderr=subprocess.PIPE)
    assert done.returncode == -signal.SIGVTALRM


def colliding(size, bits):
    """Whole numbers with hashes of their own of which each meets all the others in a dict.

    CPython goes from slot to slot as `i = 5 * i + perturb + 1`. The first half lies on the way
    that is left when `perturb` is 0; the others come to its beginning over slots that are taken.
    """
    mask, chain = (1 << bits) - 1, [0]
    while len(chain) < size // 2:
        chain.append((5 * chain[-1] + 1) & mask)
    taken = np.full(1 << bits, len(chain))
    taken[chain] = np.arange(len(chain))
    found = np.arange(1 << bits, 1 << 23)
    slot, perturb = found & mask, found.copy()
    while perturb.any():
        perturb >>= 5
        slot = (slot * 5 + perturb + 1) & mask
        free = taken[slot] < len(chain)
        found, slot, perturb = found[free], slot[free], perturb[free]
    return chain + found[taken[slot] < len(chain) // 4][: size // 2].tolist()


def test_numbers_that_meet_in_a_dict_are_not_waited_for():
    members = colliding(20_000, 15)
    assert len(set(map(hash, members))) == len(members) > 15_000
    frame = wire.encode(dict.fromkeys(members))
    header = frame[wire.PREFIX.size :]
    with pytest.raises(Overrun), allowance(0.1, 1024):
        wire.decode(header, b"")


@pytest.mark.parametrize(
    ("error", "asked", "outcome"),
    [
        (Overrun(), True, Outcome.UNREADABLE),
        (MemoryError(), True, Outcome.UNREADABLE),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), True, Outcome.UNREADABLE),
        (Overrun(), False, Outcome.BROKEN),
        (MemoryError(), False, Outcome.BROKEN),
        (RuntimeError("something else"), True, Outcome.BROKEN),
    ],
)
def test_whose_fault_it_is(error, asked, outcome):
    assert classify(error, answers=0, asked=asked, public=True, met_hidden=False).outcome == outcome


def test_the_sentence_has_no_field_that_a_student_could_fill():
    judged = classify(
        Overrun("a hidden input"), answers=1, asked=True, public=False, met_hidden=True
    )
    assert judged.message.fields == {}
    assert re.match("too_much", judged.message.code)
