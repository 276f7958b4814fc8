"""While an exercise is checked, what it forbids does not work in this process.

Armed before any student code is imported, for whoever calls: the kernels of forbidden operators
are replaced in torch's dispatcher, below every name, library function, thread and script. Python
that computes the same from other operators gets another `__code__`, so every reference to it
refuses. Everything else runs as fast as before.

Nothing here is kept in a module. What was replaced is gone, and what arms is called once, in a
process from which guests are forked: a student who finds this file finds no switch.
"""

from __future__ import annotations

import importlib.machinery
import pkgutil
import random
import sys
import types
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from grader.boundary.guest.code import for_libraries, functions_of, judged, replace_all
from grader.boundary.guest.dispatcher import Dispatcher, remove_static_runtime
from grader.boundary.guest.frames import is_asked_by_student
from grader.boundary.guest.refused import Refuse, Refused, refusal
from grader.boundary.guest.steps import STEPS
from grader.boundary.guest.uses import Use, covering


def arm(rules: dict[str, Any]) -> Callable[[], list[Use]]:
    """Arm all of `rules` (`grader.boundary.submitted.Rules`), as far as there is torch here.

    Returns what gives the uses since the last time, or since now.
    """
    noted: list[Use] = []
    refuse = refusal(noted, rules["package"])
    if "torch" in sys.modules:
        _arm_torch(rules["families"], rules["doubles"], refuse)
    for name in rules["names"]:
        _arm_name(name, rules["package"], refuse)
    sys.addaudithook(_imports(set(rules["names"]), rules["package"], rules["allowed"], refuse))
    if rules["families"]:
        sys.addaudithook(_machine_code(rules["package"], refuse))

    def take_uses() -> list[Use]:
        taken, noted[:] = list(noted), []
        return taken

    return take_uses


def prove(rules: dict[str, Any]) -> None:
    """Try every public way to what is forbidden. Raises `RuntimeError` for those that still work.

    A new torch may have moved what arming reaches for.
    """
    if torch := sys.modules.get("torch"):
        space = {"torch": torch, "random": random, "_scripted": _scripted}
        space |= {name: sys.modules[name] for name in ("numpy",) if name in sys.modules}
        uses = [use for family in rules["families"].values() for use in family["uses"]]
        works = [use for use in uses if not _refuses(use, space)]
        if works:
            raise RuntimeError(", ".join(works))


def _scripted(x: Any) -> Any:
    """For `torch.jit.script` to read."""
    return x


def _refuses(use: str, space: dict[str, Any]) -> bool:
    if "numpy." in use and "numpy" not in space:
        return True  # nobody else can call it either
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            eval(use, {**space, "x": space["torch"].full((2, 2), 0.5)})  # noqa: S307 - our own
        except Refused:
            return True
        except Exception as error:
            raise RuntimeError(f"{use}: {error!r}") from None
    return False


def _arm_torch(
    families: dict[str, dict[str, list[str]]], doubles: list[str], refuse: Refuse
) -> None:
    dispatcher = Dispatcher(refuse)
    for rule, family in families.items():
        for step in family["steps"]:
            STEPS[step](rule, refuse)
        for target in family["replaced"]:
            with suppress(ImportError, AttributeError):  # another torch need not have it
                replace_all(pkgutil.resolve_name(target), rule, refuse)
        dispatcher.refuse(rule, family["operators"])
    if any(family["operators"] for family in families.values()):
        dispatcher.refuse_namespaces(doubles)
        remove_static_runtime(refuse)


def _arm_name(name: str, package: str, refuse: Refuse) -> None:
    """A name of torch means its operator or its Python, whoever calls.

    Any other library's is refused to students alone: libraries need one another.
    """
    if name.startswith((".", "torch.")):
        if "torch" in sys.modules:
            _arm_name_of_torch(name, refuse)
        return
    root = name.partition(".")[0]
    if root not in sys.stdlib_module_names and root not in sys.modules:
        return  # the hook refuses its import
    with suppress(ImportError, AttributeError):
        target = pkgutil.resolve_name(name)
        if isinstance(target, types.FunctionType):
            for_libraries(target, name, package, refuse)
        elif isinstance(target, types.ModuleType | type):
            for function in list(functions_of(target)):
                for_libraries(function, name, package, refuse)
            for attribute, value in list(vars(target).items()):
                if isinstance(value, types.BuiltinFunctionType):
                    setattr(target, attribute, judged(value, name, package, refuse))
        elif callable(target):
            path, _, attribute = name.rpartition(".")
            owner = pkgutil.resolve_name(path)
            setattr(owner, attribute, judged(target, name, package, refuse))


def _arm_name_of_torch(name: str, refuse: Refuse) -> None:
    import torch

    try:
        target = getattr(torch.Tensor, name[1:]) if name[0] == "." else pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return  # this torch does not have it
    if isinstance(target, types.FunctionType | types.ModuleType | type):
        replace_all(target, name, refuse)
    elif callable(target):
        operator = target.__name__
        Dispatcher(refuse).refuse(name, [operator, f"{operator}_"])


def _imports(
    names: set[str], package: str, allowed: list[str], refuse: Refuse
) -> Callable[[str, tuple[Any, ...]], None]:
    """Refuse what may not be imported. Python has no way to take such a hook off again."""
    known = {package, *allowed, *sys.stdlib_module_names}
    getframe = sys._getframe

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "import":
            name = arguments[0]
            root = name.partition(".")[0]
            rule = covering(name, names)
            foreign = allowed and root not in known
            # a file of the submission's own may have any name that nothing installed has
            foreign = foreign and importlib.machinery.PathFinder.find_spec(root) is not None
            if (rule or foreign) and is_asked_by_student(package, getframe(1)):
                refuse(rule, name if rule else root)

    return hook


def _machine_code(package: str, refuse: Refuse) -> Callable[[str, tuple[Any, ...]], None]:
    """Refuse what reaches below the dispatcher."""

    def hook(event: str, _: tuple[Any, ...]) -> None:
        if event.startswith("ctypes.") and is_asked_by_student(package, sys._getframe(1)):
            refuse("", "ctypes")

    return hook
