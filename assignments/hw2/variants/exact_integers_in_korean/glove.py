"""함께 나온 수와 GloVe. 수는 본 쌍만 사전에 적는다."""

from collections import defaultdict

import torch

from hw2_word2vec.도움말 import 모양_확인


def cooccurrence(sentences, tokens, window, weighting="flat"):
    if window < 1:
        raise ValueError("window 값은 1 이상이어야 합니다")
    무게들 = {"flat": lambda 거리: 1.0, "harmonic": lambda 거리: 1.0 / 거리}
    if weighting not in 무게들:
        raise ValueError("weighting 값은 flat이나 harmonic이어야 합니다")
    번호 = {낱말: 자리 for 자리, 낱말 in enumerate(tokens)}
    수 = defaultdict(float)
    for 문장 in sentences:
        아는_것 = [(자리, 번호[낱말]) for 자리, 낱말 in enumerate(문장) if 낱말 in 번호]
        for 몇째, (오른쪽, 나) in enumerate(아는_것):
            for 왼쪽, 너 in reversed(아는_것[:몇째]):
                거리 = 오른쪽 - 왼쪽
                if 거리 > window:
                    break
                무게 = 무게들[weighting](거리)
                수[나, 너] += 무게
                수[너, 나] += 무게
    표 = torch.zeros(len(tokens), len(tokens), dtype=torch.float64)
    for 칸, 값 in 수.items():
        표[칸] = 값
    return 표


def conditional(X):
    모양_확인("X", X, (len(X), len(X)))
    if (X < 0).any():
        raise ValueError("X 값은 음수일 수 없습니다")
    결과 = X.clone()
    for 행 in 결과:
        if 행.sum() > 0:
            행 /= 행.sum()
    return 결과


def glove_weight(x, x_max=100.0, alpha=0.75):
    if x_max <= 0:
        raise ValueError("x_max 값은 양수여야 합니다")
    if alpha < 0:
        raise ValueError("alpha 값은 음수일 수 없습니다")
    if (x < 0).any():
        raise ValueError("x 값은 음수일 수 없습니다")
    return (x / x_max).clamp(max=1) ** alpha


def glove_loss(W, Wc, b, bc, X):
    모양_확인("X", X, (len(X), len(X)))
    모양_확인("W", W, (len(X), None))
    모양_확인("Wc", Wc, W.shape)
    모양_확인("b", b, (len(X),))
    모양_확인("bc", bc, (len(X),))
    if (X < 0).any():
        raise ValueError("X 값은 음수일 수 없습니다")
    행, 열 = torch.where(X > 0)
    값 = X[행, 열].detach()
    어긋남 = torch.einsum("nd,nd->n", W[행], Wc[열]) + b[행] + bc[열] - 값.log()
    return torch.dot(glove_weight(값), 어긋남 * 어긋남)
