"""Hidden checks of evaluation.py."""

from collections import Counter

import numpy as np
import pytest
import torch

from grader.checking.expect import (
    expect_array,
    expect_close,
    expect_equal,
    expect_error,
    expect_type,
)


def some_labels(seed, count=60, classes=4):
    draw = np.random.default_rng(seed)
    return draw.integers(0, classes, count), draw.integers(0, classes, count)


def own_matrix(gold, predicted, classes):
    pairs = Counter(zip(np.asarray(gold).tolist(), np.asarray(predicted).tolist(), strict=True))
    return np.array([[pairs[g, p] for p in range(classes)] for g in range(classes)])


def own_figures(gold, predicted, classes):
    """Precision, recall, F1 of each class, 0 where undefined."""
    matrix = own_matrix(gold, predicted, classes)
    rows = []
    for c in range(classes):
        hit, said, true = matrix[c, c], matrix[:, c].sum(), matrix[c].sum()
        precision, recall = (hit / said if said else 0.0), (hit / true if true else 0.0)
        f1 = 2 * precision * recall / (precision + recall) if hit else 0.0
        rows.append((precision, recall, f1))
    return np.array(rows)


# ---- metrics ------------------------------------------------------------------------------------


def test_confusion_matrix_rows_are_gold(student):
    gold, predicted = some_labels(1)
    matrix = student.evaluation.confusion_matrix(gold, predicted, 4)
    expect_close(matrix, own_matrix(gold, predicted, 4))


def test_confusion_matrix_of_two_classes(student):
    gold, predicted = some_labels(8, classes=2)
    matrix = student.evaluation.confusion_matrix(gold, predicted, 2)
    expect_close(matrix, own_matrix(gold, predicted, 2))


def test_confusion_matrix_takes_lists_and_classes_that_do_not_occur(student):
    matrix = student.evaluation.confusion_matrix([2, 2], [0, 2], 4)
    expect_close(matrix, own_matrix([2, 2], [0, 2], 4))


def test_confusion_matrix_of_nothing_is_zero(student):
    expect_close(student.evaluation.confusion_matrix([], [], 3), [[0] * 3] * 3)


def test_confusion_matrix_is_int64(student):
    gold, predicted = some_labels(1)
    for labels in ((gold, predicted), (gold.tolist(), predicted.tolist()), ([], [])):
        matrix = student.evaluation.confusion_matrix(*labels, 4)
        expect_array(matrix, (4, 4), "int64")


def test_accuracy_is_the_share_of_right_ones(student):
    gold, predicted = some_labels(2)
    value = student.evaluation.accuracy(gold, predicted)
    expect_close(value, float((gold == predicted).mean()))


def test_accuracy_of_all_right_and_of_all_wrong(student):
    expect_close(student.evaluation.accuracy([1, 2, 3], [1, 2, 3]), 1.0)
    expect_close(student.evaluation.accuracy([1, 2, 3], [3, 1, 2]), 0.0)


def test_accuracy_is_a_python_float(student):
    gold, predicted = some_labels(2)
    for labels in ((gold, predicted), ([1, 2], [1, 2])):
        expect_type(student.evaluation.accuracy(*labels), float, "the accuracy")


def test_binary_is_class_1_against_the_rest(student):
    for gold, predicted, classes in ((*some_labels(3, classes=2), 2), (*some_labels(4), 4)):
        result = student.evaluation.precision_recall_f1(gold, predicted, classes, "binary")
        expect_close(list(result), own_figures(gold, predicted, classes)[1])


def test_macro_is_the_mean_over_classes(student):
    gold, predicted = some_labels(5)
    precision, recall, _ = student.evaluation.precision_recall_f1(gold, predicted, 4, "macro")
    expect_close(
        [precision, recall],
        own_figures(gold, predicted, 4).mean(axis=0)[:2],
        what="precision and recall",
    )


def test_macro_f1_is_the_mean_of_f1s(student):
    gold, predicted = [1, 1, 1, 0, 0], [1, 0, 0, 1, 0]
    f1 = student.evaluation.precision_recall_f1(gold, predicted, 2, "macro")[2]
    expect_close(f1, own_figures(gold, predicted, 2)[:, 2].mean(), what="macro F1")


def test_macro_counts_classes_that_do_not_occur(student):
    gold, predicted = [0, 1, 1], [0, 1, 0]
    expected = own_figures(gold, predicted, 4).mean(axis=0)
    expect_close(
        list(student.evaluation.precision_recall_f1(gold, predicted, 4, "macro")), expected
    )


def test_micro_is_the_accuracy_three_times(student):
    gold, predicted = some_labels(6)
    share = float((gold == predicted).mean())
    expect_close(
        list(student.evaluation.precision_recall_f1(gold, predicted, 4, "micro")), [share] * 3
    )


@pytest.mark.parametrize("average", ["binary", "macro", "micro"])
def test_undefined_figures_are_zero(student, average):
    # nothing is right, and class 1 is never predicted
    result = student.evaluation.precision_recall_f1([1, 1], [0, 0], 2, average)
    expect_close(list(result), [0.0, 0.0, 0.0])


def test_precision_recall_f1_are_python_floats(student):
    for average in ("binary", "macro", "micro"):
        result = student.evaluation.precision_recall_f1([0, 1, 1], [0, 1, 0], 2, average)
        expect_type(result, tuple)
        for value in result:
            expect_type(value, float, f"a figure ({average})")


def expect_labels_unchanged(student, function, *more):
    gold, predicted = some_labels(7)
    _, after = student.with_arguments(function, gold, predicted, *more)
    expect_equal(after[:2], [gold, predicted], "the labels after the call")


def test_metrics_leave_their_arguments_alone(student):
    expect_labels_unchanged(student, student.evaluation.accuracy)


def test_confusion_matrix_leaves_the_labels_alone(student):
    expect_labels_unchanged(student, student.evaluation.confusion_matrix, 4)


def test_precision_recall_f1_leave_the_labels_alone(student):
    for average in ("binary", "macro", "micro"):
        expect_labels_unchanged(student, student.evaluation.precision_recall_f1, 4, average)


# Labels of two classes that every metric refuses, and the arguments to name one of.
DIFFERENT_LENGTHS = [([0, 1], [0]), ([1], [0, 1]), ([], [1])]
OUT_OF_RANGE = [([0, 2], [0, 1], "gold"), ([0, 1], [0, -1], "predicted"), ([-1], [0], "gold")]


@pytest.mark.parametrize(("gold", "predicted"), DIFFERENT_LENGTHS)
def test_metrics_refuse_labels_of_different_length(student, gold, predicted):
    with expect_error(ValueError, naming=("gold", "predicted")):
        student.evaluation.confusion_matrix(gold, predicted, 2)


@pytest.mark.parametrize(("gold", "predicted"), DIFFERENT_LENGTHS)
def test_accuracy_refuses_labels_of_different_length(student, gold, predicted):
    with expect_error(ValueError, naming=("gold", "predicted")):
        student.evaluation.accuracy(gold, predicted)


@pytest.mark.parametrize(("gold", "predicted"), DIFFERENT_LENGTHS)
def test_precision_recall_f1_refuse_labels_of_different_length(student, gold, predicted):
    with expect_error(ValueError, naming=("gold", "predicted")):
        student.evaluation.precision_recall_f1(gold, predicted, 2, "macro")


@pytest.mark.parametrize(("gold", "predicted", "name"), OUT_OF_RANGE)
def test_metrics_refuse_a_label_out_of_range(student, gold, predicted, name):
    with expect_error(ValueError, naming=name):
        student.evaluation.confusion_matrix(gold, predicted, 2)


@pytest.mark.parametrize(("gold", "predicted", "name"), OUT_OF_RANGE)
@pytest.mark.parametrize("average", ["binary", "macro", "micro"])
def test_precision_recall_f1_refuse_a_label_out_of_range(student, gold, predicted, name, average):
    with expect_error(ValueError, naming=name):
        student.evaluation.precision_recall_f1(gold, predicted, 2, average)


def test_metrics_refuse_no_examples(student):
    with expect_error(ValueError, naming=("gold", "predicted")):
        student.evaluation.accuracy([], [])


def test_precision_recall_f1_refuse_no_examples(student):
    for average in ("binary", "macro", "micro"):
        with expect_error(ValueError, naming=("gold", "predicted")):
            student.evaluation.precision_recall_f1([], [], 2, average)


def test_metrics_refuse_an_unknown_average(student):
    with expect_error(ValueError, naming="average"):
        student.evaluation.precision_recall_f1([0, 1], [0, 1], 2, "weighted")


# ---- splits and selection -----------------------------------------------------------------------


def expect_sizes(student, n, ratios, sizes):
    parts = student.evaluation.split(n, ratios)
    expect_equal([len(part) for part in parts], sizes, "the sizes of the parts")


@pytest.mark.parametrize(
    ("n", "ratios", "sizes"),
    [  # exact in binary, no two fractions alike where it matters
        (7, (0.5, 0.25, 0.25), [3, 2, 2]),
        (10, (0.5, 0.375, 0.125), [5, 4, 1]),
        (13, (0.5, 0.375, 0.125), [6, 5, 2]),
        (11, (0.25, 0.75), [3, 8]),
    ],
)
def test_split_sizes_by_largest_remainder(student, n, ratios, sizes):
    expect_sizes(student, n, ratios, sizes)


@pytest.mark.parametrize(
    ("n", "ratios", "sizes"),
    [
        (7, (0.6, 0.2, 0.2), [4, 2, 1]),
        (20, (0.7, 0.15, 0.15), [14, 3, 3]),
        (3, (0.5, 0.5), [2, 1]),
        (6, (0.25, 0.5, 0.25), [2, 3, 1]),
    ],
)
def test_split_ties_go_to_the_earlier_part(student, n, ratios, sizes):
    expect_sizes(student, n, ratios, sizes)


def test_split_takes_ratios_that_sum_to_one_but_for_rounding(student):
    expect_sizes(student, 10, (0.7, 0.2, 0.1), [7, 2, 1])


@pytest.mark.parametrize(
    ("n", "ratios", "sizes"),
    [(100, (0.29, 0.71), [29, 71]), (100, (0.71, 0.29), [71, 29]), (50, (0.42, 0.58), [21, 29])],
)
def test_split_loses_no_example_to_rounding(student, n, ratios, sizes):
    expect_sizes(student, n, ratios, sizes)


@pytest.mark.parametrize(
    ("n", "ratios", "sizes"),
    [
        (2, (0.0, 0.25, 0.75), [0, 1, 1]),
        (1, (0.125, 0.75, 0.125), [0, 1, 0]),
        (9, (1.0,), [9]),
    ],
)
def test_split_parts_may_be_empty(student, n, ratios, sizes):
    expect_sizes(student, n, ratios, sizes)


def test_split_parts_are_disjoint_and_cover(student):
    parts = student.evaluation.split(53, (0.5, 0.25, 0.25), 1)
    expect_equal(sorted(np.concatenate(parts).tolist()), list(range(53)), "all indices together")


def test_split_returns_a_tuple_of_int64_arrays(student):
    for ratios in ((0.5, 0.25, 0.25), (0.0, 1.0)):
        parts = student.evaluation.split(53, ratios, 1)
        expect_type(parts, tuple, "the parts")
        for part in parts:
            expect_array(part, dtype="int64", what="a part")


def test_split_is_shuffled(student):
    first = student.evaluation.split(100)[0].tolist()
    assert sorted(first) != list(range(60)), (
        "the first part must be drawn from all examples, not the first ones"
    )


def test_split_depends_on_its_seed_alone(student):
    student.generators(seed=1)
    one = student.evaluation.split(40, seed=3)
    before = student.generators(seed=2)
    again = student.evaluation.split(40, seed=3)
    expect_equal(student.generators(), before, "the state of the global generators")
    expect_equal(list(again), list(one), "the parts with the same seed")


def test_split_of_another_seed(student):
    one, other = (student.evaluation.split(40, seed=seed) for seed in (3, 4))
    assert set(one[0].tolist()) != set(other[0].tolist()), (
        "a different seed must give a different split"
    )


def test_split_has_seed_0_by_default(student):
    plain, zero = student.evaluation.split(40), student.evaluation.split(40, (0.6, 0.2, 0.2), 0)
    for one, other in zip(plain, zero, strict=True):
        expect_close(one, other, what="a part by default")


@pytest.mark.parametrize("ratios", [(0.5, 0.4), (0.6, 0.6), (1.5, -0.5), (0.5, 0.4999)])
def test_split_refuses_impossible_ratios(student, ratios):
    with expect_error(ValueError, naming="ratios"):
        student.evaluation.split(10, ratios)


def test_split_refuses_no_examples(student):
    with expect_error(ValueError, naming="n"):
        student.evaluation.split(0)


FOLDS = [(10, 3), (12, 4), (11, 4)]


@pytest.mark.parametrize(("n", "k"), FOLDS)
def test_folds_put_each_index_in_one_val(student, n, k):
    folds = student.evaluation.cross_validation_folds(n, k, 0)
    expect_equal(len(folds), k, "the number of folds")
    together = np.concatenate([val for _, val in folds])
    expect_equal(sorted(together.tolist()), list(range(n)), "all vals together")


@pytest.mark.parametrize(("n", "k"), [*FOLDS, (23, 6)])
def test_folds_are_of_equal_size(student, n, k):
    sizes = [len(val) for _, val in student.evaluation.cross_validation_folds(n, k, 0)]
    assert max(sizes) - min(sizes) <= 1, f"the sizes of val differ by more than 1: {sizes}"


@pytest.mark.parametrize("n", [2, 5])
def test_folds_may_be_as_many_as_examples(student, n):
    folds = student.evaluation.cross_validation_folds(n, n, 0)
    expect_equal(sorted(val.tolist() for _, val in folds), [[i] for i in range(n)], "the vals")


def test_folds_train_on_all_the_others(student):
    for train, val in student.evaluation.cross_validation_folds(11, 4, 2):
        expect_equal(sorted(train.tolist()), sorted(set(range(11)) - set(val.tolist())), "train")


def test_folds_return_a_list_of_pairs_of_int64_arrays(student):
    folds = student.evaluation.cross_validation_folds(11, 4, 2)
    expect_type(folds, list, "the folds")
    for fold in folds:
        expect_type(fold, tuple, "a fold")
        for part, what in zip(fold, ("train", "val"), strict=True):
            expect_array(part, dtype="int64", what=what)


def vals(student, seed):
    folds = student.evaluation.cross_validation_folds(40, 4, seed)
    return [sorted(val.tolist()) for _, val in folds]


def test_folds_are_shuffled(student):
    assert vals(student, 3)[0] != list(range(10)), "the folds must be shuffled"


def test_folds_are_shuffled_by_their_seed_alone(student):
    student.generators(seed=1)
    one = vals(student, 3)
    before = student.generators(seed=2)
    again = vals(student, 3)
    expect_equal(student.generators(), before, "the state of the global generators")
    expect_equal(again, one, "the folds with the same seed")


def test_folds_of_another_seed(student):
    assert vals(student, 4) != vals(student, 3), "a different seed must give different folds"


@pytest.mark.parametrize(("n", "k"), [(10, 1), (3, 4), (5, 0)])
def test_folds_refuse_an_impossible_number(student, n, k):
    with expect_error(ValueError, naming="k"):
        student.evaluation.cross_validation_folds(n, k, 0)


def some_task(seed):
    """Overlapping classes, few features, so that penalties matter."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 2, (90,), generator=generator)
    X = torch.randn(90, 4, generator=generator, dtype=torch.float64) + 0.8 * y[:, None]
    return X[:50], y[:50], X[50:], y[50:]


def own_accuracy(student, train, val, l2, epochs, lr):
    """Accuracy on val of the student's own model, decided by us."""
    model = student.logistic_regression.LogisticRegression(l2=l2, lr=lr, epochs=epochs)
    model.fit(*train)
    X, y = val
    return float(((X @ model.w + model.b >= 0).long() == y).double().mean())


def test_grid_search_trains_each_value_on_the_training_set(student):
    X, y, X_val, y_val = some_task(1)
    values = [0.3, 30.0, 0.0]  # neither rising nor falling; no two have the same accuracy
    expected = [own_accuracy(student, (X, y), (X_val, y_val), l2, 40, 0.05) for l2 in values]
    _, accuracies = student.evaluation.grid_search(X, y, X_val, y_val, values, 40, 0.05)
    expect_close(accuracies, expected, what="the accuracies")


def test_grid_search_defaults(student):
    # two parts against one: the border between the classes wanders while b learns, and 600 points
    # around it tell where it stands after 100 epochs at rate 0.1
    X = torch.tensor([[-1.0], [1.0], [3.0]], dtype=torch.float64)
    y = torch.tensor([0, 1, 1])
    X_val = torch.linspace(-3, 3, 600, dtype=torch.float64)[:, None]
    y_val = (X_val[:, 0] > 0).long()
    own = own_accuracy(student, (X, y), (X_val, y_val), 0.01, 100, 0.1)
    _, accuracies = student.evaluation.grid_search(X, y, X_val, y_val, [0.01])
    expect_close(accuracies, [own], what="the accuracies by default")


def test_grid_search_returns_the_best(student):
    X, y, X_val, y_val = some_task(2)
    # at lr 0.1 an l2 of 25 makes every step overshoot: that model is of no use
    values = [25.0, 0.01, 25.0]
    own = [own_accuracy(student, (X, y), (X_val, y_val), l2, 100, 0.1) for l2 in values]
    best, _ = student.evaluation.grid_search(X, y, X_val, y_val, values)
    expect_close(best, values[own.index(max(own))], what="the best l2")


def test_grid_search_of_equal_ones_the_first_wins(student):
    X = torch.tensor([[-2.0], [2.0]], dtype=torch.float64)
    y = torch.tensor([0, 1])
    best, _ = student.evaluation.grid_search(X, y, X, y, [0.2, 0.1, 0.3])
    expect_close(best, 0.2, what="the best l2")


def test_grid_search_never_trains_on_validation(student):
    # the training labels say the opposite of the validation labels
    X = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]], dtype=torch.float64)
    train, val = (X, torch.tensor([0, 0, 1, 1])), (X, torch.tensor([1, 1, 0, 0]))
    _, accuracies = student.evaluation.grid_search(*train, *val, [0.0])
    own = own_accuracy(student, train, val, 0.0, 100, 0.1)
    what = "the accuracy on validation labels that contradict the training labels"
    expect_close(accuracies, [own], what=what)


def test_grid_search_accuracies_are_python_floats(student):
    X = torch.tensor([[-2.0], [2.0]], dtype=torch.float64)
    y = torch.tensor([0, 1])
    best, accuracies = student.evaluation.grid_search(X, y, X, y, [0.0, 0.5])
    expect_type(best, float, "the best l2")
    expect_type(accuracies, list, "the accuracies")
    for value in accuracies:
        expect_type(value, float, "an accuracy")


def test_grid_search_leaves_its_arguments_alone(student):
    task = some_task(3)
    _, after = student.with_arguments(student.evaluation.grid_search, *task, [0.1], 5)
    expect_equal(after[:4], list(task), "the data after the call")


def test_grid_search_refuses_no_values(student):
    with expect_error(ValueError, naming="l2_values"):
        student.evaluation.grid_search(*some_task(4), [])
