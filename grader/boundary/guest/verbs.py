"""What a guest can be asked to do: a table of verbs, each a function of what it holds.

The arguments of each and the shape of its value stand in `grader.boundary.replies`.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from grader.boundary.guest import cuda, derivatives, devices, generators
from grader.boundary.guest.forbidden_source import survey
from grader.boundary.guest.importer import Finder
from grader.boundary.guest.layers import Layers
from grader.boundary.guest.looks_behind import looks_behind
from grader.boundary.guest.reach import Reach
from grader.boundary.guest.stand_ins import StandIns
from grader.boundary.guest.unwritten import unwritten

Reply = tuple[Any, ...]


class Held:
    """What a guest holds: the submission, and the objects of this check behind handles.

    `device`: the name of what it computes on.
    """

    def __init__(self, layers: Layers, device: str) -> None:
        self.layers = layers
        self.device = device
        self.package = ""
        self.objects: list[Any] = []
        self.stand_ins: StandIns | None = None

    def begin(self, seed: int) -> None:
        """A new check: no objects of the last one, generators as on day one."""
        self.objects.clear()
        generators.seed(seed)

    def export(self, value: Any) -> dict[str, Any]:
        """The handle of an object that stays here."""
        if type(value) is _Handle:
            value = value.value
        value = self.placed(value)
        self.objects.append(value)
        return {"t": "handle", "i": len(self.objects) - 1, "k": type(value).__name__[:100]}

    def placed(self, value: Any) -> Any:
        """What a check passes, or an object of the student's, on the GPU if there is one."""
        return value if self.device == cuda.CPU else cuda.placed(value, "cuda")

    def owner(self, owner: Any) -> Any:
        """A module of the package by its name, or an object by its handle."""
        return sys.modules[f"{self.package}.{owner}"] if isinstance(owner, str) else owner

    def function(self, owner: Any, name: str) -> Callable[..., Any]:
        """What is to be called: an owner's function, or the owner itself where it has no name."""
        target = self.owner(owner)
        return getattr(target, name) if name else target  # type: ignore[no-any-return]


class _Handle:
    """Goes out as a handle, whatever it holds."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _survey(
    held: Held,
    package: str,
    files: dict[str, bytes],
    searched: dict[str, tuple[str, list[str], list[str], list[str]]],
    allowed: list[str],
) -> Reply:
    """Read the source for the exercises in `searched`: what each can meet, and what is forbidden.

    And which functions are not written yet.

    Nothing of it is run, or importable afterwards. A file that is no Python is passed over: it
    fails with its message when it is imported.
    """
    trees = {}
    for name, content in files.items():
        if name.endswith(".py"):
            with contextlib.suppress(SyntaxError, ValueError):
                trees[name] = ast.parse(content)
    reaching = Reach(package, trees, files)
    reach = {e: reaching.of((file, *uses)) for e, (file, uses, _, _) in searched.items()}
    exercises = {e: (file, own, names) for e, (file, _, own, names) in searched.items()}
    found = survey(trees, package, exercises, reach, allowed)
    about = {
        "uses": [(exercise, use.to_wire()) for exercise, use in found],
        "reach": {exercise: sorted(names) for exercise, names in reach.items()},
        "unwritten": {
            name: sorted(unwritten(tree))
            for name, tree in trees.items()
            if b"NotImplementedError" in files[name]  # a package that is complete is not walked
        },
    }
    return ("value", {**about, **_self(held)})


def _load(
    held: Held, package: str, files: dict[str, bytes], stand_ins: tuple[Any, ...] | None
) -> Reply:
    """Take the submission, or as much of it as is there for an exercise."""
    held.package = package
    held.stand_ins = StandIns(package, files, *stand_ins) if stand_ins else None
    (held.stand_ins or Finder(package, files)).install()
    behind = bool(stand_ins) and _looks_behind(files, package)
    return ("value", {"looks_behind": behind, **_self(held)})


def _self(held: Held) -> dict[str, Any]:
    """What a guest says of itself."""
    layers = held.layers
    return {"layers": layers.in_force, "missing": layers.missing, "device": held.device}


def _looks_behind(files: dict[str, bytes], package: str) -> bool:
    for name, content in files.items():
        if name.endswith(".py"):
            # a file that is no Python fails again, with its message, when it is imported
            with contextlib.suppress(SyntaxError, ValueError):
                if looks_behind(content, package):
                    return True
    return False


def _import(held: Held, module: str) -> Reply:
    importlib.import_module(f"{held.package}.{module}")
    return ("value", None)


def _get(held: Held, owner: Any, name: str) -> Reply:
    try:
        value = getattr(held.owner(owner), name)
    except AttributeError:
        if hasattr(type(held.owner(owner)), name):
            raise  # a property of the student's own that failed
        return ("missing", name)
    # a torch module inside another can be called too, but has attributes to be asked for
    function = isinstance(owner, str) or inspect.isroutine(value) or inspect.isclass(value)
    return ("callable",) if callable(value) and function else ("value", value)


def _call(held: Held, owner: Any, name: str, args: tuple[Any, ...], kwargs: Any) -> Reply:
    return ("value", held.function(owner, name)(*args, **kwargs))


def _with_arguments(held: Held, owner: Any, name: str, args: tuple[Any, ...], kwargs: Any) -> Reply:
    result = held.function(owner, name)(*args, **kwargs)
    return ("value", (result, list(args)))


def _map(held: Held, owner: Any, name: str, calls: list[tuple[Any, ...]]) -> Reply:
    function = held.function(owner, name)
    return ("value", [function(*args) for args in calls])


def _gradients(
    held: Held,
    owner: Any,
    name: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    weights: list[Any] | None,
    modules: list[Any],
) -> Reply:
    function = held.function(owner, name)
    found = derivatives.gradients(function, args, kwargs, weights, modules, held.objects)
    return ("value", found)


def _on_meta(held: Held, owner: Any, name: str, args: tuple[Any, ...], kwargs: Any) -> Reply:
    return ("value", devices.on_meta(held.owner(owner), name, args, kwargs))


def _steps(held: Held, owner: Any, name: str, args: tuple[Any, ...], kwargs: Any) -> Reply:
    steps = 0

    def count(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal steps
        if not frame.f_code.co_filename.startswith(f"{held.package}/"):
            return None
        frame.f_trace_opcodes = True
        steps += event == "opcode"
        return count

    function = held.function(owner, name)
    sys.settrace(count)
    try:
        result = function(*args, **kwargs)
    finally:
        sys.settrace(None)
    return ("value", (result, steps))


def _keep(held: Held, owner: Any, name: str, args: tuple[Any, ...], part: int | None) -> Reply:
    result = held.function(owner, name)(*args)
    if part is None:
        return ("value", _Handle(result))
    parts = list(result)
    parts[part] = _Handle(parts[part])
    return ("value", tuple(parts))


def _item(_: Held, owner: Any, key: Any) -> Reply:
    return ("value", owner[key])


def _length(_: Held, owner: Any) -> Reply:
    return ("value", len(owner))


def _stood_in(held: Held) -> Reply:
    return ("value", held.stand_ins.take_called() if held.stand_ins else [])


def _generators(_: Held, seed: int | None, of_torch: bool) -> Reply:
    if seed is not None:
        generators.seed(seed)
    return ("value", generators.states(of_torch=of_torch))


VERBS: dict[str, Callable[..., Reply]] = {
    "survey": _survey,
    "load": _load,
    "import": _import,
    "get": _get,
    "call": _call,
    "with_arguments": _with_arguments,
    "map": _map,
    "gradients": _gradients,
    "on_meta": _on_meta,
    "steps": _steps,
    "keep": _keep,
    "item": _item,
    "length": _length,
    "generators": _generators,
    "stood_in": _stood_in,
}
