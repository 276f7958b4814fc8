import torch
import torch.nn.functional as F


def _cosines(vectors, goal):
    # an eps far below any length that occurs
    return F.cosine_similarity(vectors.double(), goal.double().unsqueeze(0), dim=1, eps=1e-300)


def nearest(tokens, vectors, word, k):
    if k < 1:
        raise ValueError("k")
    ids = dict(zip(tokens, range(len(tokens))))
    scores = _cosines(vectors, vectors[ids[word]])
    scores = torch.where((vectors == 0).all(1), 0.0, scores)
    scores[ids[word]] = -torch.inf
    values, order = scores.topk(min(k, len(tokens) - 1))
    return list(zip([tokens[i] for i in order.tolist()], values.tolist()))


def analogy(tokens, vectors, a, b, c, k=1):
    if k < 1:
        raise ValueError("k")
    ids = {token: i for i, token in enumerate(tokens)}
    asked = [ids[a], ids[b], ids[c]]
    unit = F.normalize(vectors[asked], dim=1)
    scores = _cosines(vectors, unit[1] - unit[0] + unit[2])
    order = scores.argsort(descending=True).tolist()
    return [tokens[i] for i in order if i not in asked][:k]


def spearman(x, y):
    if len(x) != len(y):
        raise ValueError("y")
    a, b = (torch.tensor(v, dtype=torch.float64) for v in (x, y))
    # mean rank = how many are below + half of how many are equal
    ra, rb = ((v[:, None] > v).double().sum(1) + (v[:, None] == v).double().sum(1) / 2 for v in (a, b))
    ra, rb = ra - ra.mean(), rb - rb.mean()
    if not ra.any():
        raise ValueError("x")
    if not rb.any():
        raise ValueError("y")
    return float(F.cosine_similarity(ra, rb, dim=0))
