"""What crosses the wall, and what must not."""

import json
import math
from collections import Counter, OrderedDict, defaultdict, namedtuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.boundary import wire


def parts(frame):
    header, body = wire.sizes(frame[: wire.PREFIX.size])
    start = wire.PREFIX.size
    assert len(frame) == start + header + body
    return frame[start : start + header], frame[start + header :]


def there_and_back(value):
    return wire.decode(*parts(wire.encode(value)))


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**100), 2**100)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.sets(st.integers() | st.text())
        | st.dictionaries(st.frozensets(st.integers() | st.text()), inner)
    ),
    max_leaves=20,
)


@given(PLAIN)
@settings(deadline=None)
def test_plain_values_come_back_equal_and_of_the_same_type(value):
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    "value", [[1.5] * 40, list(range(40)), [True] * 40, [2**70] * 40, [1, 2.0] * 20]
)
def test_long_lists_keep_their_items_types(value):
    back = there_and_back(value)
    assert back == value
    assert [type(item) for item in back] == [type(item) for item in value]


@pytest.mark.parametrize("value", [math.inf, -math.inf, -0.0, math.nan, 5e-324])
def test_special_floats(value):
    assert repr(there_and_back(value)) == repr(value)


@pytest.mark.parametrize("dtype", sorted(wire.ARRAY_DTYPES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3)])
def test_arrays(dtype, shape):
    value = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
    back = there_and_back(value)
    assert type(back) is np.ndarray
    assert back.dtype == value.dtype
    assert back.shape == shape
    assert np.array_equal(back, value)
    back.fill(1)  # writable: it is a copy of its own


@pytest.mark.parametrize("dtype", sorted(wire.TENSOR_DTYPES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3)])
def test_tensors(dtype, shape):
    value = torch.arange(math.prod(shape)).reshape(shape).to(getattr(torch, dtype))
    back = there_and_back(value)
    assert type(back) is torch.Tensor
    assert back.dtype == value.dtype
    assert torch.equal(back, value)


def test_views_and_odd_layouts_come_as_their_values():
    array = np.arange(12.0).reshape(3, 4)
    assert np.array_equal(there_and_back(array.T[::-1]), array.T[::-1])
    assert np.array_equal(there_and_back(array.astype(">f8")), array)
    tensor = torch.arange(12.0).reshape(3, 4)
    assert torch.equal(there_and_back(tensor.t()), tensor.t())
    one = tensor[:1, 3]  # a single element counts as contiguous with any stride
    assert torch.equal(there_and_back(one), one)
    assert torch.equal(there_and_back(torch.nn.Parameter(tensor)), tensor)
    assert torch.equal(
        there_and_back(torch.ones(2, dtype=torch.complex64).conj()),
        torch.ones(2, dtype=torch.complex64),
    )


def test_a_numpy_scalar_stays_a_numpy_scalar():
    assert type(there_and_back(np.float64(1.5))) is np.float64
    assert type(there_and_back(np.int64(3))) is np.int64


def test_collections_that_are_plain_in_all_but_name():
    point = namedtuple("point", "x y")
    for value in (Counter("aab"), OrderedDict(a=1), defaultdict(list, a=[1])):
        back = there_and_back(value)
        assert type(back) is dict
        assert back == dict(value)
    assert there_and_back(point(1, 2)) == (1, 2)
    assert type(there_and_back(point(1, 2))) is tuple


class Liar(int):
    def __eq__(self, other):
        return True

    __hash__ = None


@pytest.mark.parametrize(
    "value",
    [
        object(),
        Liar(3),
        range(3),
        iter([1]),
        np.array([object()]),
        np.array(["a"]),
        torch.eye(2).to_sparse(),
        1 << 5000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_plain_does_not_cross(value):
    with pytest.raises(wire.NotPlain):
        wire.encode([value])


def test_a_list_in_itself_does_not_cross():
    value = []
    value.append(value)
    with pytest.raises(wire.NotPlain, match="nested"):
        wire.encode(value)


def frame(tree, lengths=(), body=b""):
    return json.dumps([list(lengths), tree]).encode(), body


HOSTILE = {
    "no_json": (b"{", b""),
    "no_pair": (b"[[]]", b""),
    "no_list": (b'{"a": 1}', b""),
    "deep": (b"[[]," + b"[" * 5000 + b"]" * 5000 + b"]", b""),
    "deep_beyond_recursion": (b"[" * 500_000, b""),
    "too_many": (b"[[],[" + b"1," * 1_000_001 + b"1]]", b""),
    "huge_integer": (b"[[]," + b"9" * 5000 + b"]", b""),
    "invalid_utf8": (b'[[],"\xff"]', b""),
    "unknown_tag": frame({"t": "pickle", "b": 0}, [1], b"x"),
    "tag_is_a_list": frame({"t": [1]}),
    "no_tag": frame({}),
    "handle_where_none_may_be": frame({"t": "handle", "i": 0, "k": "x"}),
    "buffer_missing": frame({"t": "bytes", "b": 0}),
    "buffer_negative": frame({"t": "bytes", "b": -1}, [1], b"x"),
    "buffer_not_an_index": frame({"t": "bytes", "b": True}, [1, 1], b"xy"),
    "lengths_lie": frame(None, [5], b"x"),
    "lengths_negative": frame(None, [-1, 2], b"x"),
    "lengths_no_numbers": frame(None, ["1"], b"x"),
    "dtype_object": frame({"t": "array", "d": "object", "s": [1], "b": 0}, [8], b"x" * 8),
    "dtype_is_a_name_of_torch": frame(
        {"t": "tensor", "d": "load", "s": [1], "b": 0}, [8], b"x" * 8
    ),
    "dtype_unhashable": frame({"t": "array", "d": ["int8"], "s": [1], "b": 0}, [1], b"x"),
    "shape_too_small": frame({"t": "array", "d": "int8", "s": [1], "b": 0}, [2], b"xy"),
    "shape_negative": frame({"t": "array", "d": "int8", "s": [-1, -2], "b": 0}, [2], b"xy"),
    "shape_float": frame({"t": "array", "d": "int8", "s": [2.0], "b": 0}, [2], b"xy"),
    "shape_overflow": frame({"t": "array", "d": "int8", "s": [2**32, 2**32], "b": 0}, [0], b""),
    "shape_zero_and_huge": frame(
        {"t": "tensor", "d": "int8", "s": [0, 2**30, 2**30, 2**30], "b": 0}, [0], b""
    ),
    "shape_of_many_dimensions": frame(
        {"t": "array", "d": "int8", "s": [1] * 100, "b": 0}, [1], b"x"
    ),
    "scalar_with_shape": frame({"t": "scalar", "d": "int8", "s": [1], "b": 0}, [1], b"x"),
    "numbers_of_odd_length": frame({"t": "ints", "b": 0}, [7], b"x" * 7),
    "tuple_without_items": frame({"t": "tuple"}),
    "dict_of_no_pairs": frame({"t": "dict", "v": [1]}),
    "unhashable_key": frame({"t": "dict", "v": [[[1], 2]]}),
    "unhashable_member": frame({"t": "set", "v": [[1]]}),
    # a thousand bytes that would become gigabytes
    "buffer_used_twice": frame([{"t": "bytes", "b": 0}] * 2, [1], b"x"),
    "integer_of_too_many_bits": frame([1 << 4096]),
    # integers are their own hash, modulo 2**61 - 1: telling these apart is quadratic
    "members_of_one_hash": frame({"t": "set", "v": [i * (2**61 - 1) for i in range(99)]}),
    "keys_of_one_hash": frame({"t": "dict", "v": [[i * (2**61 - 1), 0] for i in range(99)]}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_frame_that_breaks_a_rule_is_a_wire_error(name):
    with pytest.raises(wire.WireError):
        wire.decode(*HOSTILE[name])


def test_a_scalar_that_meets_a_tuple_of_its_hash_is_a_wire_error():
    # NumPy compares the two item by item, and an array of bools is neither true nor false
    pair = next(p for p in ((n, n + 1) for n in range(100)) if 0 < hash(p) < 2**61 - 1)
    scalar = np.int64(hash(pair))
    assert hash(scalar) == hash(pair)
    header, body = parts(wire.encode([scalar, pair]))
    lengths, members = json.loads(header)
    for tree in ({"t": "set", "v": members}, {"t": "dict", "v": [[m, 0] for m in members]}):
        with pytest.raises(wire.WireError):
            wire.decode(*frame(tree, lengths, body))


@pytest.mark.parametrize("header, body", [(wire.MAX_HEADER + 1, 0), (0, 2**60)])
def test_a_length_is_refused_before_anything_is_read(header, body):
    with pytest.raises(wire.WireError, match="limit"):
        wire.sizes(wire.PREFIX.pack(header, body))


def test_a_byte_that_is_no_bool_becomes_one():
    back = wire.decode(*frame({"t": "array", "d": "bool", "s": [2], "b": 0}, [2], b"\x00\x07"))
    assert back.tolist() == [False, True]
    assert back.tobytes() == b"\x00\x01"


@given(st.binary(max_size=300), st.binary(max_size=64))
@settings(deadline=None, max_examples=300)
def test_random_bytes_end_in_a_value_or_a_wire_error(header, body):
    try:
        wire.decode(header, body)
    except wire.WireError:
        pass


SEED_FRAMES = [
    parts(wire.encode(value))
    for value in (
        [1, 2.5, "x", None, True],
        (np.arange(6.0).reshape(2, 3), {"a": torch.ones(3)}),
        {"k": {1, 2}, "b": b"raw"},
        list(range(100)),
    )
]


@given(st.sampled_from(SEED_FRAMES), st.integers(0, 10_000), st.integers(0, 255))
@settings(deadline=None, max_examples=500)
def test_a_changed_byte_ends_in_a_value_or_a_wire_error(seed, place, byte):
    header, body = seed
    changed = bytearray(header)
    changed[place % len(changed)] = byte
    try:
        wire.decode(bytes(changed), body)
    except wire.WireError:
        pass


def test_numbers_of_a_packed_list_count_as_values():
    most = wire.MAX_VALUES - 10
    assert len(there_and_back([0.5] * most)) == most
    for value in ([0.5] * wire.MAX_VALUES, [list(range(9_000)) for _ in range(120)]):
        with pytest.raises(wire.NotPlain, match="values"):
            wire.encode(value)
    body = bytes(8 * wire.MAX_VALUES)
    header = f'[[{len(body)}],{{"t":"floats","b":0}}]'.encode()
    with pytest.raises(wire.WireError, match="too many values"):
        wire.decode(header, body)


def test_a_float_that_meets_a_huge_integer_in_a_set_is_no_frame():
    """NumPy compares the two by making the integer a float, which it is too large for."""
    huge = 2**61 * (1 << 2000)
    number = np.float64(hash(huge))
    assert hash(number) == hash(huge)
    header, body = parts(wire.encode([number, huge]))
    lengths, items = json.loads(header)
    for tree in ({"t": "set", "v": items}, {"t": "dict", "v": [[item, 0] for item in items]}):
        with pytest.raises(wire.WireError, match="OverflowError"):
            wire.decode(json.dumps([lengths, tree]).encode(), body)
