"""What a check and a guest say to one another in one case: noted, and said again where it is known.

A check is a function of the replies that it gets. So it can be run again over the same replies,
without a guest, and comes to the same end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.boundary import wire
from grader.boundary.channel import RawReply, export_handle
from grader.boundary.endings import Ending
from grader.boundary.guests import Guests
from grader.checking.student import Object

ROOM = 64 << 20  # bytes of replies that one case may hold on to

Question = bytes | tuple[str, str]  # the frame of a request; module and name of an attribute
Answer = RawReply | Ending | None  # None: the attribute can be called


class OtherQuestion(BaseException):
    """A check did not ask what it had asked after the same replies."""


@dataclass(frozen=True)
class Step:
    """A question, and what came of it."""

    question: Question
    answer: Answer

    def key(self) -> bytes | None:
        """Names the answer; None for one that is not to be known again."""
        if isinstance(self.answer, RawReply):
            return self.answer.digest()
        return b"callable" if self.answer is None else None


def ask(guests: Guests, question: Question) -> Step:
    """Put a question to the guest. An `Ending` is an answer too."""
    try:
        if isinstance(question, bytes):
            return Step(question, guests.ask(question))
        return Step(question, guests.look_up(*question))
    except Ending as ending:
        return Step(question, ending)


class Conversation:
    """The answers to a check's questions: what is said in `ahead` first, then the guest's.

    `said` is all of it, and `whole` says so: of very large replies nothing is kept. `answers`
    counts the values that came; `returned_none` has the name and the place of the function whose
    call was the last request and came back with None.
    """

    def __init__(self, guests: Guests, ahead: Iterable[Step] = ()) -> None:
        self.said: list[Step] = []
        self.whole = True
        self._room = ROOM
        self.answers = 0
        self.returned_none: dict[str, str] = {}
        self._guests, self._ahead = guests, deque(ahead)

    def attribute(self, module: str, name: str) -> Any:
        """A module's attribute: ("callable",), ("value", v) or ("missing", near names)."""
        raw = self._say((module, name))
        request = ("get", module, name)
        if raw is None:
            return ("callable",)
        reply = self._guests.settle(request, raw, self._handle)
        return reply if reply[0] != "missing" else ("missing", self._near(module, name))

    def request(self, verb: str, *arguments: Any) -> tuple[Any, ...]:
        """What comes of a verb (see `grader.boundary.replies`): (kind, value). Raises `Ending`."""
        raw = self._say(wire.encode((verb, *arguments), export_handle))
        assert raw is not None  # only an attribute is answered so
        reply = self._guests.settle((verb, *arguments), raw, self._handle)
        self.answers += 1
        if reply[0] == "missing":
            return ("missing", self._near(*arguments))
        nothing = verb == "call" and reply[1] is None
        self.returned_none = self._function(*arguments[:2]) if nothing else {}
        return reply

    @property
    def asked(self) -> bool:
        """Whether the check has asked the student's code for anything."""
        return self._guests.asked

    @property
    def met_hidden(self) -> bool:
        """Whether the student's code may know an input of a hidden check by now."""
        return self._guests.met_hidden

    def _say(self, question: Question) -> RawReply | None:
        step = self._ahead.popleft() if self._ahead else ask(self._guests, question)
        if step.question != question:
            raise OtherQuestion
        self._note(step)
        if isinstance(step.answer, Ending):
            raise step.answer.with_traceback(None)
        return step.answer

    def _note(self, step: Step) -> None:
        if isinstance(step.answer, RawReply):
            self._room -= len(step.answer.header) + len(step.answer.body)
        if self.whole and self._room >= 0:
            self.said.append(step)
        else:
            self.whole = False
            self.said.clear()

    def _handle(self, number: int, kind: str) -> Object:
        return Object(self, number, kind)

    def _near(self, owner: Any, name: str) -> list[str]:
        """What is there of a similar name."""
        submitted = self._guests.submitted
        if isinstance(owner, str):
            return submitted.near(name, file=f"{owner.replace('.', '/')}.py")
        return submitted.near(name, kind=owner.kind_name())

    def _function(self, owner: Any, name: str) -> dict[str, str]:
        submitted = self._guests.submitted
        if isinstance(owner, str):
            where = submitted.place_of(name, file=f"{owner.replace('.', '/')}.py")
        else:
            where = submitted.place_of(name or "__call__", kind=owner.kind_name())
        return {"name": name, "where": where} if name and where else {}
