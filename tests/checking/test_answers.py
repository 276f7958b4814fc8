"""A counterexample is a question on which all right programs agree, and the student does not."""

from dataclasses import replace

import numpy as np

from grader.boundary import wire
from grader.boundary.channel import RawReply, export_handle
from grader.boundary.endings import Ending
from grader.checking.answers import MOST_LINES, Notes, agreed, counterexample, size
from grader.checking.conversation import Step
from grader.checking.student import Object
from grader.records.outcome import Outcome
from grader.records.record import Message

MODEL = Object(None, 0, "Model")


def call(answer, *arguments, owner="m", name="f", verb="call", **keywords):
    request = {
        "call": (verb, owner, name, arguments, keywords),
        "get": (verb, owner, name),
        "map": (verb, owner, name, list(arguments)),
        "with_arguments": (verb, owner, name, arguments, keywords),
    }[verb]
    return Step(wire.encode(request, export_handle), reply(answer))


def reply(answer):
    if isinstance(answer, Object):
        frame = wire.encode((1, "value", answer, []), lambda _: {"t": "handle", "i": 0, "k": "Model"})  # fmt: skip
        return RawReply(1, *wire.parts(frame))
    if isinstance(answer, type):
        return RawReply.of("raised", {"bases": [answer.__name__]}, [])
    return RawReply.of("value", answer, [])


def answers(*said):
    return Notes().trace("", "", Outcome.PASSED, said).answers_shown


def found(right, *said):
    """Lines, the student's answer, the right one."""
    other = counterexample(answers(*right), said)
    return other and (other.lines, other.got.text, other.want.text)


def test_the_first_answer_that_differs():
    right = [call(1, "a"), call(2, "b"), call(3, "c", k=4)]
    slip = [right[0], call("two", "b"), call(4, "c", k=4)]
    assert found(right, *slip) == (["m.f('b')"], "'two'", "2")
    assert found(right, *right) is None


def test_an_error_is_an_answer():
    assert found([call(ValueError, -1)], call(0, -1)) == (["m.f(-1)"], "0", "raise ValueError")
    assert found([call(0, 1)], call(KeyError, 1)) == (["m.f(1)"], "raise KeyError", "0")


def test_another_question_is_not_compared():
    """The check passed on what it had got: where it went, the right programs never were."""
    right = [call(1, "a"), call(10, 1)]
    assert found(right[1:], call(0, 2)) is None
    assert found(right, call(2, "a"), call(0, 1))[0] == ["m.f('a')"]
    only_second = {name: a for name, a in answers(*right).items() if a.lines == ["m.f(1)"]}
    assert counterexample(only_second, [call(10, 1)]) is None


def test_what_is_said_again_is_noted_once():
    notes = Notes()
    one = notes.trace("add", "", Outcome.PASSED, [call(3, 1, 2), call(5, 2, 3)])
    assert notes.trace("add", "", Outcome.PASSED, [call(3, 1, 2), call(5, 2, 3)]) is one
    others = [
        notes.trace("add", "", Outcome.PASSED, [call(3, 1, 2), call(6, 2, 3)]),
        notes.trace("add", "", Outcome.PASSED, [call(3, 1, 2), call(5, 2, 4)]),
        notes.trace("add", "", Outcome.PASSED, [call(3, 1, 2)]),
        notes.trace("add", "", Outcome.FAILED, [call(3, 1, 2), call(5, 2, 3)]),
        notes.trace("add", "[2]", Outcome.PASSED, [call(3, 1, 2), call(5, 2, 3)]),
    ]
    assert one not in others
    assert len({str(other) for other in others}) == len(others)
    # an ending has no name by which it could be known again
    late = Step(call(0, 9).question, Ending(Outcome.TIMEOUT, Message("timeout")))
    ended = [call(3, 1, 2), late]
    first, again = (notes.trace("add", "", Outcome.TIMEOUT, said) for said in (ended, ended))
    assert first == again is not first


def test_where_several_answers_are_right_none_is_the_right_one():
    one, other = answers(call([1, 2], "a"), call(3, "b")), answers(call([2, 1], "a"), call(3, "b"))
    assert [right.lines for right in agreed(one, [one, other]).values()] == [["m.f('b')"]]
    assert agreed(one, []) == {}
    assert agreed(one, [one, {}]) == {}


def test_the_lines_hold_what_the_question_stands_on_and_nothing_else():
    said = [
        call(7, "not this"),
        call(MODEL, 5, owner="n", name="Model"),
        call(MODEL, [1.5], owner=MODEL, name="fit"),
        call(3, owner=MODEL, name="size", verb="get"),
        call([0.25], owner=MODEL, name="w", verb="get"),
    ]
    *_, last = answers(*said).values()
    assert last.lines == ["model = n.Model(5)", "model.fit([1.5])", "model.w"]


def test_of_several_calls_at_once_each_is_a_question():
    right = call([1, 2], ("a",), ("b", 3), verb="map")
    slip = call([1, 5], ("a",), ("b", 3), verb="map")
    assert found([right], slip) == (["m.f('b', 3)"], "5", "2")


def test_what_is_too_large_or_no_value_is_not_shown():
    large = [call(1, np.zeros((20, 20))), call("x" * 500, "b"), call((1, ["a"]), ["a"], verb="with_arguments")]  # fmt: skip
    assert answers(*large) == {}
    steps = [call(MODEL, owner="n", name="Model")]
    steps += [call(None, n, owner=MODEL, name="add") for n in range(MOST_LINES)]
    assert len(answers(*steps)) < len(steps)


def test_a_large_wrong_answer_is_described():
    assert found([call(1, "a")], call([0] * 1000, "a"))[1] == "list (1000)"


def test_sets_are_the_same_question_in_whatever_order_they_lie():
    one, other = {"b", "aa"}, {"aa", "b"}
    right = call(1, one)
    swapped = bytes(right.question).replace(b'"b","aa"', b'"aa","b"')
    again = replace(call(2, other), question=swapped)
    assert found([right], again) == (["m.f({'aa', 'b'})"], "2", "1")


def test_the_smallest_has_the_least_to_read():
    known = answers(call(1, "a"), call(2, "a long argument"))
    one = counterexample(known, [call(0, "a")])
    assert size(one) == len("m.f('a')")
