"""나누기, 평가, 고르기."""

import math

import numpy as np

from .logistic_regression import LogisticRegression
from .도움말 import 섞은_순서, 적어도


def split(n, ratios=(0.6, 0.2, 0.2), seed=0):
    적어도("n", n, 1)
    if any(비율 < 0 for 비율 in ratios) or not math.isclose(math.fsum(ratios), 1, abs_tol=1e-9):
        raise ValueError("ratios 값은 음수가 아니고 합이 1이어야 합니다")
    몫 = [round(n * 비율, 9) for 비율 in ratios]
    크기 = [math.floor(값) for 값 in 몫]
    나머지 = sorted(range(len(몫)), key=lambda i: round(크기[i] - 몫[i], 9))
    for i in 나머지[:n - sum(크기)]:
        크기[i] += 1
    순서 = iter(섞은_순서(n, seed))
    return tuple(np.array([next(순서) for _ in range(값)], dtype=np.int64) for 값 in 크기)


def _짝(gold, predicted):
    if len(gold) != len(predicted):
        raise ValueError("gold와 predicted의 길이가 다릅니다: gold, predicted")
    return list(zip(map(int, gold), map(int, predicted), strict=True))


def confusion_matrix(gold, predicted, n_classes):
    행렬 = [[0] * n_classes for _ in range(n_classes)]
    for 정답, 예측 in _짝(gold, predicted):
        if 정답 not in range(n_classes):
            raise ValueError("gold 안에 없는 클래스가 있습니다")
        if 예측 not in range(n_classes):
            raise ValueError("predicted 안에 없는 클래스가 있습니다")
        행렬[정답][예측] += 1
    return np.array(행렬, dtype=np.int64).reshape(n_classes, n_classes)


def accuracy(gold, predicted):
    짝들 = _짝(gold, predicted)
    적어도("gold", len(짝들), 1)
    return sum(정답 == 예측 for 정답, 예측 in 짝들) / len(짝들)


def _나눔(위, 아래):
    return 위 / 아래 if 아래 else 0.0


def _값들(맞음, 틀림, 놓침):
    정밀도, 재현율 = _나눔(맞음, 맞음 + 틀림), _나눔(맞음, 맞음 + 놓침)
    return 정밀도, 재현율, _나눔(2 * 정밀도 * 재현율, 정밀도 + 재현율)


def precision_recall_f1(gold, predicted, n_classes, average):
    행렬 = confusion_matrix(gold, predicted, n_classes).tolist()
    적어도("gold", len(gold), 1)
    셈 = []
    for c in range(n_classes):
        맞음 = 행렬[c][c]
        셈.append((맞음, sum(행[c] for 행 in 행렬) - 맞음, sum(행렬[c]) - 맞음))
    if average == "binary":
        적어도("n_classes", n_classes, 2)
        return _값들(*셈[1])
    if average == "micro":
        return _값들(*map(sum, zip(*셈, strict=True)))
    if average == "macro":
        세로 = zip(*(_값들(*값) for 값 in 셈), strict=True)
        return tuple(math.fsum(열) / n_classes for 열 in 세로)
    raise ValueError(f"average {average!r}은(는) 없습니다")


def cross_validation_folds(n, k, seed):
    적어도("k", k, 2)
    적어도("n보다 큰 k: k", n - k, 0)
    순서 = 섞은_순서(n, seed)
    접기 = []
    for i in range(k):
        검증 = set(순서[i * n // k:(i + 1) * n // k])
        학습 = [번호 for 번호 in range(n) if 번호 not in 검증]
        접기.append((np.array(학습, dtype=np.int64), np.array(sorted(검증), dtype=np.int64)))
    return 접기


def grid_search(X_train, y_train, X_val, y_val, l2_values, epochs=100, lr=0.1):
    적어도("l2_values", len(l2_values), 1)
    정확도 = []
    for l2 in l2_values:
        모형 = LogisticRegression(l2, lr=lr, epochs=epochs)
        모형.fit(X_train, y_train)
        정확도.append(accuracy(y_val, 모형.predict(X_val)))
    최고, _ = max(zip(l2_values, 정확도, strict=True), key=lambda 짝: 짝[1])  # 같으면 먼저 나온 것
    return float(최고), 정확도
