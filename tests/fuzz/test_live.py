"""A guest that writes what it likes, against the real channel: every end has a type.

The guest is a thread with the other ends of the channel's sockets; it reads no request unless
its script says so.
"""

import socket
import threading
import time
from contextlib import suppress
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.boundary import wire
from grader.boundary.channel import Channel, Exit, HungUp, ProtocolBroken
from grader.boundary.clock import Deadline, DeadlineMissed, Usage
from grader.boundary.endings import Ending
from grader.boundary.guests import Guests
from grader.boundary.submitted import Submitted
from grader.checking.conversation import Conversation
from grader.checking.student import Student
from grader.course.assignment import Limits
from grader.grading.forbidden import blame
from tests.fuzz import frames

REQUEST = ("get", "m", "f")
REPLY = wire.encode((1, "value", [1, 2]))
LATER = 0.05  # a deadline for guests that will miss it
SOON = 30.0  # and for those that will not


class Guest:
    """The far end. `run` plays a script in a thread; the near end is a real channel."""

    def __init__(self):
        near, self.wire = socket.socketpair()
        output, self.output = socket.socketpair()
        self.channel = Channel(near, output, 4096, lambda _: Exit(0, 0, 0.0), self.usage)
        self._thread = None

    def usage(self):
        """A thread of ours has no clock of its own: it is charged what the wall shows."""
        return Usage(cpu=time.monotonic())

    def ask(self, request, seconds):
        raw = self.channel.ask(wire.encode(request), Deadline(seconds, self.usage))
        return self.channel.read(raw, frames.Kept)

    def run(self, script):
        def play():
            with suppress(OSError):
                script(self)

        self._thread = threading.Thread(target=play)
        self._thread.start()

    def read_request(self):
        prefix = self._read(wire.PREFIX.size)
        header, body = wire.sizes(prefix)
        return wire.decode(self._read(header), self._read(body))

    def _read(self, wanted):
        data = b""
        while len(data) < wanted:
            piece = self.wire.recv(wanted - len(data))
            if not piece:
                raise ConnectionResetError
            data += piece
        return data

    def close(self):
        self.channel.end()
        for end in (self.wire, self.output):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        if self._thread:
            self._thread.join()
        self.wire.close()
        self.output.close()


@pytest.fixture
def guest():
    opened = Guest()
    yield opened
    opened.close()


def after_request(*pieces):
    """Answer with these pieces of bytes, each in a write of its own."""

    def script(guest):
        guest.read_request()
        for piece in pieces:
            guest.wire.sendall(piece)

    return script


def then(*scripts):
    def all_of_them(guest):
        for script in scripts:
            script(guest)

    return all_of_them


def then_closed(script):
    return then(script, lambda guest: guest.wire.shutdown(socket.SHUT_WR))


def forever(end, piece):
    while True:
        end.sendall(piece)


def endlessly(piece):
    return then(after_request(), lambda guest: forever(guest.wire, piece))


def in_bytes(data):
    return [data[i : i + 1] for i in range(len(data))]


def test_a_reply_in_single_bytes_arrives(guest):
    guest.run(after_request(*in_bytes(REPLY)))
    assert guest.ask(REQUEST, SOON) == ("value", [1, 2])


def prefix(header, body=0):
    return wire.PREFIX.pack(header, body)


SCRIPTS = {
    "silent": (lambda guest: guest.read_request(), DeadlineMissed),
    "deaf": (lambda guest: None, DeadlineMissed),
    "half_a_prefix": (after_request(REPLY[:5]), DeadlineMissed),
    "half_a_frame": (after_request(REPLY[:-1]), DeadlineMissed),
    "less_than_announced": (after_request(prefix(100, 1 << 20), b"x" * 5000), DeadlineMissed),
    "an_empty_body_is_waited_for": (after_request(prefix(2, 64 << 20), b"[]"), DeadlineMissed),
    "half_a_frame_and_gone": (then_closed(after_request(REPLY[:-1])), HungUp),
    "gone": (then_closed(after_request()), HungUp),
    "gone_at_once": (lambda guest: guest.wire.close(), HungUp),
    "a_length_beyond_all": (after_request(b"\xff" * 12), ProtocolBroken),
    "a_header_over_the_limit": (after_request(prefix(wire.MAX_HEADER + 1)), ProtocolBroken),
    "a_body_over_the_limit": (after_request(prefix(2, wire.MAX_BODY + 1)), ProtocolBroken),
    "no_header": (after_request(prefix(0, 0)), ProtocolBroken),
    "zeros": (endlessly(bytes(4096)), ProtocolBroken),
    "ones": (endlessly(b"\xff" * 4096), ProtocolBroken),
    "text": (endlessly(b"10 passed in 0.01s\n" * 99), ProtocolBroken),
    "the_last_number": (after_request(wire.encode((0, "value", 1))), ProtocolBroken),
    "the_next_number": (after_request(wire.encode((2, "value", 1))), ProtocolBroken),
    "a_huge_number": (after_request(wire.encode((2**64 + 1, "value", 1))), ProtocolBroken),
    "a_float_for_a_number": (after_request(wire.encode((1.0, "value", 1))), ProtocolBroken),
    "an_array_for_a_number": (after_request(wire.encode((np.ones(2), "value"))), ProtocolBroken),
    "a_tensor_for_a_number": (after_request(wire.encode((torch.ones(2), 1))), ProtocolBroken),
    "a_list_for_a_tuple": (after_request(wire.encode([1, "value", 1])), ProtocolBroken),
    "nothing_but_a_number": (after_request(wire.encode((1,))), ProtocolBroken),
    "no_tuple": (after_request(wire.encode(None)), ProtocolBroken),
    "not_a_word": (after_request(prefix(4), b"\xff\xfe\x00\xd8"), ProtocolBroken),
    "printing_without_end": (lambda guest: forever(guest.output, b"x" * 9999), DeadlineMissed),
    "a_byte_at_a_time_without_end": (
        then(after_request(prefix(1 << 20)), lambda guest: forever(guest.wire, b" ")),
        DeadlineMissed,
    ),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_guest_of_bad_manners(guest, name):
    script, outcome = SCRIPTS[name]
    guest.run(script)
    with pytest.raises(outcome):
        guest.ask(REQUEST, LATER if outcome is DeadlineMissed else SOON)


def test_an_answer_before_the_question(guest):
    guest.wire.sendall(REPLY)
    with pytest.raises(ProtocolBroken, match="before"):
        guest.ask(REQUEST, SOON)


def test_an_answer_in_the_middle_of_the_question(guest):
    def script(guest):
        guest.wire.recv(1)
        guest.wire.sendall(REPLY)

    guest.run(script)
    with pytest.raises(ProtocolBroken, match="before"):
        guest.ask(("call", b"x" * (32 << 20)), SOON)


def test_a_second_answer_spoils_the_next_question(guest):
    guest.run(after_request(REPLY + wire.encode((2, "value", "forged"))))
    assert guest.ask(REQUEST, SOON) == ("value", [1, 2])
    with pytest.raises(ProtocolBroken, match="before"):
        guest.ask(REQUEST, SOON)


def test_a_guest_that_takes_nothing_in_misses_its_deadline(guest):
    with pytest.raises(DeadlineMissed):
        guest.ask(("call", b"x" * (32 << 20)), LATER)


class OneGuest:
    """A launcher whose only guest is the one at hand."""

    reusable = False

    def __init__(self, guest):
        self._guest = guest

    def use_gpu(self, *, wanted):
        """It has none."""

    def open(self, limits, rules):
        return self._guest.channel


LIMITS = Limits(check_seconds=1, import_seconds=1)


# What an honest guest replies, by the verb that it is asked.
HONEST = {
    "load": (
        "value",
        {"looks_behind": False, "layers": [], "missing": {}, "device": "cpu"},
    ),
    "import": ("value", None),
    "get": ("callable",),
}


def asked_by(request):
    """Number and verb; the first request of a check stands inside a "begin"."""
    number, verb, *arguments = request
    return number, arguments[1] if verb == "begin" else verb


def check_against(assignment, verb, answer, use):
    """A check against a guest that is honest until `verb`, which it answers by `answer(number)`."""
    guest = Guest()

    def script(guest):
        number, asked = asked_by(guest.read_request())
        while asked != verb:
            guest.wire.sendall(wire.encode((number, *HONEST[asked], [])))
            number, asked = asked_by(guest.read_request())
        for piece in answer(number):
            guest.wire.sendall(piece)
        guest.wire.shutdown(socket.SHUT_WR)

    guest.run(script)
    package = Submitted("pack", {"m.py": b"def f(): pass"})
    process = Guests(OneGuest(guest), package, LIMITS)
    process.begin_exercise(judge=partial(blame, assignment, assignment.exercises[0]))
    process.begin_check(SOON)
    try:
        process.open()
        return use(Student(Conversation(process)))
    except Ending as ending:
        return ending
    finally:
        guest.close()


USES = {
    "import": lambda student: student.m.f,
    "get": lambda student: student.m.f,
    "call": lambda student: student.m.f(),
    "map": lambda student: student.map(student.m.f, [()]),
    "with_arguments": lambda student: student.with_arguments(student.m.f, 1),
    "gradients": lambda student: student.gradients(student.m.f, [1]),
    "steps": lambda student: student.steps(student.m.f, 1),
    "keep": lambda student: student.keep(student.m.f, [1]),
    "generators": lambda student: student.generators(),
}


def plain_dict(fields):
    """A dict as it stands in a header."""
    return {"t": "dict", "v": [[key, value] for key, value in fields.items()]}


def mostly(right):
    return st.integers(0, 9).flatmap(lambda n: right if n else frames.JUNK)


# Right in every field but some.
FORBIDDEN = st.tuples(
    mostly(st.sampled_from(["torch.nn", ".backward", ""])),  # rule
    mostly(st.just("torch.nn.LSTM")),  # name
    mostly(st.sampled_from(["m.py", "other.py"])),
    mostly(st.integers(-1, 4)),  # line
    mostly(st.booleans()),  # sure
).map(lambda use: {"t": "tuple", "v": list(use)})
PLACES = st.tuples(
    st.sampled_from(["pack/m.py", "m.py"]), st.integers(-1, 3), st.just("f"), st.just("raise")
).map(lambda place: {"t": "tuple", "v": list(place)})
ERRORS = st.fixed_dictionaries(
    {
        "type": mostly(st.just("Mine")),
        "bases": mostly(
            st.lists(
                mostly(st.sampled_from(["KeyError", "NotImplementedError", "SystemExit", "print"]))
            )
        ),
        "text": mostly(st.text(max_size=9)),
        "frames": mostly(st.lists(mostly(PLACES), max_size=3)),
        "memory": mostly(st.booleans()),
        "process": mostly(st.booleans()),
        "shadowed": mostly(st.sampled_from(["m", "tokenize", ""])),
    }
).map(plain_dict)
VALUES = st.recursive(
    st.integers(0, 9) | st.just({"t": "handle", "i": 3, "k": "Net"}) | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(lambda items: {"t": "tuple", "v": items})
        | st.dictionaries(st.text(max_size=2), inner, max_size=2).map(plain_dict)
    ),
    max_leaves=6,
)
BESIDE = {
    "value": VALUES | frames.TREES,
    "callable": None,
    "missing": st.text(max_size=9),
    "raised": ERRORS,
    "unreadable": st.text(max_size=9),
}
WOUNDS = ["none", "none", "uses", "uses", "kind", "length", "number", "cut"]


@st.composite
def answers(draw):
    """A reply with at most one thing wrong in it, in pieces."""
    wound = draw(st.sampled_from(WOUNDS))
    kind = draw(st.sampled_from(sorted(BESIDE)))
    beside = [] if BESIDE[kind] is None else [draw(BESIDE[kind])]
    uses = draw(st.lists(mostly(FORBIDDEN), min_size=1, max_size=3)) if wound == "uses" else []
    kind = draw(frames.JUNK) if wound == "kind" else kind
    items = [kind, *beside, uses]
    if wound == "length":
        items = draw(st.permutations(items))[: draw(st.integers(0, 3))]
    wrong_number = [draw(frames.JUNK)] if wound == "number" else []
    lengths = draw(st.lists(st.sampled_from([0, 1, 8, 24]), max_size=2))
    kept = draw(st.floats(0, 0.99)) if wound == "cut" else 1
    cuts = draw(st.lists(st.floats(0, 1), max_size=4).map(sorted))

    def answer(number):
        header = frames.as_json(
            [lengths, {"t": "tuple", "v": [*(wrong_number or [number]), *items]}]
        )
        frame = prefix(len(header), sum(lengths)) + header + bytes(range(256))[: sum(lengths)]
        frame = frame[: int(kept * len(frame))]
        ends = [int(cut * len(frame)) for cut in cuts]
        return [frame[i:j] for i, j in zip([0, *ends], [*ends, len(frame)], strict=True)]

    return answer


def whole(kind, beside, *uses):
    """A reply with nothing wrong in it."""

    def answer(number):
        header = frames.as_json([[], {"t": "tuple", "v": [number, kind, beside, list(uses)]}])
        return [prefix(len(header), 0) + header]

    return answer


def error(**fields):
    right = {"type": "Mine", "bases": ["KeyError"], "text": "", "frames": [], "memory": False}
    return plain_dict({**right, **fields})


LSTM = {"t": "tuple", "v": ["torch.nn", "torch.nn.LSTM", "m.py", 1, True]}
WAYS = {
    "value": whole("value", 1),
    "unreadable": whole("unreadable", "why"),
    "raised": whole("raised", error()),
    "unanswered": whole("raised", error(bases=["NotImplementedError"])),
    "crashed": lambda number: [],
    "memory": whole("raised", error(memory=True)),
    "forbidden": whole("value", 1, LSTM),
}


def test_whatever_comes_a_check_gets_a_value_or_an_ending(tiny):
    met = set()

    @given(verb=st.sampled_from(sorted(USES)), answer=answers())
    @settings(max_examples=500, derandomize=True, database=None)
    def one_reply(verb, answer):
        got = check_against(tiny, verb, answer, USES[verb])
        if isinstance(got, Ending):
            assert all(type(text) is str for text in got.message.fields.values())
        met.add(got.outcome if isinstance(got, Ending) else "value")

    # drawn replies meet them all too, but not surely: Hypothesis draws from the constants of every
    # module that is loaded, and so from what other tests have loaded
    for answer in WAYS.values():
        one_reply = example(verb="call", answer=answer)(one_reply)
    one_reply()
    assert met == set(WAYS)  # nothing else, and the replies were wrong in every way
