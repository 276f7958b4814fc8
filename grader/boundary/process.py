"""The student's process as a check sees it: open when needed, fresh after anything abnormal.

One `StudentProcess` stands for one submission. It hides that guests come and go: an exercise
has one, a check may ask for its own, and after a crash, a hang or a broken reply the next
request opens another. What went wrong is an `Ending`.
"""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field
from typing import Any

from grader.assignment import Limits
from grader.boundary.endings import Ending, raised
from grader.boundary.host import Launcher
from grader.boundary.session import DeadlineMissed, HungUp, ProtocolBroken, Session
from grader.records import Message

# Python, torch and NumPy must give the same numbers in every run.
SEED = 20170

# For an interpreter to start and take the submission; nothing of the student's runs in it.
START_SECONDS = 60.0


@dataclass(frozen=True)
class Package:
    """What is sent to a guest before anything else."""

    name: str
    files: dict[str, bytes]
    rules: dict[str, list[str]] = field(default_factory=dict)  # file -> forbidden names
    allowed: tuple[str, ...] = ()  # third-party packages; empty: all


class StudentProcess:
    """One submission's guests, one after another."""

    def __init__(self, launcher: Launcher, package: Package, limits: Limits) -> None:
        self.package = package
        self._launcher, self._limits = launcher, limits
        self._session: Session | None = None
        self._begun = False
        self._imported: set[str] = set()
        self._failed_imports: dict[str, Ending] = {}
        self._callables: set[tuple[str, str]] = set()
        self._remaining = 0.0
        self._seconds = 0.0
        self._printed = ""
        self.waited = 0.0  # seconds spent in the guest for the whole submission
        self.answers = 0  # values received in this check
        self._surveyed = False
        self.survey: dict[str, list[dict[str, Any]]] = {}
        self.layers: list[str] = []

    def begin_exercise(self) -> None:
        """The next check starts in a guest that no other exercise has used."""
        if not self._launcher.reusable:
            self.close()

    def begin_check(self, seconds: float, *, fresh: bool = False) -> None:
        """A new check with `seconds` for all its calls together."""
        if fresh:
            self.close()
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
        """Start a guest and hand it the submission; the first one surveys forbidden names."""
        self._session = self._launcher.open(self._limits)
        package = self.package
        rules = {} if self._surveyed else package.rules
        load = ("load", package.name, package.files, rules, list(package.allowed))
        reply = self._exchange(load, START_SECONDS)
        loaded = reply[1] if reply[0] == "value" else {}
        # no student code has run yet: this is our own code's word
        if not self._surveyed:
            self._surveyed = True
            self.survey = loaded.get("hits", {})
            self.layers = loaded.get("layers", [])

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
            self._failed_imports[name] = ending
            raise
        self._imported.add(name)

    def _import(self, name: str) -> None:
        file = f"{name.replace('.', '/')}.py"
        if file not in self.package.files:
            raise Ending("unanswered", Message("missing_file", {"file": file}))
        limit = self._limits.import_seconds
        try:
            reply = self._open_exchange(("import", name), limit)
        except Ending as ending:
            if ending.outcome == "timeout":
                message = Message("import_timeout", {"file": file, "seconds": f"{limit:g}"})
                raise Ending("timeout", message) from None
            raise
        if reply[0] == "raised" and isinstance(reply[1], dict):
            failure = raised(reply[1])
            if failure.outcome == "raised":
                fields = {**failure.message.fields, "file": file}
                failure = Ending("raised", Message("import_failed", fields), failure.detail)
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
            spent = time.monotonic() - started
            self._remaining -= spent
            self.waited += spent
        kind, *rest = reply
        if kind == "raised" and rest and isinstance(rest[0], dict):
            raise raised(rest[0])
        if kind == "unreadable" and rest:
            raise Ending("unreadable", Message("unreadable", {"text": str(rest[0])[:500]}))
        if kind in {"callable", "value", "missing"}:
            self.answers += 1
            return reply
        raise self._broken("an unknown kind of reply")

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
        try:
            reply = session.exchange(request, seconds, self._proxy)
        except DeadlineMissed:
            self._abandon()
            raise Ending("timeout", Message("timeout", {"seconds": f"{self._seconds:g}"})) from None
        except ProtocolBroken as error:
            raise self._broken(str(error)) from None
        except HungUp:
            raise self._ended() from None
        if not reply or type(reply[0]) is not str:
            raise self._broken("a reply without a kind")
        return tuple(reply)

    def _proxy(self, number: int, kind: str) -> Any:
        from grader.boundary.proxy import Object

        return Object(self, number, kind)

    def _broken(self, reason: str) -> Ending:
        self._abandon()
        return Ending("unreadable", Message("protocol"), reason)

    def _ended(self) -> Ending:
        session = self._session
        self._abandon(end=False)
        if session is None:
            return Ending("crashed", Message("exited"))
        exit_ = session.end(hung_up=True)
        if exit_.signal:
            name = signal.Signals(exit_.signal).name
            fields = {"signal": str(exit_.signal), "name": name}
            return Ending("crashed", Message("killed", fields))
        return Ending(
            "crashed", Message("exited"), f"exit code {exit_.code}\n{self._printed[-2000:]}"
        )

    def _abandon(self, *, end: bool = True) -> None:
        """The guest is of no use any more; what it printed is kept."""
        session, self._session = self._session, None
        if session:
            self._printed += session.take_output()
        self._imported.clear()
        if session and end:
            session.end()
