"""Equal answers have equal digests, whatever their dtype and the order of their sums."""

import math

import numpy as np
import pytest
import torch

from grader.boundary import wire
from grader.boundary.channel import RawReply
from grader.boundary.endings import Ending
from grader.checking.conversation import Step
from grader.checking.traces import MOST_ANSWERS, MOST_BYTES, trace
from grader.records.outcome import Outcome
from grader.records.record import Message


def traced(*answers, questions=None):
    said = [Step(("m", "f"), None)]
    for number, answer in enumerate(answers):
        question = wire.encode(("call", "m", (questions or "fghi")[number % 4], (number,), {}))
        said.append(Step(question, answer))
    return trace("", Outcome.FAILED, said)


def value(something):
    return RawReply.of("value", something, [])


def digest(something):
    return traced(value(something)).answers


ALIKE = [
    (1.0, 1),
    (0.1 + 0.2, 0.3),
    ([1.0, 1e-9], [1.0, 0.0]),
    (np.array([3e-17, -1e-17]), np.zeros(2)),  # the gradient of what has none, on two machines
    # what another order of sums leaves: a hair below 1, beside what is halfway between two digits
    ([1.0, 0.0625], [1 - 1e-7, 0.0625 - 1e-8]),
    ([30.0, -0.125, 1 / 3], [30.000001, -0.1250001, 1 / 3 + 1e-7]),
    (np.ones(1000), np.ones(1000) * (1 - 1e-7)),
    (np.arange(1000) / 7, np.arange(1000) / 7 + 1e-6),
    (np.array([1 + 1e-9j]), np.array([1 - 1e-9j])),
    (np.float32(2.5), 2.5),
    (np.array([1, 2]), np.array([1.0, 2.0])),
    (torch.tensor([0.5]), torch.tensor([0.5], dtype=torch.float64)),
    (torch.tensor([0.5], dtype=torch.bfloat16), np.array([0.5])),
    (torch.tensor(3.0), 3.0),
    (-0.0, 0.0),
    (math.nan, math.nan),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ({3, 1}, {1, 3}),
    ((1, 2), [1, 2]),
]


@pytest.mark.parametrize(("one", "other"), ALIKE, ids=range(len(ALIKE)))
def test_alike(one, other):
    assert digest(one) == digest(other)


UNLIKE = [
    (1.0, 1.001),
    (1e-9, 2e-9),
    (1, "1"),
    (1, True),
    (None, False),
    ([1, 2], [2, 1]),
    ([[1], [2]], [[1, 2]]),
    (np.ones((2, 1)), np.ones((1, 2))),
    (100_001, 100_002),
    (math.inf, -math.inf),
    (np.array([1 + 1j]), np.array([1])),
    # one of a thousand is another, or their order
    (np.arange(1000.0), np.where(np.arange(1000) == 500, 400, np.arange(1000.0))),
    (np.arange(1000.0), np.arange(1000.0)[::-1]),
    ({"a": 1}, {"a": 2}),
]


@pytest.mark.parametrize(("one", "other"), UNLIKE, ids=range(len(UNLIKE)))
def test_unlike(one, other):
    assert digest(one) != digest(other)


def test_what_is_asked_counts_without_its_arguments_and_in_its_order():
    one, other = traced(value(1), value(2)), traced(value(1), value(2), questions="gfhi")
    assert one.answers == other.answers
    assert one.asked != other.asked
    assert len(one.asked) == len(one.answers) == 2


def test_of_an_error_the_builtin_kind_counts():
    def raised(text, *bases):
        return RawReply.of("raised", {"type": "X", "text": text, "bases": list(bases)}, [])

    one = traced(raised("a", "MyError", "ValueError"))
    assert one.answers == traced(raised("b", "Other", "ValueError")).answers
    assert one.answers != traced(raised("a", "KeyError")).answers
    assert not one.telling


def test_a_lone_integer_or_boolean_is_not_telling():
    assert [traced(value(v)).telling for v in (3, True, None)] == [False] * 3
    assert [traced(value(v)).telling for v in (3.0, "a", [3])] == [True] * 3


def test_types_are_told_apart_from_values():
    forms = [traced(value(v)).forms for v in (1, 1.0, [1.0], np.ones(1), np.ones(1, np.float32))]
    assert len({form for (form,) in forms}) == len(forms)
    assert traced(value(np.ones(2)), value(1)).forms == traced(value(np.ones(3)), value(2)).forms


def test_lists_thirty_deep_leave_a_trace():
    deep = [1]
    for _ in range(30):
        deep = [deep]
    assert traced(value(deep)).forms != traced(value([1])).forms


def test_the_first_array_of_a_compound_answer():
    one = traced(value((np.ones(2), {"own": 1}))).first
    assert one == traced(value([np.ones(2), 7])).first != ""
    assert traced(value(np.ones(2))).first == ""


def test_an_object_that_stays_counts_without_its_name():
    handles = [
        RawReply(1, *wire.parts(wire.encode((1, "value", object(), []), lambda _, k=k: k)))
        for k in ({"t": "handle", "i": 0, "k": "A"}, {"t": "handle", "i": 5, "k": "B"})
    ]
    one, other = map(traced, handles)
    assert one.answers == other.answers


def test_an_ending_is_an_answer():
    one = traced(Ending(Outcome.TIMEOUT, Message("timeout")))
    assert one.answers != traced(Ending(Outcome.CRASHED, Message("exited"))).answers


@pytest.mark.parametrize(
    "reply",
    [
        RawReply(1, b"no json", b""),
        RawReply(1, b"[[],7]", b""),
        RawReply.of(),
        RawReply.of(np.ones(2), 1, []),
        RawReply.of("raised", 3, []),
    ],
    ids=range(5),
)
def test_a_forged_reply_is_an_answer_like_any_other(reply):
    assert len(traced(reply).answers) == 1


def test_too_much_leaves_no_trace():
    assert traced(*[value(1)] * MOST_ANSWERS) is not None
    assert traced(*[value(1)] * (MOST_ANSWERS + 1)) is None
    assert traced(value(b"x" * MOST_BYTES)) is None
    assert traced() is None
