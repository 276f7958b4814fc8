"""Cleaning with translate tables; the edit distance as rows of a NumPy array."""

import itertools

import numpy as np


def _cut(text, opening, closing, least):
    """Blank out what lies between an opening mark and the next closing one."""
    head, *rest = text.split(opening)
    result = [head]
    for piece in rest:
        inside, mark, outside = piece.partition(closing)
        if mark and len(inside) >= least:
            result.append(" " + outside)
        else:
            result.append(opening + piece)
    return "".join(result)


def clean(text):
    text = _cut(_cut(text, "<", ">", 1), "[", "]", 0)
    noise = {ord(c): None for c in set(text) if not (c.isalnum() or c.isspace())}
    return " ".join(text.translate(noise).split())


def tokenize(text, lower=True):
    runs = ("".join(group) for known, group in itertools.groupby(text, str.isalnum) if known)
    return [run.lower() if lower else run for run in runs]


def remove_stop_words(tokens, stop_words):
    stop = np.array([word.lower() for word in stop_words], dtype=object)
    return [token for token in tokens if not np.any(stop == token.lower())]


def stem(token):
    for suffix in ("ing", "ed", "es", "s"):
        stripped = token.removesuffix(suffix)
        if stripped != token and len(stripped) > 2 and not token.endswith("ss"):
            return stripped
    return token


def _codes(text):
    return np.array([ord(character) for character in text], dtype=np.int64)


def _table(source, target, substitution_cost):
    """Row by row: the insertions of a row are a running minimum."""
    if substitution_cost < 0:
        raise ValueError("substitution_cost is negative")
    a, b = _codes(source), _codes(target)
    columns = np.arange(len(b) + 1)
    table = np.empty((len(a) + 1, len(b) + 1), dtype=np.int64)
    table[0] = columns
    for i in range(len(a)):
        row = table[i] + 1
        step = np.where(b == a[i], 0, substitution_cost)
        row[1:] = np.minimum(row[1:], table[i, :-1] + step)
        table[i + 1] = np.minimum.accumulate(row - columns) + columns
    return table


def edit_distance(source, target, substitution_cost=2):
    return int(_table(source, target, substitution_cost)[-1, -1])


def edit_script(source, target, substitution_cost=2):
    table = _table(source, target, substitution_cost)
    # from the first cell on, over the table of the reversed strings
    left = _table(source[::-1], target[::-1], substitution_cost)[::-1, ::-1]
    total = table[-1, -1]
    i = j = 0
    script = []
    while (i, j) != (len(source), len(target)):
        here = total - left[i, j]
        if j < len(target) and here + 1 + left[i, j + 1] == total:
            script.append(("insert", "", target[j]))
            j += 1
        elif i < len(source) and here + 1 + left[i + 1, j] == total:
            script.append(("delete", source[i], ""))
            i += 1
        else:
            kind = "keep" if source[i] == target[j] else "substitute"
            script.append((kind, source[i], target[j]))
            i, j = i + 1, j + 1
    return script
