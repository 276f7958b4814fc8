"""The student's process as a check sees it: open when needed, fresh after anything abnormal.

One `StudentProcess` stands for one submission. It hides that guests come and go: an exercise
has one, a check may ask for its own, and after a crash, a hang or a broken reply the next
request opens another. What went wrong is an `Ending`.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grader.boundary.channel import DeadlineMissed, HungUp, ProtocolBroken, Session
from grader.boundary.endings import Ending, is_place, raised
from grader.boundary.guest.uses import Use
from grader.boundary.launchers import Launcher
from grader.course.assignment import Limits
from grader.errors import PlatformError
from grader.records.outcome import Outcome
from grader.records.record import Message

# Python, torch and NumPy must give the same numbers in every run.
SEED = 20170

# The kinds of reply (see `grader.boundary.guest.server`) and what each holds beside its kind.
_REPLIES: dict[str, type[Any] | None] = {
    "value": object,
    "callable": None,
    "missing": str,
    "raised": dict,
    "unreadable": str,
}

# For an interpreter to start and take the submission; nothing of the student's runs in it.
START_SECONDS = 60.0

MAX_USES = 50  # forbidden names looked at in one reply


@dataclass(frozen=True)
class Package:
    """What is sent to a guest before anything else."""

    name: str
    files: dict[str, bytes]
    rules: dict[str, list[str]] = field(default_factory=dict)  # file -> forbidden names
    allowed: tuple[str, ...] = ()  # third-party packages; empty: all

    @cached_property
    def lines(self) -> dict[str, int]:
        """File -> the number of its last line; one more where a parser sees the end."""
        return {name: len(content.splitlines()) + 1 for name, content in self.files.items()}


Judge = Callable[[list[Use]], Message | None]
# What a check holds of an object that stays with the student: process, number, name of its type.
Handles = Callable[["StudentProcess", int, str], Any]


def nothing_is_forbidden(_: list[Use]) -> None:
    """The judge of names used at run time where there are no rules."""


class StudentProcess:
    """One submission's guests, one after another.

    `handles` makes what a check holds of an object that stays with the student; without it no
    object may cross.
    """

    def __init__(
        self,
        launcher: Launcher,
        package: Package,
        limits: Limits,
        handles: Handles | None = None,
    ) -> None:
        self.package = package
        self._handles = handles
        self._judge: Judge = nothing_is_forbidden
        self._launcher, self._limits = launcher, limits
        self._session: Session | None = None
        self._begun = False
        self._imported: set[str] = set()
        self._failed_imports: dict[str, Ending] = {}
        self._callables: set[tuple[str, str]] = set()
        self._remaining = 0.0
        self._seconds = 0.0
        self._printed = ""
        self.waited = 0.0  # seconds spent in the guest for requests of checks
        self.used = 0.0  # seconds spent there for anything, imports too
        self.answers = 0  # values received in this check
        self._surveyed = False
        self._hidden = self._met_hidden = False  # this check; any in this guest
        self.survey: list[Use] = []  # forbidden names found by reading
        self.layers: list[str] = []
        self.missing: dict[str, str] = {}  # layer -> why this machine does not have it

    def begin_exercise(self, judge: Judge = nothing_is_forbidden) -> None:
        """The next check starts in a guest that no other exercise has used.

        `judge` says what is to be made of forbidden names that are used at run time.
        """
        self._judge = judge
        if not self._launcher.reusable:
            self.close()

    def begin_check(self, seconds: float, *, fresh: bool = False, hidden: bool = False) -> None:
        """A new check with `seconds` for all its calls together.

        A student reads what public checks print and raise: they never run in a guest that met
        the inputs of a hidden one.
        """
        if fresh or (self._met_hidden and not hidden):
            self.close()
        self._hidden = hidden
        self._begun = False
        self._seconds = self._remaining = seconds
        self.answers = 0

    def take_output(self) -> str:
        """What the student's code printed in this check."""
        printed, self._printed = self._printed, ""
        return printed + (self._session.take_output() if self._session else "")

    def close(self) -> None:
        """End the guest, if there is one."""
        session, self._session = self._session, None
        self._imported.clear()
        if session:
            session.end()

    def open(self) -> None:
        """Start a guest and hand it the submission; the first one surveys forbidden names.

        Raises `Ending` when the files are more than a guest can take, and `PlatformError` when it
        cannot even take none: no student code has run yet.
        """
        self._session = self._launcher.open(self._limits)
        self._met_hidden = False
        package = self.package
        try:
            loaded = self._load(package, survey=not self._surveyed)
        except Ending as ending:
            printed = self.take_output()
            self.close()
            self._session = self._launcher.open(self._limits)
            theirs = ending.outcome != Outcome.RAISED or isinstance(ending, RecursionError)
            if theirs and self._can_load_nothing():
                self.close()
                raise  # what was handed in is more than a guest can take
            last = printed.strip().splitlines()[-1:] or [str(ending)]
            raise PlatformError("error.guest_start", reason=last[0][:500]) from None
        if not self._surveyed:
            self._surveyed = True
            self.survey, self.layers = self._uses(loaded["uses"]), loaded["layers"]
            self.missing = loaded["missing"]
        elif loaded["layers"] != self.layers:
            raise PlatformError("error.layers_changed", layers=self.layers)

    def _load(self, package: Package, *, survey: bool) -> dict[str, Any]:
        load = ("load", package.name, package.files, package.rules, list(package.allowed), survey)
        kind, answer = self._exchange(load, START_SECONDS)
        if kind == "raised":
            raise self._raised(answer)
        return dict(answer)

    def _can_load_nothing(self) -> bool:
        try:
            self._load(Package(self.package.name, {}), survey=False)
        except Ending:
            return False
        return True

    def import_module(self, name: str) -> None:
        """Import a module of the submission. A failure is paid for once and kept."""
        if name in self._imported:
            return
        if name in self._failed_imports:
            # without the traceback, which would grow with every raise
            raise self._failed_imports[name].with_traceback(None)
        try:
            self._import(name)
        except Ending as ending:
            # one that met hidden inputs may tell of them, and a public check would repeat it
            if not self._met_hidden:
                self._failed_imports[name] = ending
            raise
        self._imported.add(name)

    def _import(self, name: str) -> None:
        file = f"{name.replace('.', '/')}.py"
        if file not in self.package.files:
            raise Ending(Outcome.UNANSWERED, Message("missing_file", {"file": file}))
        limit = self._limits.import_seconds
        try:
            reply = self._open_exchange(("import", name), limit)
        except Ending as ending:
            if ending.outcome == Outcome.TIMEOUT:
                message = Message("import_timeout", {"file": file, "seconds": f"{limit:g}"})
                raise Ending(Outcome.TIMEOUT, message) from None
            raise
        if reply[0] == "raised":
            failure = self._raised(reply[1])
            if failure.outcome == Outcome.RAISED:
                fields = {**failure.message.fields, "file": file}
                if self._met_hidden:  # the text could carry the hidden inputs out
                    fields |= {"text": "-", "error": fields["builtin"]}
                failure = Ending(Outcome.RAISED, Message("import_failed", fields), failure.detail)
            raise failure

    def attribute(self, module: str, name: str) -> Any:
        """A module's attribute: ("callable",) or ("value", v). Asked once for a function."""
        self.import_module(module)
        if (module, name) in self._callables:
            return ("callable",)
        reply = self.request("get", module, name)
        if reply[0] == "callable":
            self._callables.add((module, name))
        return reply

    def request(self, verb: str, *arguments: Any) -> tuple[Any, ...]:
        """One request within what is left of the check's time. Raises `Ending`."""
        started = time.monotonic()
        try:
            reply = self._open_exchange((verb, *arguments), self._remaining)
        finally:
            self._met_hidden |= self._hidden
            spent = time.monotonic() - started
            self._remaining -= spent
            self.waited += spent
        kind = reply[0]
        if kind == "raised":
            raise self._raised(reply[1])
        if kind == "unreadable":
            text = reply[1][:500]
            raise Ending(Outcome.UNREADABLE, Message("unreadable", {"text": text}), text)
        if kind != "value" and verb != "get":
            raise self._broken("a reply to another question")
        self.answers += 1
        return reply

    def _open_exchange(self, request: tuple[Any, ...], seconds: float) -> tuple[Any, ...]:
        if not self._begun:
            if self._session is None:
                self.open()
            self._begun = True
            request = ("begin", SEED, *request)
        return self._exchange(request, seconds)

    def _exchange(self, request: tuple[Any, ...], seconds: float) -> tuple[Any, ...]:
        session = self._session
        if session is None:
            raise self._broken("the process has ended")
        started = time.monotonic()
        try:
            reply = session.exchange(request, seconds, self._handle if self._handles else None)
        except DeadlineMissed:
            self._abandon()
            raise Ending(
                Outcome.TIMEOUT, Message("timeout", {"seconds": f"{self._seconds:g}"})
            ) from None
        except ProtocolBroken as error:
            raise self._broken(str(error)) from None
        except HungUp:
            raise self._ended() from None
        finally:
            self.used += time.monotonic() - started
        kind, *rest = reply
        uses = rest.pop() if rest else None
        if type(kind) is not str or kind not in _REPLIES or type(uses) is not list:
            raise self._broken("a reply of no known kind")
        wanted = _REPLIES[kind]
        if len(rest) != (wanted is not None) or (wanted and not isinstance(rest[0], wanted)):
            raise self._broken(f"a reply of the kind {kind} with something else in it")
        if (forbidden := self._judge(self._uses(uses[:MAX_USES]))) is not None:
            raise Ending(Outcome.FORBIDDEN, forbidden, forbidden.fields.get("name", ""))
        return (kind, *rest)

    def _uses(self, data: list[Any]) -> list[Use]:
        """What a guest says it used, as far as there is such a place in the submission."""
        uses = [use for item in data if (use := Use.from_wire(item)) is not None]
        return [use for use in uses if is_place(use.file, use.line, self.package.lines)]

    def _raised(self, error: dict[str, Any]) -> Ending:
        package = self.package
        files = {f"{package.name}/{name}": content for name, content in package.files.items()}
        lines = {f"{package.name}/{name}": count for name, count in package.lines.items()}
        return raised(error, files, lines)

    def _handle(self, number: int, kind: str) -> Any:
        assert self._handles is not None  # else the wire was given no import for handles
        return self._handles(self, number, kind)

    def _broken(self, reason: str) -> Ending:
        self._abandon()
        return Ending(Outcome.UNREADABLE, Message("protocol"), reason)

    def _ended(self) -> Ending:
        session = self._session
        self._abandon(end=False)
        if session is None:
            return Ending(Outcome.CRASHED, Message("exited"))
        exit_ = session.end(hung_up=True)
        if exit_.signal:
            fields = {"signal": str(exit_.signal), "name": _signal_name(exit_.signal)}
            return Ending(Outcome.CRASHED, Message("killed", fields))
        return Ending(
            Outcome.CRASHED, Message("exited"), f"exit code {exit_.code}\n{self._printed[-2000:]}"
        )

    def _abandon(self, *, end: bool = True) -> None:
        """The guest is of no use any more; what it printed is kept."""
        session, self._session = self._session, None
        if session:
            self._printed += session.take_output()
        self._imported.clear()
        if session and end:
            session.end()


def _signal_name(number: int) -> str:
    """SIGSEGV; most real-time signals have no name of their own."""
    known = {own.value: own.name for own in signal.Signals}
    return known.get(number, f"SIGRTMIN+{number - signal.SIGRTMIN}")
