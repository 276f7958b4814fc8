"""Time is charged in the guest's own processor time; the wall is for guests that sleep."""

import os
import time

import pytest

from grader.boundary import clock
from grader.boundary.clock import BACKSTOP, MORE, Clock, Deadline, DeadlineMissed, Usage, usage_of


@pytest.fixture
def wall(monkeypatch):
    """The wall clock, as a hand that the test moves."""
    hand = [1000.0]
    monkeypatch.setattr(clock.time, "monotonic", lambda: hand[0])
    return hand


class Meter:
    """What a guest has used; counts how often it was asked."""

    def __init__(self):
        self.cpu, self.starved, self.asked = 5.0, 1.0, 0

    def __call__(self):
        self.asked += 1
        return Usage(self.cpu, self.starved)


def test_a_guest_is_not_asked_before_the_wall_says_that_it_may_be_too_much(wall):
    meter = Meter()
    deadline = Deadline(2.0, meter)
    deadline.begin()
    wall[0] += 1.5
    assert deadline.left() == pytest.approx(0.5)
    assert meter.asked == 1  # at its beginning


def test_processor_time_over_the_limit_is_too_much(wall):
    meter = Meter()
    deadline = Deadline(2.0, meter)
    deadline.begin()
    wall[0] += 2.1
    meter.cpu += 2.05
    with pytest.raises(DeadlineMissed):
        deadline.left()


def test_a_guest_that_waits_for_a_core_is_not_charged(wall):
    meter = Meter()
    deadline = Deadline(2.0, meter)
    deadline.begin()
    wall[0] += 100.0
    meter.cpu += 0.5
    meter.starved += 99.5
    assert deadline.left() == pytest.approx(1.5)  # the soonest that the rest can be used up


def test_a_guest_that_sleeps_meets_the_backstop(wall):
    meter = Meter()
    deadline = Deadline(2.0, meter)
    deadline.begin()
    wall[0] += BACKSTOP * 2.0 + MORE - 0.5
    assert deadline.left() == pytest.approx(0.5)
    wall[0] += 0.5
    with pytest.raises(DeadlineMissed):
        deadline.left()


def test_requests_of_a_check_share_its_time(wall):
    meter = Meter()
    deadline = Deadline(2.0, meter)
    for _ in range(4):
        deadline.begin()
        wall[0] += 0.6
        meter.cpu += 0.6
        deadline.end()
        wall[0] += 50.0  # between requests the checks compute, and nobody is charged
    deadline.begin()
    with pytest.raises(DeadlineMissed):
        deadline.left()


def test_what_guests_used_is_added_up_without_imports():
    first, second = Meter(), Meter()
    total = Clock()
    first.cpu = second.cpu = 0.0
    total.guest_opened(first)
    total.begin_check(9.0)
    total.check()
    first.cpu += 2.0
    importing = total.start(1.0)
    first.cpu += 5.0
    total.leave_out(importing.used())
    first.cpu += 1.0
    assert (total.waited, total.used) == (3.0, 8.0)
    total.guest_ended(8.5)
    total.guest_opened(second)
    total.begin_check(9.0)
    second.cpu += 1.0
    total.check()
    second.cpu += 0.25
    assert (total.waited, total.used) == (3.75, 9.75)


def test_what_a_process_has_used_is_read_from_outside():
    before = time.process_time()
    used = usage_of(os.getpid())
    assert before <= used.cpu <= time.process_time()
    assert used.starved >= 0


def test_a_process_that_has_ended_has_used_nothing_more():
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    assert usage_of(child) == Usage()
