"""pytest as the engine of checks: collected once, run for one submission after another.

`run_session` starts a pytest session over the check files and hands a `Checks` to `body`. The
loop is turned inside out, as pytest-xdist's worker does it: pytest collects, and then our
`pytest_runtestloop` runs the collected items as often as there are submissions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from grader.boundary.guests import Guests
from grader.checking.outcomes import Judged, classify
from grader.checking.student import Student
from grader.course.exercise import Check
from grader.errors import AssignmentInvalid, PlatformError
from grader.records.outcome import Outcome

# No terminal, no capture, no cache, no discovery of foreign plugins or settings: pytest is an
# engine here, and the person sees our output.
_QUIET = [
    *(f"-pno:{name}" for name in ("cacheprovider", "terminal", "logging", "junitxml", "doctest")),
    "--capture=no",
    "--import-mode=importlib",
]
_SETTINGS = Path(__file__).with_name("pytest.ini")


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

    def __init__(self) -> None:
        self.items: dict[str, list[pytest.Item]] = {}
        self._guests: Guests | None = None
        self._error: BaseException | None = None

    def run(self, check: Check, guests: Guests) -> Iterator[Case]:
        """Each case in turn, with the time spent in a guest.

        Raises `PlatformError` when the machine failed in the middle of a check.
        """
        for item in self.items[check.id]:
            guests.begin_check(check.seconds, fresh=check.fresh, hidden=not check.public)
            before = guests.clock.waited
            error = self._run_item(item, guests)
            if isinstance(error, PlatformError):
                raise error  # says nothing about the student: the whole submission is graded again
            outcome = classify(
                error,
                answers=guests.answers,
                public=check.public,
                met_hidden=guests.met_hidden,
                returned_none=guests.returned_none,
            )
            yield Case(outcome, guests.clock.waited - before)

    def _run_item(self, item: pytest.Item, guests: Guests) -> BaseException | None:
        self._guests, self._error = guests, None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return self._error

    @pytest.fixture
    def student(self) -> Student:
        """The submission, in its own process."""
        if self._guests is None:
            raise RuntimeError("a check runs only for a submission")
        return Student(self._guests)

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


class _Session:
    """The part of the plugin that knows when collection is over."""

    def __init__(self, checks: Checks, body: Callable[[Checks], None]) -> None:
        self._checks, self._body = checks, body
        self.errors: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.errors.append(f"{report.nodeid}: {report.longreprtext.strip().splitlines()[-1]}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item in session.items:
            name = getattr(item, "originalname", item.name).removeprefix("test_")
            self._checks.items.setdefault(name, []).append(item)
        if not self.errors:
            self._body(self._checks)
        return True


def run_session(files: Sequence[Path], body: Callable[[Checks], None]) -> None:
    """Collect `files` and call `body` with the checks. What `body` raises is raised here.

    Raises `AssignmentInvalid` when a check file does not import.
    """
    checks = Checks()
    failure: list[BaseException] = []

    def guarded(collected: Checks) -> None:
        try:
            body(collected)
        except BaseException as error:
            failure.append(error)

    session = _Session(checks, guarded)
    root = files[0].parent.parent
    arguments = [*_QUIET, "-c", str(_SETTINGS), f"--rootdir={root}", f"--confcutdir={root}"]
    with _no_foreign_plugins():
        pytest.main([*arguments, *map(str, files)], plugins=[checks, session])
    if failure:
        raise failure[0]
    if session.errors:
        raise AssignmentInvalid("error.check_import", file=root, reason=session.errors[0])
    if not checks.items:
        raise PlatformError("error.no_checks", file=root)


@contextmanager
def _no_foreign_plugins() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        patch.delenv("PYTEST_ADDOPTS", raising=False)
        patch.delenv("PYTEST_PLUGINS", raising=False)
        yield
