"""Python that refuses: functions get another code, so every reference to them refuses."""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from grader.boundary.guest.frames import is_students
from grader.boundary.guest.refused import Refuse


def replace_all(target: Any, rule: str, refuse: Refuse) -> None:
    """A function, the methods of a class, or all that a module shows of its own."""
    if isinstance(target, types.FunctionType):
        functions: Iterable[types.FunctionType] = [target]
    else:
        functions = functions_of(target)
    for function in functions:
        replace(function, rule, f"{function.__module__}.{function.__qualname__}", refuse)


# What describes an object, and what importing another library module calls.
_HARMLESS = {
    *("<lambda>", "__repr__", "__str__", "__setstate__", "__getstate__", "__hash__", "__eq__"),
    *("__del__", "__dir__", "extra_repr", "set_default_validate_args"),
}
_STUB = compile("def refused(*a, **k):\n    x = 'X'\n    return x(a, k)\n", __file__, "exec")
_STUB_CODE: types.CodeType = next(c for c in _STUB.co_consts if isinstance(c, types.CodeType))


def replace(function: types.FunctionType, rule: str, name: str, refuse: Refuse) -> None:
    """Every reference to it, old or new, refuses."""
    code = function.__code__
    infrastructure = code.co_name.startswith(("_make", "register", "_register"))
    if code.co_name not in _HARMLESS and not infrastructure:
        lead_to(function, lambda _args, _kwargs: refuse(rule, name))


def lead_to(function: types.FunctionType, end: Callable[[Any, Any], Any]) -> None:
    """Give a function another code, which calls `end` with the arguments."""
    constants = tuple(end if constant == "X" else constant for constant in _STUB_CODE.co_consts)
    free = function.__code__.co_freevars
    function.__code__ = _STUB_CODE.replace(co_consts=constants, co_freevars=free)
    function.__defaults__ = function.__kwdefaults__ = None


def functions_of(owner: Any) -> Iterator[types.FunctionType]:
    """The functions that are written in a module or below it and shown by it, or in a class."""
    if owner is None:
        return
    module = owner.__name__ if isinstance(owner, types.ModuleType) else owner.__module__
    seen: set[int] = set()
    waiting = list(vars(owner).values())
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, staticmethod | classmethod):
            value = value.__func__
        written = getattr(value, "__module__", None)
        own = isinstance(written, str) and f"{written}.".startswith(f"{module}.")
        if isinstance(value, types.FunctionType):
            if own:
                yield value
            waiting.append(getattr(value, "__wrapped__", None))
        elif isinstance(value, property):
            waiting += [value.fget, value.fset]
        elif isinstance(value, type) and own:
            waiting += list(vars(value).values())


def for_libraries(function: types.FunctionType, name: str, package: str, refuse: Refuse) -> None:
    """A function of a library that students alone may not call: libraries need one another."""
    original = copy(function)

    def end(args: Any, kwargs: Any) -> Any:
        if is_students(package, sys._getframe(2)):  # who called the function
            refuse(name, name)
        return original(*args, **kwargs)

    lead_to(function, end)


def judged(
    original: Callable[..., Any], name: str, package: str, refuse: Refuse
) -> Callable[..., Any]:
    """What is written in C, for all but students."""

    @functools.wraps(original)
    def ask(*args: Any, **kwargs: Any) -> Any:
        if is_students(package, sys._getframe(1)):
            refuse(name, name)
        return original(*args, **kwargs)

    return ask


def copy(function: types.FunctionType) -> types.FunctionType:
    """The same code under another object: what `lead_to` may still call."""
    made = types.FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    made.__kwdefaults__ = function.__kwdefaults__
    return made
