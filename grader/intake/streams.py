"""Unpacking a piece at a time: never more is in memory than was asked for."""

from __future__ import annotations

import io
from typing import IO, Protocol

from grader.intake.entries import CHUNK


class Decompressor(Protocol):
    """Those of `bz2` and `lzma`."""

    @property
    def eof(self) -> bool:
        """Whether the packed data has said that it is over."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out without more packed data."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """At most so many bytes of what comes out."""


class _Raw(io.RawIOBase):
    def __init__(self, packed: IO[bytes], decompressor: Decompressor) -> None:
        self._packed = packed
        self._decompressor = decompressor

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._decompressor.eof:
            data = b""
            if self._decompressor.needs_input:
                data = self._packed.read(CHUNK)
                if not data:  # LZMA in a zip has no end of its own; whoever reads knows the size
                    return 0
            piece = self._decompressor.decompress(data, len(buffer))
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)
        return 0


def unpacking(packed: IO[bytes], decompressor: Decompressor) -> IO[bytes]:
    """A file of what a decompressor makes of another, with the bounds of whoever reads it."""
    return io.BufferedReader(_Raw(packed, decompressor), CHUNK)
