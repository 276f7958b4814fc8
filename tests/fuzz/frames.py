"""Frames that are almost right, and what must hold whatever becomes of them."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from grader.boundary import wire
from grader.boundary.endings import Ending, raised

DTYPES = sorted(wire.ITEM_SIZE)
TAGS = [
    *("tuple", "set", "frozenset", "dict", "bytes", "ints", "floats"),
    *("array", "scalar", "tensor", "handle"),
]
# One of everything that may cross.
VALUES = [
    [None, True, -1, 2**70, 0.5, -0.0, math.inf, "a\n한글"],
    ((1, (2, [3])), {"a": {1, 2}, (1, 2): frozenset({3})}, b"raw", b""),
    [list(range(40)), [0.5] * 40, [2**70] * 40],
    *[np.arange(6).reshape(2, 3).astype(dtype) for dtype in sorted(wire.ARRAY_DTYPES)],
    *[torch.arange(6).to(getattr(torch, dtype)) for dtype in sorted(wire.TENSOR_DTYPES)],
    [np.float64(1.5), np.zeros((2, 0, 3)), torch.zeros(0, 5), torch.tensor(3.0), np.bool_(True)],
    (1, "value", {"w": torch.ones(2, 2), "names": ["x"] * 3}),
    (1, "callable"),
    (1, "missing", "f"),
    (1, "unreadable", "too deep"),
    (
        1,
        "raised",
        {
            "type": "Mine",
            "bases": ["ValueError", "Exception"],
            "text": "no",
            "frames": [("pack/m.py", 3, "f", "raise Mine")],
            "memory": False,
        },
    ),
]


class Kept:
    """What a handle becomes on the trusted side of these tests."""

    def __init__(self, number: int, kind: str) -> None:
        self.number, self.kind = number, kind

    def handle_number(self) -> int:
        return self.number


def export(value: Any) -> dict[str, Any]:
    """A handle goes back as it came."""
    if type(value) is Kept:
        return {"t": "handle", "i": value.number, "k": value.kind}
    return wire.no_handles(value)


def parts(frame: bytes) -> tuple[bytes, bytes]:
    """Header and body of a whole frame."""
    header, body = wire.sizes(frame[: wire.PREFIX.size])
    start = wire.PREFIX.size
    assert len(frame) == start + header + body
    return frame[start : start + header], frame[start + header :]


SEEDS = [parts(wire.encode(value)) for value in VALUES]


def judge(header: bytes, body: bytes) -> Any:
    """Decode. Only a `WireError` may be raised; what arrives is plain, and could be sent back."""
    try:
        value = wire.decode(header, body, Kept)
    except wire.WireError:
        return None
    assert_plain(value)
    if type(value) is dict:  # it could be the description of an error
        assert isinstance(raised(value, {"pack/m.py": b"raise"}, {"pack/m.py": 2}), Ending)
    again = wire.encode(value, export)
    assert len(again) <= 64 + 4 * (len(header) + len(body))
    return value


def assert_plain(value: Any) -> None:
    """Builtins, arrays and tensors of exactly their type, all the way down."""
    kind = type(value)
    if kind in {list, tuple, set, frozenset}:
        for item in value:
            assert_plain(item)
    elif kind is dict:
        for key, item in value.items():
            assert_plain(key)
            assert_plain(item)
    elif kind is np.ndarray:
        assert str(value.dtype) in wire.ARRAY_DTYPES
        assert value.flags.owndata or value.base.flags.owndata
        value.sum()
    elif kind is torch.Tensor:
        assert str(value.dtype).removeprefix("torch.") in wire.TENSOR_DTYPES
        assert value.is_contiguous()
        value.sum()
    elif issubclass(kind, np.generic):
        assert str(value.dtype) in wire.ARRAY_DTYPES
    elif kind is int:
        assert value.bit_length() <= wire.MAX_INT_BITS
    else:
        assert value is None or kind in {bool, float, str, bytes, Kept}


# --- almost right: the grammar of a header with wrong values in every place ---

WHOLE = [0, 1, 2, 7, 8, 2**31 - 1, 2**31, 2**32, 2**62, 2**63, 2**64 + 1, 10**30, 2**4096]
EXTREMES = st.sampled_from(
    [*WHOLE, -1, -(2**31), -(2**63), 0.0, 1.0, -0.0, 1e308, math.inf, math.nan, True, None]
)
COUNTS = st.integers(0, 6) | EXTREMES
JUNK = EXTREMES | st.text(max_size=5) | st.sampled_from(["\ud800", "\udfff\ud800", "\0", [], {}])
SHAPES = st.lists(st.integers(0, 4) | EXTREMES, max_size=4) | st.lists(
    st.sampled_from([0, 1, 2**30, 2**31 - 1, 2**62, 4]), max_size=wire.MAX_DIMENSIONS + 2
)


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    fields = {
        "v": st.lists(inner, max_size=4)
        | st.lists(st.tuples(inner, inner).map(list), max_size=4)
        | inner,
        "b": st.integers(0, 3) | JUNK,
        "d": st.sampled_from([*DTYPES, "object", "float8", "load", "<f8", "", "V0"]) | JUNK,
        "s": SHAPES | JUNK,
        "i": COUNTS,
        "k": st.text(max_size=3) | JUNK,
    }
    tag = st.sampled_from(TAGS) | JUNK
    return st.fixed_dictionaries({}, optional=fields | {"t": tag}) | st.builds(
        lambda name, rest: {**rest, "t": name},
        st.sampled_from(TAGS),
        st.fixed_dictionaries(fields),
    )


TREES = st.recursive(
    JUNK | st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=5) | _objects(inner),
    max_leaves=12,
)


@st.composite
def almost_frames(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A header by the grammar, with a body that often fits its lengths."""
    lengths = draw(
        st.lists(st.sampled_from([0, 1, 2, 4, 8, 16, 24, 32]), max_size=4)
        | st.lists(COUNTS, max_size=4)
    )
    size = sum(n for n in lengths if type(n) is int and 0 <= n < 1000)
    body = draw(st.binary(min_size=size, max_size=size) | st.binary(max_size=64))
    return as_json([lengths, draw(TREES)]), body


@st.composite
def meeting_members(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A set or dict of numbers of few hashes and of every kind, so that members are compared."""
    hashed = st.sampled_from([0, 1, 2, 2**53, 2**60, 2**61 - 2])
    turns = st.sampled_from([0, 1, 7, 2**64, 2**1100, 2**2000])
    whole = st.builds(lambda h, n: h + n * (2**61 - 1), hashed, turns)
    numpys = st.builds(
        lambda h, dtype: np.dtype(dtype).type(h), hashed, st.sampled_from(["f8", "f4"])
    )
    members = draw(st.lists(whole | numpys | st.tuples(whole, numpys), min_size=2, max_size=12))
    header, body = parts(wire.encode(members))
    lengths, items = json.loads(header)
    tag = draw(st.sampled_from(["set", "frozenset", "dict"]))
    items = [[item, 0] for item in items] if tag == "dict" else items
    return as_json([lengths, {"t": tag, "v": items}]), body


@st.composite
def damaged_frames(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A right frame with a few wounds: a leaf replaced, bytes changed, cut out, doubled, cut off."""
    header, body = draw(st.sampled_from(SEEDS))
    if draw(st.booleans()):
        header = as_json(replace_leaf(draw, json.loads(header)))
    for _ in range(draw(st.integers(0, 3))):
        header = _wound(draw, header)
    if draw(st.integers(0, 4)) == 0:
        body = _wound(draw, body)
    return header, body


def replace_leaf(draw: st.DrawFn, tree: Any) -> Any:
    """The tree with one of its places taken by something else."""
    path = draw(st.sampled_from(places(tree)))
    if not path:
        return draw(TREES)
    node = tree
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = draw(JUNK | TREES)
    return tree


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to every value in a tree of lists and dicts, the tree's own first."""
    items: Any = ()
    if isinstance(tree, list):
        items = enumerate(tree)
    elif isinstance(tree, dict):
        items = tree.items()
    return [path, *(place for key, item in items for place in places(item, (*path, key)))]


def _wound(draw: st.DrawFn, data: bytes) -> bytes:
    start = draw(st.integers(0, len(data)))
    stop = min(len(data), start + draw(st.integers(0, 8)))
    piece = data[start:stop]
    new = draw(
        st.just(b"")
        | st.just(piece * 2)
        | st.binary(max_size=4)
        | st.sampled_from([b"[" * 40, b"]" * 3, b"\xff", b"\xed\xa0\x80", b"1e999", b"9" * 1300])
    )
    if draw(st.integers(0, 9)) == 0:
        return data[:start]
    return data[:start] + new + data[stop:]


def as_json(tree: Any) -> bytes:
    """As `encode` writes it, though `NaN` and lone surrogates may be in it."""
    return json.dumps(tree, separators=(",", ":")).encode()


def distribution(values: list[Any]) -> Counter[str]:
    """How many were refused, how many arrived: a test that refuses all proves little."""
    return Counter("refused" if value is None else "arrived" for value in values)
