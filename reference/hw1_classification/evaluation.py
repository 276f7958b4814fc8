"""Splitting data, counting errors, choosing hyper-parameters on data that was not trained on.

    precision = TP / (TP + FP)     recall = TP / (TP + FN)     F1 = 2 P R / (P + R)

See van Rijsbergen (1979) for F, and Jurafsky & Martin, Speech and Language Processing, chapter 4.

Shapes:

    N  examples        C  classes        V  features
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from .logistic_regression import LogisticRegression

AVERAGES = ("binary", "macro", "micro")
ROUNDING = 1e-9  # 0.7 + 0.2 + 0.1 is 0.9999999999999999


def split(
    n: int, ratios: tuple[float, ...] = (0.6, 0.2, 0.2), seed: int = 0
) -> tuple[np.ndarray, ...]:
    """Shuffled indices 0..n-1 in disjoint int64 parts, one for each ratio.

    Sizes by the largest remainder: each part gets the whole part of n * ratio, and the examples
    that are left go to the parts with the largest fractions, on a tie to the earlier part.

    Raises ValueError naming n (below 1) or ratios (negative, or not of sum 1 within 1e-9).
    """
    ### BEGIN SOLUTION
    if n < 1:
        raise ValueError("n must be at least 1")
    if any(ratio < 0 for ratio in ratios) or abs(sum(ratios) - 1) > ROUNDING:
        raise ValueError("ratios must not be negative and must sum to 1")
    wanted = [n * ratio for ratio in ratios]
    sizes = [int(np.floor(size + ROUNDING)) for size in wanted]
    # rounded, so that remainders that differ only in the last bit are ties
    remainders = [round(size - floor, 9) for size, floor in zip(wanted, sizes, strict=True)]
    by_remainder = sorted(range(len(ratios)), key=lambda part: (-remainders[part], part))
    for part in by_remainder[: n - sum(sizes)]:
        sizes[part] += 1
    order = np.random.default_rng(seed).permutation(n)
    return tuple(np.split(order, np.cumsum(sizes)[:-1]))
    ### END SOLUTION


### BEGIN SOLUTION
def _labels(gold: Sequence[int], predicted: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    truth, guess = np.asarray(gold, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    if truth.shape != guess.shape:
        raise ValueError("gold and predicted must have the same length")
    return truth, guess
### END SOLUTION


def confusion_matrix(gold: Sequence[int], predicted: Sequence[int], n_classes: int) -> np.ndarray:
    """int64 (C, C): entry [g, p] counts the examples of class g that were predicted as p.

    gold and predicted: 1-d int arrays or lists. Zeros for no examples.
    Raises ValueError naming gold or predicted (lengths that differ, a class out of range).
    """
    ### BEGIN SOLUTION
    truth, guess = _labels(gold, predicted)
    for name, labels in (("gold", truth), ("predicted", guess)):
        if ((labels < 0) | (labels >= n_classes)).any():
            raise ValueError(f"{name} must lie between 0 and {n_classes - 1}")
    matrix = np.zeros((n_classes, n_classes), dtype=np.int64)  # (C, C)
    np.add.at(matrix, (truth, guess), 1)
    return matrix
    ### END SOLUTION


def accuracy(gold: Sequence[int], predicted: Sequence[int]) -> float:
    """The fraction of examples that were predicted right. Raises ValueError naming gold or
    predicted for no examples or lengths that differ.
    """
    ### BEGIN SOLUTION
    truth, guess = _labels(gold, predicted)
    if len(truth) == 0:
        raise ValueError("gold must hold at least one example")
    return float((truth == guess).mean())
    ### END SOLUTION


def precision_recall_f1(
    gold: Sequence[int], predicted: Sequence[int], n_classes: int, average: str
) -> tuple[float, float, float]:
    """Precision, recall and F1, each 0 where it is undefined.

        "binary"  of class 1 against the rest (n_classes >= 2)
        "macro"   means over all n_classes of the values of each class, including F1
        "micro"   from the counts of all classes together: all three equal the accuracy

    Raises ValueError naming gold or predicted (none, lengths that differ, out of range) or average.
    """
    ### BEGIN SOLUTION
    if average not in AVERAGES:
        raise ValueError(f"average must be one of {', '.join(AVERAGES)}")
    matrix = confusion_matrix(gold, predicted, n_classes)  # (C, C)
    if matrix.sum() == 0:
        raise ValueError("gold must hold at least one example")
    hits, said, true = matrix.diagonal(), matrix.sum(axis=0), matrix.sum(axis=1)  # (C,) each
    if average == "micro":
        hits, said, true = hits.sum(keepdims=True), said.sum(keepdims=True), true.sum(keepdims=True)
    precision, recall = _ratio(hits, said), _ratio(hits, true)
    # 2 TP / (2 TP + FP + FN) is 2PR / (P + R), and defined when P and R are 0
    f1 = _ratio(2 * hits, said + true)
    if average == "binary":
        return float(precision[1]), float(recall[1]), float(f1[1])
    return float(precision.mean()), float(recall.mean()), float(f1.mean())
    ### END SOLUTION


### BEGIN SOLUTION
def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, 0 where whole is 0."""
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
### END SOLUTION


def cross_validation_folds(n: int, k: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """k pairs (train, val) of int64 indices after one shuffle: each index is in exactly one val,
    the sizes of val differ by at most 1, and train contains all the others.

    Raises ValueError naming k unless 2 <= k <= n.
    """
    ### BEGIN SOLUTION
    if not 2 <= k <= n:
        raise ValueError("k must lie between 2 and n")
    parts = np.array_split(np.random.default_rng(seed).permutation(n), k)
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(k)]
    ### END SOLUTION


def grid_search(
    X_train: Tensor,
    y_train: Tensor,
    X_val: Tensor,
    y_val: Tensor,
    l2_values: list[float],
    epochs: int = 100,
    lr: float = 0.1,
) -> tuple[float, list[float]]:
    """The best l2, and the validation accuracy of each in the order of l2_values; on a tie the
    first wins. Each is LogisticRegression(l2=l2, lr=lr, epochs=epochs) fitted on the training set.

    Raises ValueError naming l2_values when there are none.
    """
    ### BEGIN SOLUTION
    if not l2_values:
        raise ValueError("l2_values must hold at least one value")
    accuracies = []
    for l2 in l2_values:
        model = LogisticRegression(l2=l2, lr=lr, epochs=epochs).fit(X_train, y_train)
        accuracies.append(accuracy(y_val.tolist(), model.predict(X_val).tolist()))
    best = accuracies.index(max(accuracies))  # index: the first of equal ones
    return float(l2_values[best]), accuracies
    ### END SOLUTION
