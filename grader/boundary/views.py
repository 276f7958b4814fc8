"""What the guests of an exercise get of a submission, and what has been found out with that.

Exercises whose guests get the same share a view. What one of them finds out may spare another a
question, but must follow from nothing that the other does not get.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from grader.boundary.endings import Ending
from grader.boundary.submitted import Rules, Submitted
from grader.records.outcome import Outcome

# How an import may end that nobody tries again, whatever they get: it cost its time, or the guest.
_COSTLY = {Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED}


@dataclass
class View:
    """What some guests get."""

    rules: Rules
    submitted: Submitted
    costly_imports: dict[str, Ending]  # of all views
    failed_imports: dict[str, Ending] = field(default_factory=dict)
    callables: set[tuple[str, str]] = field(default_factory=set)  # module and name

    def failed_import(self, module: str) -> Ending | None:
        """How the import of a module has failed, if it has."""
        return self.costly_imports.get(module) or self.failed_imports.get(module)

    def keep_failure(self, module: str, ending: Ending) -> None:
        """A failure is paid for once."""
        is_costly = ending.outcome in _COSTLY
        (self.costly_imports if is_costly else self.failed_imports)[module] = ending


class Views:
    """Those of one submission."""

    def __init__(self, whole: Submitted) -> None:
        self._whole = whole
        self._costly_imports: dict[str, Ending] = {}
        self._views: dict[tuple[Rules, bool, frozenset[str]], View] = {}

    def of(self, rules: Rules, files: Collection[str] | None, *, gpu: bool) -> View:
        """That of guests armed with `rules` that get these files; None: all."""
        names = frozenset(self._whole.files if files is None else files)
        key = (rules, gpu, names)
        if key not in self._views:
            self._views[key] = View(rules, self._whole.only(names), self._costly_imports)
        return self._views[key]
