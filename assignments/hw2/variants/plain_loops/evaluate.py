import math


def cosine(a, b):
    aa, bb = math.sqrt(sum(x * x for x in a)), math.sqrt(sum(x * x for x in b))
    if aa == 0 or bb == 0:
        return 0.0
    return sum(x * y for x, y in zip(a, b)) / (aa * bb)


def place(tokens, word):
    for i, token in enumerate(tokens):
        if token == word:
            return i
    raise KeyError(word)


def nearest(tokens, vectors, word, k):
    if k < 1:
        raise ValueError("k")
    rows = vectors.tolist()
    own = rows[place(tokens, word)]
    found = [(t, cosine(row, own)) for t, row in zip(tokens, rows) if t != word]
    found.sort(key=lambda pair: pair[1], reverse=True)
    return found[:k]


def analogy(tokens, vectors, a, b, c, k=1):
    if k < 1:
        raise ValueError("k")
    rows = vectors.tolist()
    a_, b_, c_ = (rows[place(tokens, w)] for w in (a, b, c))
    scored = []
    for t, row in zip(tokens, rows):
        if t not in (a, b, c):
            # the goal is a sum, and so is the dot product
            scored.append((cosine(row, b_) - cosine(row, a_) + cosine(row, c_), t))
    scored.sort(key=lambda pair: -pair[0])
    return [t for _, t in scored[:k]]


def ranks(values, name):
    if len(set(values)) < 2:
        raise ValueError(name)
    return [sum(v < u for v in values) + sum(v == u for v in values) / 2 for u in values]


def spearman(x, y):
    if len(x) != len(y):
        raise ValueError("x, y")
    a, b = ranks(x, "x"), ranks(y, "y")
    ma, mb = sum(a) / len(a), sum(b) / len(b)
    top = sum((p - ma) * (q - mb) for p, q in zip(a, b))
    return top / math.sqrt(sum((p - ma) ** 2 for p in a)) / math.sqrt(sum((q - mb) ** 2 for q in b))
