"""Public checks of evaluation.py."""

import numpy as np
import torch

from grader.checking.expect import expect_close, expect_equal, expect_true

GOLD, PREDICTED = [1, 1, 1, 0, 0], [1, 0, 0, 1, 0]
THE_FIGURES = {"en": "(precision, recall, F1)", "ko": "(정밀도, 재현율, F1)"}


def test_metrics_worked_example(student):
    matrix = student.evaluation.confusion_matrix(GOLD, PREDICTED, 2)
    expect_close(matrix, [[1, 1], [2, 1]], what={"en": "the confusion matrix", "ko": "혼동 행렬"})


def test_accuracy_worked_example(student):
    expect_close(
        student.evaluation.accuracy(GOLD, PREDICTED),
        0.4,
        what={"en": "the accuracy", "ko": "정확도"},
    )


def test_precision_recall_f1_worked_example(student):
    result = student.evaluation.precision_recall_f1(GOLD, PREDICTED, 2, "binary")
    other = student.evaluation.precision_recall_f1([1, 0, 0, 0], [1, 0, 1, 0], 2, "binary")
    expect_close(list(result), [1 / 2, 1 / 3, 0.4], what=THE_FIGURES)
    # tells apart what the first cannot: exchanged it is (1, 1/2), of class 0 (1, 2/3)
    expect_close(list(other), [1 / 2, 1, 2 / 3], what=THE_FIGURES)


def test_split_worked_example(student):
    parts = student.evaluation.split(10)
    expect_equal(
        [len(part) for part in parts], [6, 2, 2], {"en": "the list of sizes", "ko": "분할의 크기"}
    )
    expect_equal(
        sorted(np.concatenate(parts).tolist()),
        list(range(10)),
        {"en": "the union of all parts", "ko": "모든 분할을 합친 것"},
    )


def test_grid_search_worked_example(student):
    X = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]], dtype=torch.float64)
    y = torch.tensor([0, 0, 1, 1])
    best, accuracies = student.evaluation.grid_search(X, y, X, y, [0.0, 0.1])
    # with a right LogisticRegression both accuracies are 1.0; here your own decides
    model = student.logistic_regression.LogisticRegression()
    model.fit(X, y)
    own = float((((X @ model.w + model.b) > 0).long() == y).double().mean())
    expect_close(accuracies, [own, own], what={"en": "the list of accuracies", "ko": "정확도 목록"})
    expect_true(
        accuracies[[0.0, 0.1].index(best)] == max(accuracies),
        {
            "en": "the first result must be an l2 with the highest accuracy",
            "ko": "첫째 결과는 정확도가 가장 높은 l2여야 합니다",
        },
    )


def test_folds_worked_example(student):
    folds = student.evaluation.cross_validation_folds(10, 3, 0)
    sizes = sorted((len(val), len(train)) for train, val in folds)
    expect_equal(
        sizes,
        [(3, 7), (3, 7), (4, 6)],
        {"en": "the list of (val, train) sizes", "ko": "(val, train) 크기의 목록"},
    )
