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
    # YOUR CODE HERE
    raise NotImplementedError()


def confusion_matrix(gold: Sequence[int], predicted: Sequence[int], n_classes: int) -> np.ndarray:
    """int64 (C, C): entry [g, p] counts the examples of class g that were predicted as p.

    gold and predicted: 1-d int arrays or lists. Zeros for no examples.
    Raises ValueError naming gold or predicted (lengths that differ, a class out of range).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def accuracy(gold: Sequence[int], predicted: Sequence[int]) -> float:
    """The fraction of examples that were predicted right. Raises ValueError naming gold or
    predicted for no examples or lengths that differ.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def precision_recall_f1(
    gold: Sequence[int], predicted: Sequence[int], n_classes: int, average: str
) -> tuple[float, float, float]:
    """Precision, recall and F1, each 0 where it is undefined.

        "binary"  of class 1 against the rest (n_classes >= 2)
        "macro"   means over all n_classes of the values of each class, including F1
        "micro"   from the counts of all classes together: all three equal the accuracy

    Raises ValueError naming gold or predicted (none, lengths that differ, out of range) or average.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def cross_validation_folds(n: int, k: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """k pairs (train, val) of int64 indices after one shuffle: each index is in exactly one val,
    the sizes of val differ by at most 1, and train contains all the others.

    Raises ValueError naming k unless 2 <= k <= n.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


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
    # YOUR CODE HERE
    raise NotImplementedError()
