"""What a check may expect of a value that came back from the student's process.

Every function here raises `AssertionError` with a sentence for the student. Type and shape are
looked at before any value, so that nothing passes by broadcasting, by being empty or by being
`nan`. Only fresh builtins, `numpy.ndarray` and `torch.Tensor` arrive here (see
`grader.boundary.wire`): no comparison below can run student code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

# float64: honest variants differ by at most 3e-14 relative (order of summation), float32 by
# 1.2e-6. Each bar is at least eight times the worst honest case.
TOLERANCE = {"float64": (1e-9, 1e-10), "float32": (1e-4, 1e-5)}


def describe(value: Any) -> str:
    """Name the kind of `value` in the words of the handout: 'a float64 array of shape (2, 3)'."""
    if _is_array(value):
        kind = "array" if type(value).__module__ == "numpy" else "tensor"
        shape = tuple(int(size) for size in value.shape)
        return f"a {kind} of dtype {_dtype(value)} and shape {shape}"
    if value is None:
        return "None (was a `return` forgotten?)"
    if type(value).__module__ == "numpy":
        return f"a NumPy scalar ({type(value).__name__}) instead of a plain Python number"
    return f"a {type(value).__name__}"


def expect_type(value: Any, kind: type, what: str = "the result") -> None:
    """Check that `value` is exactly of type `kind` (a bool is not an int)."""
    if type(value) is not kind:
        raise AssertionError(f"{what} must be a {kind.__name__}, but it is {describe(value)}")


def expect_equal(actual: Any, expected: Any, what: str = "the result") -> None:
    """Check equality of value and of type, all the way down lists, tuples and dicts."""
    difference = _difference(actual, expected, what)
    if difference:
        raise AssertionError(difference)


def expect_array(
    value: Any,
    shape: tuple[int, ...] | None = None,
    dtype: str | None = None,
    what: str = "the result",
) -> None:
    """Check for a NumPy array of this shape and dtype (a name such as 'int64')."""
    _expect_container(value, "numpy", "NumPy array", shape, dtype, what)


def expect_tensor(
    value: Any,
    shape: tuple[int, ...] | None = None,
    dtype: str | None = None,
    what: str = "the result",
) -> None:
    """Check for a torch tensor of this shape and dtype (a name such as 'float64')."""
    _expect_container(value, "torch", "torch tensor", shape, dtype, what)


def expect_close(
    actual: Any,
    expected: Any,
    rtol: float | None = None,
    atol: float | None = None,
    what: str = "the result",
) -> None:
    """Check that numbers agree: |actual - expected| <= atol + rtol * |expected|, entry by entry.

    `actual` and `expected` may each be a Python number, a (nested) list, an array or a tensor;
    shapes must agree. The tolerance follows from the dtype of `actual` unless it is given.
    Infinities must stand where they are expected; a `nan` agrees only with an expected `nan`.
    """
    import numpy as np

    if not _is_numeric(actual):
        raise AssertionError(f"{what} must hold numbers, but it is {describe(actual)}")
    default_rtol, default_atol = TOLERANCE.get(_dtype(actual), TOLERANCE["float64"])
    rtol = default_rtol if rtol is None else rtol
    atol = default_atol if atol is None else atol
    got = _as_float64(actual, what)
    want = _as_float64(expected, "the expected value")
    if got.shape != want.shape:
        raise AssertionError(f"{what} has shape {got.shape}, expected was {want.shape}")
    wrong = ~np.isclose(got, want, rtol=rtol, atol=atol, equal_nan=True)
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        where = f" at {list(place)}" if place else ""
        count = f" ({int(wrong.sum())} of {wrong.size} entries differ)" if wrong.size > 1 else ""
        raise AssertionError(
            f"{what}{where} is {got[place]:.9g}, expected was {want[place]:.9g}{count}"
        )


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
            wanted = " or ".join(f"'{name}'" for name in names)
            raise AssertionError(
                f"{kind.__name__} was raised, but its message must name the argument {wanted}"
            ) from None
        return
    raise AssertionError(f"{kind.__name__} was expected, but nothing was raised")


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


def _is_array(value: Any) -> bool:
    return type(value).__name__ in {"ndarray", "Tensor"} and hasattr(value, "shape")


def _dtype(value: Any) -> str:
    return str(value.dtype).removeprefix("torch.") if hasattr(value, "dtype") else "float64"


def _is_numeric(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_numeric(item) for item in value)
    return _is_array(value) or type(value) in {int, float, bool} or hasattr(value, "dtype")


def _as_float64(value: Any, what: str) -> Any:
    import numpy as np

    if _dtype(value).startswith("complex"):  # converted, it would lose half of itself
        raise AssertionError(f"{what} must hold real numbers, but it is {describe(value)}")
    if type(value).__name__ == "Tensor":
        value = value.detach().cpu().double().numpy()
    elif isinstance(value, list | tuple):
        value = [_as_float64(item, what) for item in value]
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise AssertionError(f"{what} must be a regular block of real numbers") from None


def _expect_container(
    value: Any,
    module: str,
    name: str,
    shape: tuple[int, ...] | None,
    dtype: str | None,
    what: str,
) -> None:
    if not _is_array(value) or type(value).__module__ != module:
        raise AssertionError(f"{what} must be a {name}, but it is {describe(value)}")
    if shape is not None and tuple(value.shape) != tuple(shape):
        raise AssertionError(f"{what} must have shape {tuple(shape)}, but it is {describe(value)}")
    if dtype is not None and _dtype(value) != dtype:
        raise AssertionError(f"{what} must have dtype {dtype}, but it is {describe(value)}")


def _difference(actual: Any, expected: Any, what: str) -> str | None:
    if type(actual) is not type(expected):
        return f"{what} must be {describe(expected)}, but it is {describe(actual)}"
    if _is_array(expected):
        try:
            _expect_container(
                actual,
                type(expected).__module__,
                type(expected).__name__,
                tuple(expected.shape),
                _dtype(expected),
                what,
            )
        except AssertionError as difference:
            return str(difference)
        return None if bool((actual == expected).all()) else f"{what} is {actual}, not {expected}"
    if isinstance(expected, list | tuple):
        if len(actual) != len(expected):
            return f"{what} has {len(actual)} items, expected were {len(expected)}"
        pairs = enumerate(zip(actual, expected, strict=True))
        found = (_difference(a, e, f"item {i} of {what}") for i, (a, e) in pairs)
        return next((text for text in found if text), None)
    if isinstance(expected, dict):
        if set(actual) != set(expected):
            return (
                f"{what} has the keys {sorted(actual, key=repr)}, not {sorted(expected, key=repr)}"
            )
        found = (_difference(actual[k], expected[k], f"{what}[{k!r}]") for k in expected)
        return next((text for text in found if text), None)
    if isinstance(expected, float) and math.isnan(expected) and math.isnan(actual):
        return None
    return None if actual == expected else f"{what} is {actual!r}, expected was {expected!r}"
