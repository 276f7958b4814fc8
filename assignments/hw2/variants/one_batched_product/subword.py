"""Character n-grams, jamo and hashed vectors."""

import torch

_LEAD = [0x3131, 0x3132, 0x3134, 0x3137, 0x3138, 0x3139, 0x3141, 0x3142, 0x3143, 0x3145]
_LEAD += [0x3146, 0x3147, 0x3148, 0x3149, 0x314A, 0x314B, 0x314C, 0x314D, 0x314E]
_NOT_FINAL = {0x3138, 0x3143, 0x3149}
_TAIL = [code for code in range(0x3131, 0x314F) if code not in _NOT_FINAL]


def _split(number):
    lead, rest = divmod(number, 21 * 28)
    vowel, tail = divmod(rest, 28)
    final = chr(_TAIL[tail - 1]) if tail else "e"
    return chr(_LEAD[lead]) + chr(0x314F + vowel) + final


_JAMO = {0xAC00 + number: _split(number) for number in range(19 * 21 * 28)}


def to_jamo(text):
    return text.translate(_JAMO)


def char_ngrams(word, n_min=3, n_max=6):
    if n_min < 1:
        raise ValueError("n_min: must be at least 1")
    if n_max < n_min:
        raise ValueError("n_max: must be at least n_min")
    marked = "<" + word + ">"
    seen = dict.fromkeys(
        "".join(gram)
        for n in range(n_min, min(n_max, len(marked)) + 1)
        for gram in zip(*(marked[i:] for i in range(n)), strict=False)
    )
    seen.setdefault(marked)
    return [*seen]


def _fnv1a(data):
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def subword_vector(word, table, n_min=3, n_max=6):
    if table.dim() != 2 or table.shape[0] < 1:
        raise ValueError("table: expected (B, d) with B at least 1")
    rows = [_fnv1a(gram.encode()) % table.shape[0] for gram in char_ngrams(word, n_min, n_max)]
    counts = torch.bincount(torch.tensor(rows), minlength=table.shape[0]).to(table)
    return counts @ table / len(rows)
