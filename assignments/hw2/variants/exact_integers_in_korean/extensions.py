"""원-핫, 양의 점별 상호정보량, 잠재 의미 분석."""

import torch

from hw2_word2vec.도움말 import 모양_확인


def one_hot(ids, V):
    번호 = torch.as_tensor(ids, dtype=torch.int64)
    if (번호 < 0).any() or (번호 >= V).any():
        raise ValueError("ids 번호가 범위를 벗어났습니다")
    return (번호[:, None] == torch.arange(V)).to(torch.get_default_dtype())


def ppmi(X):
    모양_확인("X", X, (len(X), len(X)))
    if (X < 0).any():
        raise ValueError("X 값은 음수일 수 없습니다")
    전체 = X.sum()
    결과 = torch.zeros_like(X)
    for 행, 열 in X.nonzero().tolist():
        비 = (X[행, 열] / X[행].sum()) / (X[:, 열].sum() / 전체)
        결과[행, 열] = max(0.0, 비.log())
    return 결과


def lsa(X, k):
    if X.ndim != 2 or X.shape[0] != X.shape[1]:
        raise ValueError("X 모양은 행렬이어야 합니다")
    if k < 1 or k > min(X.shape):
        raise ValueError("k 값이 범위를 벗어났습니다")
    # X V는 U S와 같다.
    _, _, 오른쪽 = torch.linalg.svd(X, full_matrices=False)
    return X @ 오른쪽[:k].mT
