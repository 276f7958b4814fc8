import unicodedata
from functools import reduce

import torch

LETTER = "HANGUL LETTER "


def char_ngrams(word, n_min=3, n_max=6):
    if n_min < 1 or n_min > n_max:
        raise ValueError("n_min, n_max")
    whole = f"<{word}>"
    grams = {whole[i:j]: (j - i, i) for j in range(len(whole), 0, -1) for i in range(j - 1, -1, -1) if n_min <= j - i <= n_max}
    first = {}
    for gram in grams:
        first[gram] = (len(gram), whole.index(gram))
    first.setdefault(whole, (len(whole), 0))
    return sorted(first, key=first.get)


def to_jamo(text):
    out = []
    for c in text:
        if unicodedata.name(c, "").startswith("HANGUL SYLLABLE "):
            parts = [unicodedata.name(p).split(" ", 2)[2] for p in unicodedata.normalize("NFD", c)]
            out += [unicodedata.lookup(LETTER + part) for part in parts] + ["e"] * (3 - len(parts))
        else:
            out.append(c)
    return "".join(out)


def subword_vector(word, table, n_min=3, n_max=6):
    rows, _ = table.shape
    if not rows:
        raise ValueError("table")
    fnv = lambda h, byte: (h ^ byte) * 16777619 & 0xFFFFFFFF  # noqa: E731
    hashes = [reduce(fnv, g.encode("utf8"), 2166136261) % rows for g in char_ngrams(word, n_min, n_max)]
    return torch.nn.functional.embedding_bag(torch.tensor([hashes], device=table.device), table, mode="mean")[0]
