"""A submission's guests, one after another: open when needed, fresh after anything abnormal.

A check sees one submission; `Guests` hides that guests come and go. An exercise has one, a check
may ask for its own, and after a crash, a hang or a broken reply the next check opens another.
What went wrong is an `Ending`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from grader.boundary import replies, wire
from grader.boundary.channel import Channel, Exit, HungUp, ProtocolBroken, RawReply
from grader.boundary.clock import Clock, Deadline, DeadlineMissed
from grader.boundary.endings import Ending, raised, signal_name
from grader.boundary.guest.uses import MAX_USES_IN_REPLY, Use
from grader.boundary.imports import failed_import
from grader.boundary.launchers import Launcher
from grader.boundary.submitted import Rules, Submitted
from grader.boundary.surveys import Survey, uses_in
from grader.boundary.views import Views
from grader.course.assignment import Limits
from grader.errors import AssignmentInvalid, PlatformError
from grader.records.outcome import Outcome
from grader.records.record import Message

# Python, torch and NumPy must give the same numbers in every run.
SEED = 20170

# For an interpreter to start and take the submission; nothing of the student's runs in it.
GUEST_START = 60.0

# What a guest says of an attribute that can be called.
CALLABLE = RawReply.of("callable", []).digest()

Judge = Callable[[list[Use]], Message | None]


def nothing_is_forbidden(_: list[Use]) -> None:
    """The judge of names used at run time where there are no rules."""


@dataclass
class _Guest:
    """The guest that is open now."""

    channel: Channel
    device: str = ""  # that it computes on, in its own words before it met the student's code
    loaded: bool = False  # it has taken the submission
    imported: set[str] = field(default_factory=set)
    has_served: bool = False  # it was asked for more than to take the submission
    met_hidden: bool = False  # it has served a hidden check


class Guests:
    """One submission's guests, one after another.

    `met_hidden` says whether the student's code may know an input of a hidden check by now, and
    `device` what the exercise's last guest computes on; "" before the first.
    """

    def __init__(self, launcher: Launcher, submitted: Submitted, limits: Limits) -> None:
        self.whole = submitted  # all that was handed in
        self.clock = Clock()
        self.met_hidden = False
        self.device = ""
        self._launcher, self._limits = launcher, limits
        self._judge: Judge = nothing_is_forbidden
        self._survey: Survey | None = None
        self._guest: _Guest | None = None
        self._printed = ""
        self._begun = self._hidden = False  # of this check: its first request is out; it is hidden
        self._exercise = ""
        self._views = Views(submitted)
        self._view = self._views.of(Rules(), None, gpu=False)

    @property
    def submitted(self) -> Submitted:
        """What the exercise's guests get."""
        return self._view.submitted

    @property
    def asked(self) -> bool:
        """Whether this check has asked the student's code for anything."""
        return self._begun

    @property
    def survey(self) -> Survey:
        """What was found out when the first guest was opened; empty before."""
        return self._survey or Survey()

    def begin_exercise(
        self,
        rules: Rules | None = None,
        judge: Judge = nothing_is_forbidden,
        *,
        exercise: str = "",
        gpu: bool = False,
    ) -> None:
        """The next check starts in a guest that no other exercise has used, armed with `rules`.

        It gets the files that `exercise` can meet, as `read` has found, and no others. Where one
        guest serves several exercises it has all.
        `judge` says what is to be made of forbidden names that are used at run time. With `gpu` the
        guests are on a GPU, if there is any; this waits for a seat there, which `close` gives back.
        """
        files = None if self._launcher.reusable else self.survey.reach.get(exercise)
        view = self._views.of(rules or Rules(), files, gpu=gpu)
        if view is not self._view or (not self._launcher.reusable and self._has_served()):
            self._close()
        self._view, self._judge, self._exercise = view, judge, exercise
        self._launcher.use_gpu(wanted=gpu)
        self.device = self._guest.device if self._guest else ""

    def _has_served(self) -> bool:
        """Whether the guest has done more than take the submission."""
        return self._guest is not None and self._guest.has_served

    def begin_check(self, seconds: float, *, fresh: bool = False, hidden: bool = False) -> None:
        """A new check with `seconds` for all its calls together.

        A student reads what public checks print and raise: they never run in a guest that met
        the inputs of a hidden one.
        """
        if fresh or (self._guest and self._guest.met_hidden and not hidden):
            self._close()
        self._hidden = hidden
        self.met_hidden = self._guest is not None and self._guest.met_hidden
        self._begun = False
        self.clock.begin_check(seconds)

    def take_output(self) -> str:
        """What the student's code printed in this check."""
        printed, self._printed = self._printed, ""
        return printed + (self._guest.channel.take_output() if self._guest else "")

    def close(self) -> None:
        """End the guest, if there is one; no exercise is under way any more."""
        try:
            self._close()
        finally:
            self._launcher.use_gpu(wanted=False)

    def _close(self) -> None:
        guest, self._guest = self._guest, None
        if guest:
            self._end(guest)

    def read(self) -> None:
        """Let a guest read the source for all exercises, once. Raises like `open`.

        It has every file, so it is of no use to an exercise, which may have only those that it can
        meet; unless one guest serves them all.
        """
        if self._survey is not None:
            return
        self._survey = self._take(self._read_source)
        if not self._launcher.reusable:
            self._close()

    def open(self) -> None:
        """Start a guest, if none is there, and hand it the submission.

        Raises `Ending` when the files are more than a guest can take, and `PlatformError` when it
        cannot even take none: no student code has run yet.
        """
        told = self._take(self._load)
        if self._guest is not None:
            self.device = self._guest.device = told.device
            self._guest.loaded = True
        if self._survey is None:
            self._survey = told
        elif told.layers != self._survey.layers:
            layers = ", ".join(self._survey.layers)
            raise PlatformError("error.layers_changed", layers=layers)

    def _take(self, ask: Callable[[Submitted], Survey]) -> Survey:
        if self._guest is None:
            self._open()
        try:
            return ask(self.submitted)
        except Ending as ending:
            printed = self.take_output()
            self._close()
            self._open()
            theirs = ending.outcome != Outcome.RAISED or isinstance(ending, RecursionError)
            if theirs and self._can_load_nothing():
                self._close()
                raise  # what was handed in is more than a guest can take
            last = printed.strip().splitlines()[-1:] or [str(ending)]
            raise PlatformError("error.guest_start", reason=last[0][:500]) from None

    def _open(self) -> None:
        self._guest = _Guest(self._launcher.open(self._limits, self._view.rules))
        self.clock.guest_opened(self._guest.channel.usage)

    def _end(self, guest: _Guest, *, hung_up: bool = False) -> Exit:
        exit_ = guest.channel.end(hung_up=hung_up)
        self.clock.guest_ended(exit_.cpu_seconds)
        return exit_

    def _read_source(self, submitted: Submitted) -> Survey:
        searched = {name: part.to_wire() for name, part in submitted.searched.items()}
        request = ("survey", submitted.package, submitted.files, searched, list(submitted.allowed))
        return self._told(request, submitted)

    def _load(self, submitted: Submitted) -> Survey:
        stand_ins = submitted.stand_ins.to_wire() if submitted.stand_ins else None
        return self._told(("load", submitted.package, submitted.files, stand_ins), submitted)

    def _told(self, request: tuple[Any, ...], submitted: Submitted) -> Survey:
        reply = self._read(
            request, self._ask(wire.encode(request), self.clock.start(GUEST_START)), None
        )
        if reply[0] == "raised":
            raise self._raised(reply[1])
        return Survey.of(reply[1], submitted)

    def _can_load_nothing(self) -> bool:
        try:
            self._load(Submitted(self.whole.package, {}))
        except Ending:
            return False
        return True

    def import_module(self, name: str) -> None:
        """Import a module of the submission. A failure is paid for once and kept."""
        if self._guest and name in self._guest.imported:
            return
        if (failed := self._view.failed_import(name)) is not None:
            # without the traceback, which would grow with every raise
            raise failed.with_traceback(None)
        # a guest that met hidden inputs may leak them, and a public check would repeat it; and
        # that there is no guest any more says nothing about the module
        told = self._guest.met_hidden if self._guest else self._begun
        try:
            self._import(name)
        except Ending as ending:
            if not told:
                self._view.keep_failure(name, ending)
            raise
        if self._guest:
            self._guest.imported.add(name)

    def _import(self, name: str) -> None:
        file = f"{name.replace('.', '/')}.py"
        declared = self.whole.searched.get(self._exercise)
        if declared is not None and file not in (declared.file, *declared.uses):
            raise AssignmentInvalid("error.undeclared_use", file=file, exercise=self._exercise)
        if file not in self.submitted.files:
            raise Ending(Outcome.UNANSWERED, Message("missing_file", {"file": file}))
        limit = self._limits.import_seconds
        try:
            request = ("import", name)
            reply = self._read(request, self._open_ask(wire.encode(request), limit), None)
        except Ending as ending:
            if ending.outcome == Outcome.TIMEOUT:
                message = Message("import_timeout", {"file": file, "seconds": f"{limit:g}"})
                raise Ending(Outcome.TIMEOUT, message) from None
            raise
        if reply[0] == "raised":
            raise failed_import(self._raised(reply[1]), reply[1], file, self.submitted)

    def look_up(self, module: str, name: str) -> RawReply | None:
        """The reply to "get" of a module's attribute, unread; None for what can be called.

        That is asked once. It tells a guest no more than a name, which stands in the handout.
        """
        self.import_module(module)
        if (module, name) in self._view.callables:
            return None
        raw = self._ask_of_check(wire.encode(("get", module, name)))
        if raw.digest() != CALLABLE:
            return raw
        self._view.callables.add((module, name))
        return None

    def request(self, verb: str, *arguments: Any) -> tuple[Any, ...]:
        """A request of our own within what is left of the check's time. Raises `Ending`.

        No object that stays with the student may come back.
        """
        return self.settle((verb, *arguments), self.ask(wire.encode((verb, *arguments))), None)

    def ask(self, question: bytes) -> RawReply:
        """The reply to the frame of a request, unread, within the check's time. Raises `Ending`."""
        self.met_hidden |= self._hidden
        return self._ask_of_check(question)

    def _ask_of_check(self, question: bytes) -> RawReply:
        try:
            return self._open_ask(question)
        finally:
            if self._guest:
                self._guest.met_hidden |= self.met_hidden

    def settle(
        self, request: tuple[Any, ...], raw: RawReply, handle: wire.Import | None
    ) -> tuple[Any, ...]:
        """What a reply to a check's request says. Raises `Ending`, as the student's code did."""
        reply = self._read(request, raw, handle)
        if reply[0] == "raised":
            raise self._raised(reply[1])
        if reply[0] == "unreadable":
            text = reply[1][:500]
            raise Ending(Outcome.UNREADABLE, Message("unreadable", {"text": text}), text)
        return reply

    def _open_ask(self, question: bytes, seconds: float | None = None) -> RawReply:
        """In a guest that is open, within `seconds` of its own or what is left of the check's."""
        begin = () if self._begun else ("begin", SEED)
        if not self._begun and (self._guest is None or not self._guest.loaded):
            self.open()
        self._begun = True
        if self._guest is None:
            raise self._broken("the process has ended")
        self._guest.has_served = True
        if seconds is None:
            return self._ask(question, self.clock.check(), begin)
        own = self.clock.start(seconds)
        reply = self._ask(question, own, begin)
        self.clock.leave_out(own.used())
        return reply

    def _ask(
        self, question: bytes, deadline: Deadline, begin: tuple[int | str, ...] = ()
    ) -> RawReply:
        if self._guest is None:
            raise self._broken("the process has ended")
        try:
            return self._guest.channel.ask(question, deadline, begin)
        except DeadlineMissed:
            self.abandon()
            message = Message("timeout", {"seconds": f"{self.clock.limit:g}"})
            raise Ending(Outcome.TIMEOUT, message) from None
        except ProtocolBroken as error:
            raise self._broken(str(error)) from None
        except HungUp:
            raise self._ended() from None

    def _read(
        self, request: tuple[Any, ...], raw: RawReply, handle: wire.Import | None
    ) -> tuple[Any, ...]:
        """A reply of a known form, without the forbidden names that were used."""
        try:
            reply = Channel.read(raw, handle)
        except ProtocolBroken as error:
            raise self._broken(str(error)) from None
        self._refuse_misfit(request, reply)
        if (
            forbidden := self._judge(uses_in(reply[-1][:MAX_USES_IN_REPLY], self.submitted))
        ) is not None:
            raise Ending(Outcome.FORBIDDEN, forbidden, forbidden.fields.get("name", ""))
        return tuple(reply[:-1])

    def _refuse_misfit(self, request: tuple[Any, ...], reply: Any) -> None:
        verb, *arguments = request
        if not replies.kind_fits(reply):
            raise self._broken("a reply of no known kind, or with something else in it")
        if verb != "get" and reply[0] in replies.ONLY_TO_GET:
            raise self._broken("a reply to another question")
        if reply[0] == "value" and not replies.value_fits(verb, arguments, reply[1]):
            raise self._broken(f"a value of another shape than {verb} gives")

    def _raised(self, error: dict[str, Any]) -> Ending:
        return raised(error, self.submitted.by_path, self.submitted.lines_by_path)

    def _broken(self, reason: str) -> Ending:
        self.abandon()
        return Ending(Outcome.UNREADABLE, Message("protocol"), reason)

    def _ended(self) -> Ending:
        guest = self._guest
        self.abandon(end=False)
        if guest is None:
            return Ending(Outcome.CRASHED, Message("exited"))
        exit_ = self._end(guest, hung_up=True)
        if exit_.signal:
            fields = {"signal": str(exit_.signal), "name": signal_name(exit_.signal)}
            return Ending(Outcome.CRASHED, Message("killed", fields))
        return Ending(
            Outcome.CRASHED, Message("exited"), f"exit code {exit_.code}\n{self._printed[-2000:]}"
        )

    def abandon(self, *, end: bool = True) -> None:
        """The guest is of no use any more; what it printed is kept."""
        guest, self._guest = self._guest, None
        if guest:
            self._printed += guest.channel.take_output()
        if guest and end:
            self._end(guest)
