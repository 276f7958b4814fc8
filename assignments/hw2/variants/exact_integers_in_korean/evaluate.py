"""가까운 낱말, 유추, 순위 상관."""

import heapq
import statistics

import torch
from torch.nn import functional as F


def _낱말_벡터(tokens, vectors):
    if vectors.ndim != 2 or len(vectors) != len(tokens):
        raise ValueError("vectors 행 수가 tokens 수와 다릅니다")
    return dict(zip(tokens, F.normalize(vectors.detach().double(), dim=1, eps=1e-300)))


def _가까운_순서(벡터, 물음, 뺄_것, 개수):
    if 개수 < 1:
        raise ValueError("k 값은 1 이상이어야 합니다")
    후보 = [낱말 for 낱말 in 벡터 if 낱말 not in 뺄_것]
    if not 후보:
        return []
    행들 = torch.stack([벡터[낱말] for 낱말 in 후보])
    닮음 = F.cosine_similarity(행들, 물음[None], dim=1, eps=1e-30).tolist()
    순위 = heapq.nsmallest(개수, range(len(후보)), key=lambda 번호: (-닮음[번호], 번호))
    return [(후보[번호], 닮음[번호]) for 번호 in 순위]


def nearest(tokens, vectors, word, k):
    벡터 = _낱말_벡터(tokens, vectors)
    return _가까운_순서(벡터, 벡터[word], {word}, k)


def analogy(tokens, vectors, a, b, c, k=1):
    벡터 = _낱말_벡터(tokens, vectors)
    물음 = 벡터[b] - 벡터[a] + 벡터[c]
    return [낱말 for 낱말, _ in _가까운_순서(벡터, 물음, {a, b, c}, k)]


def _순위(값들):
    차례 = sorted(range(len(값들)), key=값들.__getitem__)
    순위 = [0.0] * len(값들)
    처음 = 0
    while 처음 < len(차례):
        끝 = 처음
        while 끝 + 1 < len(차례) and 값들[차례[끝 + 1]] == 값들[차례[처음]]:
            끝 += 1
        for 자리 in range(처음, 끝 + 1):
            순위[차례[자리]] = (처음 + 끝) / 2
        처음 = 끝 + 1
    return 순위


def spearman(x, y):
    if len(x) != len(y):
        raise ValueError("x 길이와 y 길이가 다릅니다")
    if len(x) < 2 or all(값 == x[0] for 값 in x):
        raise ValueError("x 목록에 서로 다른 값이 없습니다")
    if all(값 == y[0] for 값 in y):
        raise ValueError("y 목록에 서로 다른 값이 없습니다")
    return float(statistics.correlation(_순위(x), _순위(y)))
