"""Plain values to bytes and back: the only thing that crosses between the two sides.

A frame is a prefix (length of header: 4 bytes, length of body: 8 bytes, big-endian), a JSON
header and a body of raw buffers. In the header None, bool, int, float, str and list stand for
themselves; every other value is an object {"t": tag, ...}, and its bulk lies in the body:

    tuple, set, dict     "v": items (pairs for a dict); also "frozenset"
    bytes, ints, floats  "b": index of a buffer (a long list of numbers travels packed)
    array, scalar        "d": dtype, "s": shape, "b": buffer (NumPy)
    tensor               "d": dtype, "s": shape, "b": buffer (torch)
    handle               "i": number, "k": type name; an object that stays with the student

Nothing is ever unpickled and no name that came over the wire is looked up. Every length, count,
depth, dtype and shape is checked before memory is taken for it, and a buffer fills one value
only, so that what a frame becomes is bounded by its length; the numbers of a packed list count as
values. What breaks a rule is a `WireError`, and nothing else is raised.
What arrives is a fresh builtin, `numpy.ndarray` or `torch.Tensor` of exactly that type. NumPy and
torch are imported only when a value needs them.
"""

from __future__ import annotations

import array
import json
import math
import re
import struct
import sys
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

PREFIX = struct.Struct("!IQ")
MAX_HEADER = 16 << 20
MAX_BODY = 64 << 20
MAX_VALUES = 1_000_000  # in one frame, each number of a packed list among them
MAX_BUFFERS = 1 << 15  # a list of 10,000 NumPy numbers has as many
MAX_DEPTH = 32
MAX_DIMENSIONS = 16
MAX_INT_BITS = 4096
MAX_ALIKE = 64  # members of a set or dict with the same hash: building it takes their square
PACKED_FROM = 32  # lists of so many numbers travel as one buffer
AT_A_TIME = 64  # members put into a set or dict before others may speak: see `_hashed`

ITEM_SIZE = {
    **dict.fromkeys(("bool", "int8", "uint8"), 1),
    **dict.fromkeys(("int16", "uint16", "float16", "bfloat16"), 2),
    **dict.fromkeys(("int32", "uint32", "float32"), 4),
    **dict.fromkeys(("int64", "uint64", "float64", "complex64"), 8),
    "complex128": 16,
}
LIBRARIES = frozenset({"numpy", "torch"})  # imported when a value needs them
TENSOR_DTYPES = frozenset(ITEM_SIZE) - {"uint16", "uint32", "uint64"}
ARRAY_DTYPES = frozenset(ITEM_SIZE) - {"bfloat16"}
# Mappings and sequences of the standard library that are plain in all but name.
_AS_DICT = (dict, OrderedDict, defaultdict, Counter)

Export = Callable[[Any], dict[str, Any]]
Import = Callable[[int, str], Any]


class WireError(Exception):
    """Bytes that are no frame, or a frame that breaks a limit."""


class NotPlain(Exception):
    """A value that cannot cross, with the reason in words."""


def no_handles(value: Any) -> dict[str, Any]:
    """The `export` of a side that keeps no objects: everything must be plain."""
    raise NotPlain(f"an object of type {type(value).__name__} is not plain data")


def encode(value: Any, export: Export = no_handles) -> bytes:
    """One frame. Raises `NotPlain` for what cannot cross (too deep, too large, no handle)."""
    encoder = _Encoder(export)
    tree = encoder.encode(value, 0)
    lengths = [len(buffer) for buffer in encoder.buffers]
    header = json.dumps([lengths, tree], separators=(",", ":")).encode()
    if len(header) > MAX_HEADER or sum(lengths) > MAX_BODY or len(lengths) > MAX_BUFFERS:
        raise NotPlain("it is too large to be sent")
    prefix = PREFIX.pack(len(header), sum(lengths))
    return b"".join([prefix, header, *encoder.buffers])


# How the header of a tuple begins, as `encode` writes it.
_TUPLE = re.compile(rb'\[\[[\d,]*\],\{"t":"tuple","v":\[')


def put_in_front(frame: bytes, items: Sequence[int | str]) -> bytes:
    """From the frame of a tuple that is not empty that of `(*items, *value)`, unread."""
    header, body = parts(frame)
    start = _TUPLE.match(header)
    assert start is not None  # requests are tuples
    front = b"".join(json.dumps(item).encode() + b"," for item in items)
    header = header[: start.end()] + front + header[start.end() :]
    return b"".join([PREFIX.pack(len(header), len(body)), header, body])


def parts(frame: bytes) -> tuple[bytes, bytes]:
    """Header and body of a whole frame, as `decode` takes them."""
    middle = PREFIX.size + PREFIX.unpack_from(frame)[0]
    return frame[PREFIX.size : middle], frame[middle:]


def take_from_front(header: bytes, number: int) -> bytes | None:
    """From the header of `(number, *value)` the rest, unread; None where it is written otherwise.

    Two headers that differ in the number alone have the same rest, and the same value behind it.
    """
    start = _TUPLE.match(header)
    first = b"%d," % number
    if start is None or not header.startswith(first, start.end()):
        return None
    return header[: start.end()] + header[start.end() + len(first) :]


def sizes(prefix: bytes) -> tuple[int, int]:
    """Lengths of header and body that a prefix announces. Raises `WireError` beyond the limits."""
    header, body = PREFIX.unpack(prefix)
    if header > MAX_HEADER or body > MAX_BODY:
        raise WireError(f"a frame of {header} + {body} bytes is over the limit")
    return header, body


def decode(header: bytes, body: bytes, handle: Import | None = None) -> Any:
    """The value of a frame. Raises `WireError` for anything that `encode` would not send."""
    # every value but the first in its container is preceded by a comma
    count = header.count(b",") + header.count(b"[") + header.count(b"{")
    if count > MAX_VALUES:
        raise WireError("too many values")
    try:
        parsed = json.loads(header)
        if type(parsed) is not list or len(parsed) != 2 or type(parsed[0]) is not list:
            raise WireError("the header is not a pair of lengths and value")
        return _Decoder(_slices(parsed[0], body), handle, count).decode(parsed[1], 0)
    except WireError:
        raise
    except MemoryError:
        raise WireError("it takes more memory than there is") from None
    except Exception as error:  # of json, NumPy, torch or a comparison of two members of a set
        raise WireError(f"{type(error).__name__}: {str(error)[:200]}") from None


def _slices(lengths: list[Any], body: bytes) -> list[memoryview]:
    if len(lengths) > MAX_BUFFERS or not all(type(n) is int and n >= 0 for n in lengths):
        raise WireError("bad buffer lengths")
    if sum(lengths) != len(body):
        raise WireError("the buffers do not fill the body")
    view, start, buffers = memoryview(body), 0, []
    for length in lengths:
        buffers.append(view[start : start + length])
        start += length
    return buffers


class _Encoder:
    def __init__(self, export: Export) -> None:
        self.buffers: list[bytes] = []
        self._export = export
        self._count = 0

    def encode(self, value: Any, depth: int) -> Any:
        kind = type(value)
        self._count_in(1)
        if depth > MAX_DEPTH:
            raise NotPlain("it is nested too deeply")
        if value is None or kind is bool or kind is str or kind is float:
            return value
        if kind is int:
            if value.bit_length() > MAX_INT_BITS:
                raise NotPlain("it holds an integer of more than 4096 bits")
            return value
        if kind is list:
            return self._packed(value) or [self.encode(item, depth + 1) for item in value]
        if kind is tuple:
            return {"t": "tuple", "v": [self.encode(item, depth + 1) for item in value]}
        if kind is set or kind is frozenset:
            items = [self.encode(item, depth + 1) for item in value]
            return {"t": kind.__name__, "v": items}
        if kind in _AS_DICT:
            pairs = [
                (self.encode(k, depth + 1), self.encode(v, depth + 1)) for k, v in value.items()
            ]
            return {"t": "dict", "v": pairs}
        if kind is bytes:
            return {"t": "bytes", "b": self._add(value)}
        return self._numeric(value, kind) or self._named_tuple(value, depth) or self._export(value)

    def _packed(self, items: list[Any]) -> dict[str, Any] | None:
        if len(items) < PACKED_FROM:
            return None
        if all(type(item) is float for item in items):
            return self._numbers("floats", array.array("d", items))
        if all(type(item) is int and -(1 << 63) <= item < 1 << 63 for item in items):
            return self._numbers("ints", array.array("q", items))
        return None

    def _numbers(self, tag: str, numbers: array.array[Any]) -> dict[str, Any]:
        self._count_in(len(numbers))
        return {"t": tag, "b": self._add(numbers.tobytes())}

    def _count_in(self, values: int) -> None:
        self._count += values
        if self._count > MAX_VALUES:
            raise NotPlain(f"it holds more than {MAX_VALUES} values")

    def _named_tuple(self, value: Any, depth: int) -> dict[str, Any] | None:
        if type(value).__base__ is tuple and type(value).__module__ != "builtins":
            return self.encode(tuple(tuple.__iter__(value)), depth)  # type: ignore[no-any-return]
        return None

    def _numeric(self, value: Any, kind: type) -> dict[str, Any] | None:
        numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
        if numpy is not None and (kind is numpy.ndarray or issubclass(kind, numpy.generic)):
            if str(value.dtype.newbyteorder("=")) not in ARRAY_DTYPES:
                raise NotPlain(f"an array of dtype {value.dtype} does not hold plain numbers")
            native = numpy.ascontiguousarray(value, dtype=value.dtype.newbyteorder("="))
            tag = "array" if kind is numpy.ndarray else "scalar"
            return self._block(tag, str(native.dtype), value.shape, native.tobytes())
        if torch is not None and (kind is torch.Tensor or kind is torch.nn.Parameter):
            return self._tensor(value, torch)
        return None

    def _tensor(self, value: Any, torch: Any) -> dict[str, Any]:
        dtype = str(value.dtype).removeprefix("torch.")
        if dtype not in TENSOR_DTYPES or value.layout is not torch.strided:
            raise NotPlain(f"a tensor of dtype {dtype} and layout {value.layout} is not dense")
        dense = value.detach().cpu().resolve_conj().resolve_neg().contiguous()
        # a single element counts as contiguous with any stride, but cannot be viewed as bytes then
        flat = dense.as_strided((dense.numel(),), (1,))
        if flat.numel() * ITEM_SIZE[dtype] > MAX_BODY:
            raise NotPlain("it is too large to be sent")
        raw = flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""
        return self._block("tensor", dtype, value.shape, raw)

    def _block(self, tag: str, dtype: str, shape: Any, raw: bytes) -> dict[str, Any]:
        return {"t": tag, "d": dtype, "s": [int(n) for n in shape], "b": self._add(raw)}

    def _add(self, raw: bytes) -> int:
        self.buffers.append(raw)
        return len(self.buffers) - 1


class _Decoder:
    def __init__(self, buffers: list[memoryview], handle: Import | None, count: int) -> None:
        self._buffers: list[memoryview | None] = [*buffers]
        self._handle = handle
        self._count = count  # of values, as far as the header tells

    def decode(self, tree: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise WireError("nested too deeply")
        kind = type(tree)
        if tree is None or kind is bool or kind is str or kind is float:
            return tree
        if kind is int:
            if tree.bit_length() > MAX_INT_BITS:
                raise WireError("an integer of more than 4096 bits")
            return tree
        if kind is list:
            return [self.decode(item, depth + 1) for item in tree]
        tag = tree.get("t")
        if type(tag) is not str:
            raise WireError("an object without a tag")
        if tag in {"tuple", "set", "frozenset", "dict"}:
            return self._container(tag, tree.get("v"), depth)
        if tag in {"array", "scalar", "tensor"}:
            return self._block(tag, tree)
        if tag == "bytes":
            return bytes(self._buffer(tree))
        if tag in {"ints", "floats"}:
            return self._numbers("q" if tag == "ints" else "d", self._buffer(tree))
        if tag == "handle" and self._handle is not None:
            number, name = tree.get("i"), tree.get("k")
            if type(number) is int and type(name) is str and len(name) <= 200:
                return self._handle(number, name)
        raise WireError(f"unknown tag {tag[:40]!r}")

    def _container(self, tag: str, items: Any, depth: int) -> Any:
        if type(items) is not list:
            raise WireError(f"a {tag} without its items")
        if tag != "dict":
            values = [self.decode(item, depth + 1) for item in items]
            if tag == "tuple":
                return tuple(values)
            return self._hashed(set if tag == "set" else frozenset, values, values)
        if not all(type(pair) is list and len(pair) == 2 for pair in items):
            raise WireError("a dict holds something that is no pair")
        pairs = [tuple(self.decode(item, depth + 1) for item in pair) for pair in items]
        return self._hashed(dict, pairs, [key for key, _ in pairs])

    def _hashed(self, kind: type, values: list[Any], members: list[Any]) -> Any:
        """A set or dict. Refuses what would take hours to tell apart: many members of one hash.

        Different hashes can be chosen that meet all the same. So they are counted without a table
        of them, and it grows by a few members at a time: the deadline of whoever decodes can end
        it in between.
        """
        try:
            hashes = sorted(map(hash, members))
        except TypeError:
            raise WireError("a key or member that cannot be hashed") from None
        if any(one == other for one, other in zip(hashes, hashes[MAX_ALIKE:], strict=False)):
            raise WireError("too many members with one hash")
        grown: Any = {} if kind is dict else set()
        for start in range(0, len(values), AT_A_TIME):
            grown.update(values[start : start + AT_A_TIME])
        return grown if type(grown) is kind else kind(grown)

    def _numbers(self, code: str, buffer: memoryview) -> list[Any]:
        if len(buffer) % 8:
            raise WireError("a list of numbers of odd length")
        self._count += len(buffer) // 8
        if self._count > MAX_VALUES:
            raise WireError("too many values")
        numbers = array.array(code)
        numbers.frombytes(buffer)
        return numbers.tolist()

    def _block(self, tag: str, tree: dict[str, Any]) -> Any:
        dtype, shape, buffer = tree.get("d"), tree.get("s"), self._buffer(tree)
        known = TENSOR_DTYPES if tag == "tensor" else ARRAY_DTYPES
        if type(dtype) is not str or dtype not in known:
            raise WireError(f"unknown dtype {str(dtype)[:40]!r}")
        if type(shape) is not list or len(shape) > MAX_DIMENSIONS or (tag == "scalar" and shape):
            raise WireError("bad shape")
        if not all(type(n) is int and 0 <= n < 1 << 31 for n in shape):
            raise WireError("bad shape")
        if math.prod(shape) * ITEM_SIZE[dtype] != len(buffer):
            raise WireError("shape and buffer do not agree")
        if math.prod(n for n in shape if n) > MAX_BODY:
            raise WireError("bad shape")
        if tag == "tensor":
            return self._to_tensor(dtype, shape, buffer)
        import numpy as np

        # a bool is 0 or 1: another byte would make an array that contradicts itself
        if dtype == "bool":
            return self._unwrap(tag, (np.frombuffer(buffer, "uint8") != 0).reshape(shape))
        return self._unwrap(tag, np.frombuffer(buffer, dtype).reshape(shape).copy())

    def _unwrap(self, tag: str, block: Any) -> Any:
        return block if tag == "array" else block[()]

    def _to_tensor(self, dtype: str, shape: list[int], buffer: memoryview) -> Any:
        import torch

        if not len(buffer):
            return torch.empty(shape, dtype=getattr(torch, dtype))
        # a clone lies where torch's own tensors lie (on 64 bytes): on other addresses the sums of
        # its library may differ in the last bit, and so from run to run
        raw = torch.frombuffer(bytearray(buffer), dtype=torch.uint8).clone()
        if dtype == "bool":
            return (raw != 0).reshape(shape)
        return raw.view(getattr(torch, dtype)).reshape(shape)

    def _buffer(self, tree: dict[str, Any]) -> memoryview:
        index = tree.get("b")
        if type(index) is not int or not 0 <= index < len(self._buffers):
            raise WireError("no such buffer")
        buffer, self._buffers[index] = self._buffers[index], None
        if buffer is None:
            raise WireError("a buffer that is used twice")
        return buffer
