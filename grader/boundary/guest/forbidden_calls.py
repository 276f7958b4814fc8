"""Forbidden names at run time: what reading the source cannot see (`getattr`, `exec`).

Watched are imports, the construction of torch's modules and optimizers, the public names of torch's
functions, and whatever else torch dispatches (`torch.overrides.TorchFunctionMode`; 3 microseconds
a call, so only the first `MAX_CALLS` of a request). A use counts when the code that asks for it is
the student's; what a library does for itself is its own business. Nothing is raised, so nothing
can be caught: a use is noted, and the trusted side decides.

This is a rule of the homework, not a wall: somebody who takes the watch apart in his own process
is not stopped here.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import inspect
import sys
from collections.abc import Callable
from types import FrameType, MethodDescriptorType
from typing import Any

from grader.boundary.guest.uses import Use, covering

MAX_USES = 50
MAX_CALLS = 2000  # what a training loop does later, it does at its beginning too


class Watch:
    """Notes uses of `rules` (file -> forbidden names) by the files of `package`."""

    def __init__(self, package: str, rules: dict[str, list[str]], allowed: list[str]) -> None:
        self._prefix = f"{package}/"
        self._rules = rules
        self._any = {name for names in rules.values() for name in names}
        self._known = {package, *allowed, *sys.stdlib_module_names} if allowed else None
        self._uses: list[Use] = []
        self._calls: _Calls | None = None

    def take_uses(self) -> list[Use]:
        """What was noted since the last call."""
        uses, self._uses = self._uses, []
        return uses

    def imports(self) -> None:
        """Watch imports from now on."""
        if not self._any and self._known is None:
            return
        original, by_name = builtins.__import__, importlib.import_module

        @functools.wraps(original)
        def watched_import(name: str, *args: Any, **kwargs: Any) -> Any:
            given = {
                **dict(zip(("globals", "locals", "fromlist", "level"), args, strict=False)),
                **kwargs,
            }
            if not given.get("level"):
                self._imported(_caller(), name, given.get("fromlist") or ())
            return original(name, *args, **kwargs)

        @functools.wraps(by_name)
        def watched_by_name(name: str, package: str | None = None) -> Any:
            self._imported(_caller(), name, ())
            return by_name(name, package)

        builtins.__import__ = watched_import
        importlib.import_module = watched_by_name

    def torch(self) -> None:
        """A new request: watch torch, once it is there and if a rule speaks of it."""
        if self._calls is not None:
            self._calls.begin()
        elif "torch" in sys.modules and any(n.startswith(("torch.", ".")) for n in self._any):
            self._calls = _Calls(sys.modules["torch"])
            self._watch_construction()
            self._watch_functions(self._calls)
            self._watch_operators()
            self._watch_names()

    def _imported(self, frame: FrameType, name: str, fromlist: tuple[str, ...]) -> None:
        place = self._place(frame)
        if place is None or type(name) is not str:
            return
        for full in [name, *(f"{name}.{item}" for item in fromlist)]:
            self._note(place, [full])
        root = name.partition(".")[0]
        if self._known is not None and root not in self._known and f"{root}.py" not in self._rules:
            self._add(place, "", root)

    def _watch_construction(self) -> None:
        torch = sys.modules["torch"]
        for root in (torch.nn.Module, torch.optim.Optimizer):
            root.__init__ = self._watched_init(root.__init__)

    def _watched_init(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def init(instance: Any, *args: Any, **kwargs: Any) -> None:
            place = self._constructor(instance, _caller())
            if place is not None:
                self._note(
                    place, [name for kind in type(instance).__mro__ for name in _paths(kind)]
                )
            original(instance, *args, **kwargs)

        return init

    def _constructor(self, instance: Any, frame: FrameType | None) -> FrameType | None:
        """Through the chain of `__init__` of this object to who asked for it."""
        while frame is not None and frame.f_code.co_name == "__init__":
            own = frame.f_code.co_varnames[:1]
            if not own or frame.f_locals.get(own[0]) is not instance:
                break
            if (place := self._place(frame)) is not None:
                return place
            frame = frame.f_back
        return None if frame is None else self._place(frame)

    def _watch_functions(self, calls: _Calls) -> None:
        from torch import overrides

        note, place_of, dispatch = self._note, self._place, overrides.__file__
        names: dict[Any, list[str]] = {}  # function -> its public names that a rule forbids
        forbidden = self._any

        class Mode(overrides.TorchFunctionMode):  # type: ignore[misc]
            def __torch_function__(
                self, func: Any, types: Any, args: Any = (), kwargs: Any = None
            ) -> Any:
                calls.count()
                found = names.get(func)
                if found is None:
                    found = names[func] = [n for n in public_names(func) if covering(n, forbidden)]
                if found:
                    frame: FrameType | None = _caller()
                    if frame is not None and frame.f_code.co_filename == dispatch:
                        # a function written in Python: it, then who called it
                        frame = frame.f_back and frame.f_back.f_back
                    place = frame and place_of(frame)
                    if place:
                        note(place, found)
                return func(*args, **(kwargs or {}))

        Mode().__enter__()  # never left: the guest ends first

    def _watch_operators(self) -> None:
        """What `torch.ops` holds is below the functions that torch dispatches."""
        operators = sys.modules["torch._ops"]
        for kind in (operators.OpOverload, operators.OpOverloadPacket):
            kind.__call__ = self._watched_operator(kind.__call__)

    def _watch_names(self) -> None:
        """The public names of forbidden functions: in every thread, after any number of calls."""
        torch = sys.modules["torch"]
        for rule in sorted(self._any):
            path, _, name = rule.rpartition(".")
            owners = [sys.modules.get(path)] if path else [torch.Tensor]
            owners += [sys.modules.get("torch._VF")] if path == "torch" else []
            for owner in owners:
                original = getattr(owner, name, None)
                if inspect.isroutine(original):
                    setattr(owner, name, self._watched_function(original, rule))

    def _watched_function(self, original: Callable[..., Any], rule: str) -> Callable[..., Any]:
        @functools.wraps(original)
        def call(*args: Any, **kwargs: Any) -> Any:
            if (place := self._place(_caller())) is not None:
                self._note(place, [rule])
            return original(*args, **kwargs)

        return call

    def _watched_operator(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def call(operator: Any, /, *args: Any, **kwargs: Any) -> Any:
            if (place := self._place(_caller())) is not None:
                self._note(place, public_names(operator))
            return original(operator, *args, **kwargs)

        return call

    def _place(self, frame: FrameType) -> FrameType | None:
        """The student's frame, if the code is the student's: a file, or a string in it."""
        file = frame.f_code.co_filename
        if file.startswith(self._prefix):
            return frame
        if not file.startswith("<") or file.startswith("<frozen"):
            return None
        back = frame.f_back
        while back is not None and not back.f_code.co_filename.startswith(self._prefix):
            back = back.f_back
        return back

    def _note(self, place: FrameType, names: list[str]) -> None:
        file = place.f_code.co_filename.removeprefix(self._prefix)
        rules = self._rules.get(file, [])
        for name in names:
            if rule := covering(name, rules):
                self._add(place, rule, name)
                return

    def _add(self, place: FrameType, rule: str, name: str) -> None:
        if len(self._uses) < MAX_USES:
            file = place.f_code.co_filename.removeprefix(self._prefix)
            scope = place.f_code.co_qualname.partition(".")[0].replace("<module>", "")
            self._uses.append(Use(rule, name, file, place.f_lineno, scope))


class _Calls:
    """Counts calls of torch, and lets it run at full speed after enough of them."""

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self._count = 0
        self._pause: Any = None

    def begin(self) -> None:
        self._count = 0
        if self._pause is not None:
            self._pause.__exit__(None, None, None)
            self._pause = None

    def count(self) -> None:
        self._count += 1
        if self._count == MAX_CALLS:
            self._pause = self._torch._C.DisableTorchFunction()  # noqa: SLF001 - as torch.compile does
            self._pause.__enter__()


def _caller() -> FrameType:
    """Who called the function that asks."""
    return sys._getframe(2)  # noqa: SLF001 - there is no other way to ask


def public_names(function: Any) -> list[str]:
    """What rules may call a function that torch dispatched: "torch.x", "torch.special.x", ".x"."""
    name = getattr(function, "__name__", "")
    module = getattr(function, "__module__", None) or ""
    owner = getattr(function, "__qualname__", "").rpartition(".")[0]
    if owner == "Tensor" or isinstance(function, MethodDescriptorType):
        return [f".{name}"]
    if type(function).__module__ == "torch._ops":  # below the public names, and meant all of them
        name = name.partition(".")[0]
        return [f"torch.{name}", f".{name}", f"torch.nn.functional.{name}"]
    if module == "torch._C._nn":
        return [f"torch.nn.functional.{name}"]
    for family in ("special", "linalg", "fft"):
        if name.startswith(f"{family}_"):
            return [f"torch.{family}.{name.removeprefix(family + '_')}"]
    if module.startswith("torch."):
        return [f"{module}.{name}", f"torch.{name}"]
    return [f"torch.{name}"]


def _paths(kind: type) -> list[str]:
    """Names of a class of torch: where it is written, and each package above that shows it."""
    parts = kind.__module__.split(".")
    if parts[0] != "torch":
        return []
    paths = [".".join([*parts[:n], kind.__name__]) for n in range(1, len(parts) + 1)]
    return [path for path in paths if _is(path, kind)]


def _is(path: str, kind: type) -> bool:
    module, _, name = path.rpartition(".")
    return getattr(sys.modules.get(module), name, None) is kind
