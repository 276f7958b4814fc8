"""Pieces of words; jamo by Unicode's own decomposition."""

import unicodedata

import numpy as np
import torch

_COMPATIBILITY = {}
for _code in range(0x3131, 0x318F):
    _name = unicodedata.name(chr(_code), "").removeprefix("HANGUL LETTER ")
    _COMPATIBILITY[_name] = chr(_code)


def _letter(jamo):
    name = unicodedata.name(jamo)
    for kind in ("CHOSEONG ", "JUNGSEONG ", "JONGSEONG "):
        name = name.removeprefix("HANGUL ").removeprefix(kind)
    return _COMPATIBILITY[name]


def to_jamo(text):
    letters = []
    for character in text:
        if not "\uac00" <= character <= "\ud7a3":
            letters.append(character)
            continue
        parts = unicodedata.normalize("NFD", character)
        letters.extend(_letter(part) for part in parts)
        if len(parts) == 2:
            letters.append("e")
    return "".join(letters)


def char_ngrams(word, n_min=3, n_max=6):
    if n_min < 1:
        raise ValueError("n_min is below 1")
    if n_max < n_min:
        raise ValueError("n_max is below n_min")
    marked = f"<{word}>"
    pieces = [
        marked[i : i + n] for n in range(n_min, n_max + 1) for i in range(len(marked) + 1 - n)
    ]
    return list(dict.fromkeys([*pieces, marked]))


def _fnv(pieces):
    """FNV-1a of each piece, all at once: byte after byte over the padded rows."""
    raw = [piece.encode() for piece in pieces]
    width = max(map(len, raw))
    table = np.zeros((len(raw), width), dtype=np.uint32)
    for row, data in zip(table, raw, strict=True):
        row[: len(data)] = np.frombuffer(data, dtype=np.uint8)
    lengths = np.array([len(data) for data in raw])
    value = np.full(len(raw), 2166136261, dtype=np.uint32)
    for i in range(width):
        value = np.where(i < lengths, (value ^ table[:, i]) * np.uint32(16777619), value)
    return value


def subword_vector(word, table, n_min=3, n_max=6):
    if table.ndim != 2 or len(table) == 0:
        raise ValueError("table is not (B, d) with B at least 1")
    rows = _fnv(char_ngrams(word, n_min, n_max)).astype(np.int64) % len(table)
    return table.index_select(0, torch.from_numpy(rows).to(table.device)).mean(dim=0)
