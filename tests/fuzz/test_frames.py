"""No frame crashes, hangs or enlarges the side that decodes it: thousands of them in every run.

`make fuzz` sends millions, steered by coverage.
"""

import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.boundary import wire
from tests.fuzz import frames

THOROUGH = settings(max_examples=700, deadline=None, derandomize=True, database=None)


@given(frames.almost_frames())
@THOROUGH
def test_a_header_by_the_grammar_with_wrong_values(frame):
    frames.judge(*frame)


@given(frames.damaged_frames())
@THOROUGH
def test_a_right_frame_with_wounds(frame):
    frames.judge(*frame)


@given(frames.meeting_members())
@THOROUGH
def test_members_of_a_set_that_meet(frame):
    frames.judge(*frame)


def test_the_frames_are_neither_all_right_nor_all_wrong():
    outcomes = []

    @given(frames.damaged_frames() | frames.almost_frames())
    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    def collect(frame):
        outcomes.append(frames.judge(*frame))

    collect()
    refused = frames.distribution(outcomes)["refused"]
    assert 0.2 < refused / len(outcomes) < 0.98


@given(st.binary(min_size=wire.PREFIX.size, max_size=wire.PREFIX.size))
@settings(deadline=None, derandomize=True, database=None)
def test_a_prefix_announces_what_is_allowed_or_nothing(prefix):
    try:
        header, body = wire.sizes(prefix)
    except wire.WireError:
        return
    assert 0 <= header <= wire.MAX_HEADER
    assert 0 <= body <= wire.MAX_BODY


HUNGRY = {
    "lists": (b"[[],[" + b"[]," * 30_000 + b"[]]]", b""),
    "objects": (b"[[],[" + b"{}," * 30_000 + b"{}]]", b""),
    "sets": (b"[[],[" + b'{"t":"set","v":[]},' * 10_000 + b"1]]", b""),
    "tuples": (b"[[],[" + b'{"t":"tuple","v":[[]]},' * 10_000 + b"1]]", b""),
    "strings": (b"[[],[" + b'"\xed\x95\x9c\xea\xb8\x80",' * 30_000 + b"1]]", b""),
    "wide_text": (b'[[],"' + b"\xf0\x9f\x8e\x93" + b"x" * 500_000 + b'"]', b""),
    "huge_shapes": (
        frames.as_json(
            [[0], [{"t": "array", "d": "float64", "s": [2**31 - 1] * 15 + [0], "b": 0}] * 99]
        ),
        b"",
    ),
    "one_buffer_often": (
        frames.as_json([[99_999], [{"t": "bytes", "b": 0}] * 500]),
        b"x" * 99_999,
    ),
    "one_hash": (
        frames.as_json([[], {"t": "set", "v": [k * (2**61 - 1) for k in range(1, 30_000)]}]),
        b"",
    ),
    "packed": (frames.as_json([[800_000], {"t": "ints", "b": 0}]), b"\x7f" * 800_000),
}


@pytest.mark.parametrize("name", HUNGRY)
def test_what_a_frame_becomes_is_bounded_by_its_length(name):
    header, body = HUNGRY[name]
    tracemalloc.start()
    try:
        frames.judge(header, body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # an empty list is 3 bytes on the wire and 56 here, once parsed and once decoded; a packed
    # integer is 8 bytes there and 40 here
    assert peak < 100_000 + 100 * len(header) + 10 * len(body)


def test_bytes_at_random_in_every_seed():
    chosen = random.Random(20170)
    for header, body in frames.SEEDS:
        for _ in range(300):
            changed = bytearray(header)
            for _ in range(chosen.randrange(1, 4)):
                changed[chosen.randrange(len(changed))] = chosen.randrange(256)
            frames.judge(bytes(changed), body)
