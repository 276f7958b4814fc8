"""pytest as the engine of checks: collected once, run for one submission after another.

A plain check is called as the function that it is, or not even that where every reply is known
(`grader.checking.transcripts`). Where an `assert` does not hold, pytest runs the check once more,
over the same replies, and says how the two sides differ.

`run_session` starts a pytest session over the check files and hands a `Checks` to `body`. The
loop is turned inside out, as pytest-xdist's worker does it: pytest collects, and then our
`pytest_runtestloop` runs the collected items as often as there are submissions.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import process_time
from types import MappingProxyType
from typing import Any

import pytest

from grader.boundary.guest import generators
from grader.boundary.guest.cuda import CPU
from grader.boundary.guests import SEED, Guests
from grader.checking.answers import Notes, Right, counterexample
from grader.checking.computed import computed
from grader.checking.conversation import Conversation, OtherQuestion
from grader.checking.outcomes import Judged, Overrun, classify
from grader.checking.own_errors import CheckCode
from grader.checking.student import Answers, Student
from grader.checking.traces import trace
from grader.checking.transcripts import Transcripts
from grader.course.exercise import Check
from grader.diagnosis.mistakes import case_id
from grader.errors import AssignmentInvalid, GraderError, PlatformError
from grader.records.digests import digest
from grader.records.outcome import Outcome

# No terminal, no capture, no cache, no discovery of foreign plugins or settings: pytest is an
# engine here, and the person sees our output.
_QUIET = [
    *(f"-pno:{name}" for name in ("cacheprovider", "terminal", "logging", "junitxml", "doctest")),
    "--capture=no",
    "--import-mode=importlib",
]
_SETTINGS = Path(__file__).with_name("pytest.ini")

# How a case ends of which the answers say something about the mistake.
TELLING = {outcome for outcome in Outcome if outcome.telling}

# How a case ends in which an answer can be held against the right one.
COMPARED = {Outcome.FAILED, Outcome.RAISED}

# What right programs answer, by case and question.
RightByCase = Mapping[str, Mapping[str, Right]]
NOT_KNOWN: RightByCase = MappingProxyType({})

# What limits this process while a check runs.
Allowed = Callable[[Check], AbstractContextManager[None]]


def unlimited(_: Check) -> AbstractContextManager[None]:
    """For a student's own machine, where nobody else is waiting."""
    return nullcontext()


class Case:
    """One case of a check (a parameter set), and how it ended."""

    def __init__(self, judged: Judged, seconds: float) -> None:
        self.judged, self.seconds = judged, seconds

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        return self.judged.outcome


class Checks:
    """The collected checks. `run` runs all cases of one check against a submission's guests."""

    def __init__(
        self,
        transcripts: Transcripts | None = None,
        allowed: Allowed = unlimited,
        right: RightByCase = NOT_KNOWN,
    ) -> None:
        self.items: dict[str, list[pytest.Item]] = {}
        self.code: CheckCode | None = None  # known once all are collected
        self._plain: set[str] = set()
        self._transcripts, self._allowed, self._right = transcripts, allowed, right
        self.right_digest = digest(repr(right))  # names what is known of right answers
        self._notes = Notes()
        self._in_words = True
        self._answers: Answers | None = None
        self._error: BaseException | None = None

    def add(self, name: str, item: pytest.Item) -> None:
        """A collected case of the check `name`."""
        self.items.setdefault(name, []).append(item)
        if _is_plain(item):
            self._plain.add(item.nodeid)

    @contextmanager
    def without_words(self) -> Iterator[None]:
        """Meanwhile nobody reads why a case failed, and pytest need not look."""
        before, self._in_words = self._in_words, False
        try:
            yield
        finally:
            self._in_words = before

    def run(self, check: Check, guests: Guests) -> Iterator[Case]:
        """Each case in turn, with the time spent in a guest.

        What it costs this process is charged to the submission as well. Raises `PlatformError`
        when the machine failed in the middle of a check.
        """
        for item in self.items[check.id]:
            guests.begin_check(check.seconds, fresh=check.fresh, hidden=not check.public)
            before, began = guests.clock.waited, process_time()
            judged = self._within_limits(item, check, guests)
            guests.clock.charge(process_time() - began)
            yield Case(judged, guests.clock.waited - before)

    def _within_limits(self, item: pytest.Item, check: Check, guests: Guests) -> Judged:
        try:
            with self._allowed(check), computed(lambda: guests.device not in {"", CPU}):
                return self._judged(item, check, guests)
        except Overrun as overrun:
            guests.abandon()  # perhaps in the middle of an answer
            return self._verdict(overrun, Conversation(guests), item, check)

    def _judged(self, item: pytest.Item, check: Check, guests: Guests) -> Judged:
        known = self._transcripts
        if known is None or item.nodeid not in self._plain:
            return self._live(item, check, guests)
        try:
            passed, said = known.follow(item.nodeid, guests)
            if passed:
                return Judged(Outcome.PASSED)
            conversation = Conversation(guests, said)
            error = _by_call(item, conversation)
            if error is None:
                known.keep(item.nodeid, conversation.said)
            elif conversation.whole and self._in_words and type(error) is AssertionError:
                # only of a bare assert does pytest say more: how the two sides differ
                conversation = Conversation(guests, conversation.said)
                error = self._by_pytest(item, conversation)
        except OtherQuestion:
            known.forget(item.nodeid)
            guests.begin_check(check.seconds, fresh=True, hidden=not check.public)
            return self._live(item, check, guests)
        return self._verdict(error, conversation, item, check)

    def _live(self, item: pytest.Item, check: Check, guests: Guests) -> Judged:
        """With nothing taken for known."""
        conversation = Conversation(guests)
        error = self._by_pytest(item, conversation)
        return self._verdict(error, conversation, item, check)

    def _verdict(
        self,
        error: BaseException | None,
        conversation: Conversation,
        item: pytest.Item,
        check: Check,
    ) -> Judged:
        if isinstance(error, GraderError):
            raise error  # says nothing about the student: it is the machine's fault, or a check's
        judged = classify(
            error,
            answers=conversation.answers,
            asked=conversation.asked,
            public=check.public,
            met_hidden=conversation.met_hidden,
            returned_none=conversation.returned_none,
            own=error is not None and self._is_own(error),
        )
        if judged.outcome not in TELLING and not self._proving:
            return judged
        case = _case(item)
        if self._proving:
            noted = self._notes.trace(check.id, case, judged.outcome, conversation.said)
            return replace(judged, trace=noted)
        traced = trace(case, judged.outcome, conversation.said)
        if traced is None:
            return judged
        known = self._right.get(case_id(check.id, case), {})
        other = counterexample(known, conversation.said) if judged.outcome in COMPARED else None
        return replace(judged, trace=traced, counterexample=other)

    def _is_own(self, error: BaseException) -> bool:
        """Whether the check alone is to blame for an error of its own code."""
        return self.code is not None and self.code.is_at_fault(error)

    @property
    def _proving(self) -> bool:
        return self._transcripts is not None and self._transcripts.proving

    def _by_pytest(self, item: pytest.Item, answers: Answers) -> BaseException | None:
        self._answers, self._error = answers, None
        generators.seed(SEED)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        # not kept: its frames hold the student's values
        error, self._error = self._error, None
        if isinstance(error, OtherQuestion | Overrun):
            raise error
        return error

    @pytest.fixture
    def student(self) -> Student:
        """The submission, in its own process."""
        if self._answers is None:
            raise RuntimeError("a check runs only for a submission")
        return Student(self._answers)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Keep the exception itself, and spare pytest the picture of its traceback.

        That picture is nobody's here, and costs some 30 ms for each check that does not pass.
        """
        if call.excinfo is not None and self._error is None:
            self._error = call.excinfo.value
        report = partial(pytest.TestReport, item.nodeid, item.location, {}, longrepr=None)
        when = "call" if call.when == "collect" else call.when  # an item is never collected here
        return report(outcome="failed" if call.excinfo else "passed", when=when)


def _is_plain(item: pytest.Item) -> bool:
    """Whether a check is a function of `student` and its parameters, and nothing else of pytest."""
    if not isinstance(item, pytest.Function):
        return False
    parameters = _parameters(item).keys()
    # a check file or its conftest may have a fixture of that name
    places = [item.module, *item.config.pluginmanager.get_plugins()]
    return (
        set(item.fixturenames) - parameters <= {"student"}
        and sum(hasattr(place, "student") for place in places) == 1
        and all(mark.name == "parametrize" for mark in item.iter_markers())
    )


def _parameters(item: pytest.Function) -> dict[str, Any]:
    """The values of its parameter set, by name."""
    return dict(item.callspec.params) if hasattr(item, "callspec") else {}


def _case(item: pytest.Item) -> str:
    """The name of its parameter set; "" where there is none."""
    return str(item.callspec.id) if hasattr(item, "callspec") else ""


def _by_call(item: pytest.Item, answers: Answers) -> BaseException | None:
    """Call a plain check: what it raised."""
    assert isinstance(item, pytest.Function)
    parameters, names = _parameters(item), item.fixturenames
    arguments = {n: parameters[n] if n in parameters else Student(answers) for n in names}
    generators.seed(SEED)
    try:
        item.obj(**arguments)
    except (KeyboardInterrupt, OtherQuestion, Overrun):
        raise
    except BaseException as error:
        return error
    return None


class _Session:
    """The part of the plugin that knows when collection is over."""

    def __init__(self, checks: Checks, body: Callable[[Checks], None]) -> None:
        self._checks, self._body = checks, body
        self.errors: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):  # a whole file: none of it runs
            self.errors.append(f"{report.nodeid}: {report.longrepr[-1]}")
        elif report.failed:
            self.errors.append(f"{report.nodeid}: {report.longreprtext.strip().splitlines()[-1]}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item in session.items:
            name = getattr(item, "originalname", item.name).removeprefix("test_")
            self._checks.add(name, item)
        self._checks.code = CheckCode(session.config.rootpath)
        if not self.errors:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a library's, of what a wrong answer led to
                self._body(self._checks)
        return True


def run_session(
    files: Sequence[Path],
    body: Callable[[Checks], None],
    transcripts: Transcripts | None = None,
    allowed: Allowed = unlimited,
    right: RightByCase = NOT_KNOWN,
) -> None:
    """Collect `files` and call `body` with the checks. What `body` raises is raised here.

    Without `transcripts` every check is run by pytest, for every submission. `allowed` is what
    limits this process while a check runs, `right` what right programs answer in each case.

    Raises `AssignmentInvalid` when a check file does not import, or skips itself.
    """
    checks = Checks(transcripts, allowed, right)
    failure: list[BaseException] = []

    def guarded(collected: Checks) -> None:
        try:
            body(collected)
        except BaseException as error:
            failure.append(error)

    session = _Session(checks, guarded)
    root = files[0].parent.parent
    arguments = [*_QUIET, "-c", str(_SETTINGS), f"--rootdir={root}", f"--confcutdir={root}"]
    with _no_foreign_plugins(), _imports_of(root):
        pytest.main([*arguments, *map(str, files)], plugins=[checks, session])
    if failure:
        raise failure[0]
    if session.errors:
        raise AssignmentInvalid("error.check_import", file=root, reason=session.errors[0])
    if not checks.items:
        raise PlatformError("error.no_checks", file=root)


@contextmanager
def _imports_of(root: Path) -> Iterator[None]:
    """Forget the check files afterwards: two files of one name are two files in one process too."""
    try:
        yield
    finally:
        for name, module in list(sys.modules.items()):
            if Path(getattr(module, "__file__", None) or "/").is_relative_to(root):
                del sys.modules[name]


@contextmanager
def _no_foreign_plugins() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        patch.delenv("PYTEST_ADDOPTS", raising=False)
        patch.delenv("PYTEST_PLUGINS", raising=False)
        yield
