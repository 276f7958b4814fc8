"""What a check may expect of a value that came back from the student's process.

Every function here raises `Unmet`, an `AssertionError` with a sentence for the student in each
language (`grader/locale/<lang>/expect.toml`). Type and shape are looked at before any value, so
that nothing passes by broadcasting, by being empty or by being `nan`. Only fresh builtins,
`numpy.ndarray` and `torch.Tensor` arrive here (see `grader.boundary.wire`): no comparison below
can run student code. What a comparison costs follows from what is expected, not from what came:
sizes are compared before anything is converted, copied or shown.

`what` names the value in that sentence: a text for each language, or code without a blank ("h'").
Plain English is for English readers only; others read "the value" in their own language.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

from grader.checking.arrays import is_array
from grader.checking.computed import on_gpu
from grader.i18n import LANGUAGES, choose, translate

if TYPE_CHECKING:
    from grader.checking.student import Function, Object, Student

# float64: honest variants differ by at most 3e-14 relative (order of summation), float32 by
# 1.2e-6. Each bar is at least eight times the worst honest case.
TOLERANCE = {"float64": (1e-9, 1e-10), "float32": (1e-4, 1e-5)}
# A GPU adds up in an order that changes from run to run, and its exp, log and tanh of float32 are
# off by a few units in the last place more; float32 is not rounded to TF32 (`guest.cuda`). So
# float32 has ten times the room, and float64 has what it needs already. Nobody has measured it.
TOLERANCE_ON_GPU = {**TOLERANCE, "float32": (1e-3, 1e-4)}

MOST_KEYS = 50  # by which a dict may be too long to be shown in a sentence

RESULT = "the result"
What = str | Mapping[str, str]

_HANGUL = re.compile("[\uac00-\ud7a3]")


class Unmet(AssertionError):
    """What was expected, and what came instead: `texts`, a sentence for each language.

    A field of the sentence may be a function of the language. `forgotten`: None came, as it does
    where a `return` is missing. `about`: "type" or "dtype" where that is all that is wrong.
    """

    def __init__(
        self, code: str, *, forgotten: bool = False, about: str = "", **fields: Any
    ) -> None:
        self.code, self.about = code, about
        self.texts = {}
        for lang in LANGUAGES:
            own = {name: f(lang) if callable(f) else f for name, f in fields.items()}
            said = translate(f"expect.{code}", lang, **own)
            if forgotten:
                said = translate("expect.forgotten", lang, sentence=said)
            self.texts[lang] = said
        super().__init__(self.texts["en"])


@dataclass(frozen=True)
class _Name:
    """What a sentence calls a value: its text by language, and a place within it ("[0]")."""

    text: What
    place: str = ""

    def __getitem__(self, key: Any) -> _Name:
        return _Name(self.text, f"{self.place}[{key}]")

    def __call__(self, lang: str) -> str:
        text = self._in(lang)
        if not self.place or text[-1:].isalpha() or " " not in text:
            return text + self.place
        return translate("expect.at", lang, what=text, place=self.place)

    def _in(self, lang: str) -> str:
        if not isinstance(self.text, str):
            return choose(self.text, lang)
        if self.text == RESULT:
            return translate("expect.the_result", lang)
        own = "ko" if _HANGUL.search(self.text) else "en"
        if lang == own or not re.search(r"\s", self.text):
            return self.text
        return translate("expect.the_value", lang)


def _own(code: str) -> What:
    return {lang: translate(f"expect.{code}", lang) for lang in LANGUAGES}


def describe(value: Any, lang: str = "en") -> str:
    """Name the kind of `value` in the words of the handout: 'a float64 array of shape (2, 3)'."""
    name = type(value).__name__
    if student_kind := getattr(type(value), "kind_name", None):  # it stays with the student
        name = student_kind(value)
    if is_array(value):
        kind = "array" if type(value).__module__ == "numpy" else "tensor"
        shape = tuple(int(size) for size in value.shape)
        return translate(f"expect.a_{kind}", lang, dtype=_dtype(value), shape=shape)
    if value is None:
        return translate("expect.a_none", lang)
    if type(value).__module__ == "numpy":
        return translate("expect.a_numpy_scalar", lang, name=name)
    return translate("expect.a_value", lang, name=_kind(name, lang))


def _kind(name: str, lang: str) -> str:
    """The name of a type, in Korean by the word of the handouts."""
    try:
        return translate(f"expect.kinds.{name}", lang)
    except KeyError:
        return name


def _mistyped(code: str, value: Any, **fields: Any) -> Unmet:
    """A value is not of the kind that was expected."""
    got = partial(describe, value)
    return Unmet(code, forgotten=value is None, about="type", got=got, **fields)


def expect_true(condition: bool, otherwise: Mapping[str, str]) -> None:
    """Check any condition; `otherwise` says in each language what is wrong if it does not hold."""
    if not condition:
        raise Unmet("sentence", sentence=partial(choose, otherwise))


def expect_type(value: Any, kind: type, what: What = RESULT) -> None:
    """Check that `value` is exactly of type `kind` (a bool is not an int)."""
    if type(value) is not kind:
        raise _mistyped("type", value, what=_Name(what), kind=partial(_kind, kind.__name__))


def expect_equal(actual: Any, expected: Any, what: What = RESULT) -> None:
    """Check equality of value and of type, all the way down lists, tuples and dicts."""
    difference = _difference(actual, expected, _Name(what))
    if difference:
        raise difference


def expect_array(
    value: Any,
    shape: tuple[int, ...] | None = None,
    dtype: str | None = None,
    what: What = RESULT,
) -> None:
    """Check for a NumPy array of this shape and dtype (a name such as 'int64')."""
    _expect_container(value, "numpy", shape, dtype, _Name(what))


def expect_tensor(
    value: Any,
    shape: tuple[int, ...] | None = None,
    dtype: str | None = None,
    what: What = RESULT,
) -> None:
    """Check for a torch tensor of this shape and dtype (a name such as 'float64')."""
    _expect_container(value, "torch", shape, dtype, _Name(what))


def expect_close(
    actual: Any,
    expected: Any,
    rtol: float | None = None,
    atol: float | None = None,
    what: What = RESULT,
) -> None:
    """Check that numbers agree: |actual - expected| <= atol + rtol * |expected|, entry by entry.

    `actual` and `expected` may each be a Python number, a (nested) list, an array or a tensor;
    shapes must agree. The tolerance follows from the dtype of `actual`, and from where it was
    computed, unless it is given.
    Infinities must stand where they are expected; a `nan` agrees only with an expected `nan`.
    """
    import numpy as np

    name = _Name(what)
    tolerance = TOLERANCE_ON_GPU if on_gpu() else TOLERANCE
    default_rtol, default_atol = tolerance.get(_dtype(actual), tolerance["float64"])
    rtol = default_rtol if rtol is None else rtol
    atol = default_atol if atol is None else atol
    want = _as_float64(expected, _shape(expected), name)
    if not _is_numeric(actual):
        raise _mistyped("numbers", actual, what=name)
    if _shape(actual) != want.shape:
        raise Unmet("shape", what=name, got=_shape(actual), want=want.shape)
    got = _as_float64(actual, want.shape, name)
    wrong = ~np.isclose(got, want, rtol=rtol, atol=atol, equal_nan=True)
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        # a zero without a sign: nobody reads "-0" as what it is
        one, other = (f"{side[place] + 0.0:.9g}" for side in (got, want))
        there = name[", ".join(map(str, place))] if place else name
        if wrong.size == 1:
            raise Unmet("value", what=there, got=one, want=other)
        wrongs, size = int(wrong.sum()), wrong.size
        raise Unmet("entry", what=there, wrong=wrongs, size=size, got=one, want=other)


def expect_left_alone(student: Student, function: Function, *arguments: Any) -> None:
    """Call, and check that neither the arguments nor the global random generators have changed."""
    before = student.generators()
    _, after = student.with_arguments(function, *arguments)
    expect_equal(after, list(arguments), _own("the_arguments"))
    expect_equal(student.generators(), before, _own("the_generators"))


def expect_on_device(student: Student, function: Function | Object, *arguments: Any) -> None:
    """Call, and check that all stays on the device of the arguments (see `Student.on_meta`).

    What fails on the CPU, too, raises there: it says nothing about devices.
    """
    function(*arguments)
    student.on_meta(function, *arguments)


def expect_own_weights(module: Object) -> None:
    """Check that no two drawn parameters of a module are equal: each of its parts has its own."""
    values = module.state_dict().items()
    drawn = [(name, v) for name, v in values if bool((v != v.flatten()[0]).any())]
    for (one, first), (other, second) in combinations(drawn, 2):
        if first.shape == second.shape and bool((first == second).all()):
            raise Unmet("own_weights", one=one, other=other)


@contextmanager
def expect_error(kind: type[Exception], naming: str | Sequence[str] = ()) -> Iterator[None]:
    """Check that the student's code raises `kind`, with one of `naming` as a whole word in it."""
    names = [naming] if isinstance(naming, str) else list(naming)
    try:
        yield
    except kind as error:
        message = str(error)
        # ASCII: in "k는 1 이상이어야 합니다" a Korean particle follows the name without a blank
        if names and not any(
            re.search(rf"(?<!\w){re.escape(n)}(?!\w)", message, re.ASCII) for n in names
        ):
            wanted = " / ".join(f"'{name}'" for name in names)
            raise Unmet("error_unnamed", error=kind.__name__, names=wanted) from None
        return
    raise Unmet("no_error", error=kind.__name__)


def numerical_gradient(function: Callable[[Any], float], x: Any, h: float = 1e-6) -> Any:
    """Central differences (f(x + h) - f(x - h)) / 2h for every entry of the float64 tensor `x`.

    The error is about 1e-10 * |f|: compare with rtol 1e-5, atol 1e-7, and stay away from kinks.
    """
    import torch

    gradient = torch.zeros_like(x)
    flat = x.clone().reshape(-1)
    for i in range(flat.numel()):
        kept = flat[i].item()
        flat[i] = kept + h
        above = float(function(flat.reshape(x.shape)))
        flat[i] = kept - h
        below = float(function(flat.reshape(x.shape)))
        flat[i] = kept
        gradient.view(-1)[i] = (above - below) / (2 * h)
    return gradient


def _dtype(value: Any) -> str:
    return str(value.dtype).removeprefix("torch.") if _has_dtype(value) else "float64"


def _is_numeric(value: Any) -> bool:
    """Whether it is a number, or a block of what begins with one."""
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return isinstance(value, list | tuple) or type(value) in {int, float, bool} or _has_dtype(value)


def _has_dtype(value: Any) -> bool:
    """Whether it is an array, a tensor or a NumPy number; no object of the student's is asked."""
    return is_array(value) or type(value).__module__ == "numpy"


def _shape(value: Any) -> tuple[int, ...]:
    """The shape of a block, by the first item of each list: that the others agree is seen later."""
    sizes: list[int] = []
    while isinstance(value, list | tuple):
        sizes.append(len(value))
        value = value[0] if value else None
    return (*sizes, *map(int, getattr(value, "shape", ())))


def _as_float64(value: Any, shape: tuple[int, ...], what: _Name) -> Any:
    """A block of this shape. Raises `Unmet` for one that is not regular, or not of numbers."""
    import numpy as np

    numbers: list[Any] = []
    if not is_array(value):
        _collect(value, shape, what, numbers)
        value = numbers
    elif _dtype(value).startswith("complex"):  # converted, it would lose half of itself
        raise _mistyped("real_numbers", value, what=what)
    if type(value).__name__ == "Tensor":
        value = value.detach().cpu().double().numpy()
    try:
        return np.asarray(value, dtype=np.float64).reshape(shape)
    except (TypeError, ValueError, OverflowError):
        raise Unmet("regular_block", what=what) from None


def _collect(value: Any, shape: tuple[int, ...], what: _Name, into: list[Any]) -> None:
    """The numbers of a nested list, none of which may be of another size than the first."""
    if isinstance(value, list | tuple):
        if not shape or len(value) != shape[0]:
            raise Unmet("regular_block", what=what)
        for item in value:
            _collect(item, shape[1:], what, into)
    elif is_array(value):
        if tuple(value.shape) != shape:
            raise Unmet("regular_block", what=what)
        into.extend(_as_float64(value, shape, what).reshape(-1).tolist())
    elif shape or not _is_numeric(value):
        raise Unmet("regular_block", what=what)
    elif _dtype(value).startswith("complex"):
        raise _mistyped("real_numbers", value, what=what)
    else:
        into.append(value)


def _expect_container(
    value: Any,
    module: str,
    shape: tuple[int, ...] | None,
    dtype: str | None,
    what: _Name,
) -> None:
    if not is_array(value) or type(value).__module__ != module:
        raise _mistyped("type", value, what=what, kind=partial(translate, f"expect.{module}"))
    if shape is not None and tuple(value.shape) != tuple(shape):
        raise Unmet("shape", what=what, want=tuple(map(int, shape)), got=_shape(value))
    if dtype is not None and _dtype(value) != dtype:
        raise Unmet("dtype", about="dtype", what=what, want=dtype, got=_dtype(value))


def _difference(actual: Any, expected: Any, what: _Name) -> Unmet | None:
    if type(actual) is not type(expected):
        return _mistyped("kind", actual, what=what, want=partial(describe, expected))
    if is_array(expected):
        module = type(expected).__module__
        try:
            _expect_container(actual, module, expected.shape, _dtype(expected), what)
        except Unmet as difference:
            return difference
        same = bool((actual == expected).all())
        return None if same else Unmet("value", what=what, got=actual, want=expected)
    if isinstance(expected, list | tuple):
        if len(actual) != len(expected):
            return Unmet("length", what=what, got=len(actual), want=len(expected))
        pairs = enumerate(zip(actual, expected, strict=True))
        found = (_difference(a, e, what[i]) for i, (a, e) in pairs)
        return next((unmet for unmet in found if unmet), None)
    if isinstance(expected, dict):
        if actual.keys() != expected.keys():
            if len(actual) > len(expected) + MOST_KEYS:
                return Unmet("length", what=what, got=len(actual), want=len(expected))
            got, want = sorted(actual, key=repr), sorted(expected, key=repr)
            return Unmet("keys", what=what, got=got, want=want)
        found = (_difference(actual[k], expected[k], what[repr(k)]) for k in expected)
        return next((unmet for unmet in found if unmet), None)
    if isinstance(expected, float) and math.isnan(expected) and math.isnan(actual):
        return None
    same = actual == expected
    return None if same else Unmet("value", what=what, got=repr(actual), want=repr(expected))
