"""Hidden checks of naive_bayes.py."""

import itertools
import math

import numpy as np
import pytest

from grader.checking.expect import (
    expect_array,
    expect_close,
    expect_equal,
    expect_error,
    expect_type,
)


def some_data(seed, documents=40, words=12, classes=3):
    draw = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(classes), draw.integers(0, classes, documents - classes)])
    return draw.poisson(1.0, (documents, words)), labels


def fitted(student, counts, labels, alpha=1.0):
    model = student.naive_bayes.NaiveBayes(alpha=alpha)
    model.fit(counts, labels)
    return model


def some_data_with_unseen_words(seed):
    """Some data in which each class lacks some words, and all lack the first and the last."""
    counts, labels = some_data(seed)
    counts[:, [0, -1]] = 0
    for c in range(3):
        counts[labels == c, 3 * c : 3 * c + 2] = 0
    return counts, labels


def own_tables(counts, labels, alpha):
    """The formulas of the handout."""
    classes = labels.max() + 1
    words = np.array([counts[labels == c].sum(axis=0) for c in range(classes)], dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        prior = np.log(np.array([(labels == c).mean() for c in range(classes)]))
        totals = words.sum(axis=1, keepdims=True) + alpha * counts.shape[1]
        table = np.where(totals > 0, np.log((words + alpha) / totals), -np.inf)
    return prior, table


# ---- fit --------------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [0.1, 1.0, 10.0])
def test_nb_feature_log_prob_equals_the_formula(student, alpha):
    counts, labels = some_data_with_unseen_words(1)
    model = fitted(student, counts, labels, alpha)
    expect_array(model.feature_log_prob_, (3, 12), what="feature_log_prob_")
    expect_close(
        model.feature_log_prob_, own_tables(counts, labels, alpha)[1], what="feature_log_prob_"
    )


def test_nb_alpha_is_1_by_default(student):
    counts, labels = some_data(19)
    model = student.naive_bayes.NaiveBayes()
    model.fit(counts, labels)
    expected = own_tables(counts, labels, 1.0)[1]
    expect_close(model.feature_log_prob_, expected, what="feature_log_prob_")


@pytest.mark.parametrize("alpha", [0.1, 1.0, 10.0])
def test_nb_rows_are_distributions(student, alpha):
    counts, labels = some_data_with_unseen_words(2)
    model = fitted(student, counts, labels, alpha)
    expect_close(np.exp(model.feature_log_prob_).sum(axis=1), np.ones(3), what="the sum of a row")


@pytest.mark.parametrize("alpha", [0.5, 1.0, 5.0])
def test_nb_prior_is_the_share_of_documents_unsmoothed(student, alpha):
    counts = np.ones((4, 3), dtype=np.int64)
    model = fitted(student, counts, np.array([0, 0, 1, 0]), alpha)
    expect_close(model.class_log_prior_, np.log([0.75, 0.25]), what="class_log_prior_")


def test_nb_counts_words_not_documents(student):
    # 가 stands five times in one document, 나 once in each of two
    model = fitted(student, np.array([[5, 1], [0, 1]]), np.array([0, 0]))
    expect_close(np.exp(model.feature_log_prob_), [[6 / 9, 3 / 9]], what="P(word | class)")


def test_nb_alpha_0_is_relative_frequency(student):
    counts, labels = np.array([[2, 0, 2], [0, 3, 1]]), np.array([0, 1])
    model = fitted(student, counts, labels, 0.0)
    expected = [
        [math.log(0.5), -math.inf, math.log(0.5)],
        [-math.inf, math.log(0.75), math.log(0.25)],
    ]
    expect_close(model.feature_log_prob_, expected, what="feature_log_prob_ at alpha 0")


def test_nb_large_alpha_is_uniform(student):
    counts, labels = some_data(3)
    model = fitted(student, counts, labels, 1e12)
    expect_close(
        np.exp(model.feature_log_prob_), np.full((3, 12), 1 / 12), rtol=1e-9, what="P(word | class)"
    )


@pytest.mark.parametrize(("alpha", "row"), [(1.0, -math.log(2)), (0.0, -math.inf)])
def test_nb_a_class_without_documents(student, alpha, row):
    model = fitted(student, np.array([[1, 2], [3, 1]]), np.array([0, 2]), alpha)
    expect_close(
        model.class_log_prior_, [math.log(0.5), -math.inf, math.log(0.5)], what="class_log_prior_"
    )
    expect_close(
        model.feature_log_prob_[1], [row, row], what="the row of the class without documents"
    )


@pytest.mark.parametrize(("alpha", "row"), [(0.5, -math.log(2)), (0.0, -math.inf)])
def test_nb_a_class_of_empty_documents(student, alpha, row):
    model = fitted(student, np.array([[1, 2], [0, 0]]), np.array([0, 1]), alpha)
    expect_close(model.class_log_prior_, [math.log(0.5)] * 2, what="class_log_prior_")
    expect_close(
        model.feature_log_prob_[1], [row, row], what="the row of the class of empty documents"
    )


def test_nb_fit_takes_real_counts(student):
    counts, labels = some_data(4)
    model = fitted(student, counts / 4, labels)
    expect_close(
        model.feature_log_prob_, own_tables(counts / 4, labels, 1.0)[1], what="feature_log_prob_"
    )


def test_nb_fit_returns_itself(student):
    counts, labels = some_data(5)
    model = student.naive_bayes.NaiveBayes().fit(counts, labels)
    expect_array(model.class_log_prior_, (3,), what="class_log_prior_ of what fit returned")


def test_nb_fit_leaves_its_arguments_alone(student):
    counts, labels = some_data(5)
    for data in (counts, counts.astype(np.float64)):
        model = student.naive_bayes.NaiveBayes(0.5)
        _, after = student.with_arguments(model.fit, data, labels)
        expect_equal(after, [data, labels], "the arguments after fit")


def test_nb_tables_are_float64(student):
    counts, labels = some_data(5)
    for dtype in (np.int64, np.float32):
        model = fitted(student, counts.astype(dtype), labels)
        expect_array(model.class_log_prior_, (3,), "float64", "class_log_prior_")
        expect_array(model.feature_log_prob_, (3, 12), "float64", "feature_log_prob_")


def test_nb_refuses_a_negative_alpha(student):
    with expect_error(ValueError, naming="alpha"):
        fitted(student, np.array([[1, 2]]), np.array([0]), -0.1)


def test_nb_fit_refuses_impossible_counts(student):
    with expect_error(ValueError, naming="counts"):
        fitted(student, np.array([[1, -2]]), np.array([0]))


def test_nb_fit_refuses_no_documents(student):
    with expect_error(ValueError, naming=("counts", "labels")):
        fitted(student, np.zeros((0, 2), dtype=np.int64), np.zeros(0, dtype=np.int64))


def test_nb_fit_refuses_impossible_labels(student):
    with expect_error(ValueError, naming="labels"):
        fitted(student, np.array([[1, 2], [0, 1]]), np.array([0, -1]))


@pytest.mark.parametrize("labels", [[0, 1, 1], [1]])
def test_nb_fit_refuses_another_number_of_labels(student, labels):
    with expect_error(ValueError, naming=("labels", "counts")):
        fitted(student, np.array([[1, 2], [0, 1]]), np.array(labels))


# ---- predict: the joint is compared with the student's own tables, what follows with the joint ----


def own_joint(model, counts):
    """(N, C) from the student's fitted tables; 0 times -inf is 0."""
    prior, table = model.class_log_prior_, model.feature_log_prob_
    with np.errstate(invalid="ignore"):
        terms = counts[:, None, :] * table[None]
    terms[np.broadcast_to(counts[:, None, :] == 0, terms.shape)] = 0.0
    return prior + terms.sum(axis=2)


def joint_of(model, counts):
    """The student's own joint (N, C), from which the later steps are judged."""
    joint = model.joint_log_likelihood(counts)
    expect_array(joint, (len(counts), len(model.class_log_prior_)), what="your joint")
    return joint.astype(np.float64)


def normalised(joint):
    """What predict_log_proba must make of a joint (N, C)."""
    top = joint.max(axis=1, keepdims=True)
    hopeless = np.isneginf(top)
    shifted = joint - np.where(hopeless, 0.0, top)
    with np.errstate(divide="ignore", invalid="ignore"):
        evidence = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return np.where(hopeless, -np.log(joint.shape[1]), shifted - np.where(hopeless, 0.0, evidence))


def test_nb_joint_is_prior_plus_counts_times_log_prob(student):
    counts, labels = some_data(6)
    model = fitted(student, counts, labels)
    unseen, _ = some_data(7)
    joint = model.joint_log_likelihood(unseen)
    expect_close(joint, own_joint(model, unseen), what="the joint")


def test_nb_joint_holds_the_prior(student):
    model = fitted(student, np.ones((10, 2), dtype=np.int64), np.array([0] * 9 + [1]))
    words = np.eye(2, dtype=np.int64)
    expected = model.class_log_prior_ + model.feature_log_prob_.T
    expect_close(model.joint_log_likelihood(words), expected, what="the joint of one word")


def test_nb_joint_of_an_empty_document(student):
    model = fitted(student, np.ones((10, 2), dtype=np.int64), np.array([0] * 9 + [1]))
    joint = model.joint_log_likelihood(np.zeros((1, 2), dtype=np.int64))
    expect_close(joint, model.class_log_prior_[None], what="the joint of an empty document")


def test_nb_joint_of_an_impossible_document(student):
    model = fitted(student, np.array([[2, 0, 1], [0, 2, 1]]), np.array([0, 1]), 0.0)
    documents = np.array([[1, 1, 0], [0, 5, 1]])
    joint = model.joint_log_likelihood(documents)
    expect_close(joint, own_joint(model, documents), what="the joint")


def test_nb_joint_takes_real_counts(student):
    counts, labels = some_data(17)
    model = fitted(student, counts, labels)
    joint = model.joint_log_likelihood(counts / 4)
    expect_close(joint, own_joint(model, counts / 4), what="the joint")


def test_nb_joint_weighs_a_repeated_word(student):
    counts, labels = some_data(8)
    model = fitted(student, counts, labels)
    one = np.eye(12, dtype=np.int64)
    expected = model.class_log_prior_ + 5 * model.feature_log_prob_.T
    expect_close(
        model.joint_log_likelihood(5 * one), expected, what="the joint of five times one word"
    )


def test_nb_log_proba_is_normalised(student):
    counts, labels = some_data(9)
    model = fitted(student, counts, labels)
    expect_close(
        np.exp(model.predict_log_proba(counts)).sum(axis=1),
        np.ones(40),
        what="the sum over classes",
    )


def test_nb_log_proba_is_the_joint_shifted(student):
    counts, labels = some_data(10)
    model = fitted(student, counts, labels)
    joint, log_proba = joint_of(model, counts), model.predict_log_proba(counts)
    expect_array(log_proba, (40, 3))
    expect_close(
        log_proba - log_proba[:, :1], joint - joint[:, :1], what="the differences between classes"
    )


def test_nb_long_documents_do_not_underflow(student):
    counts, labels = some_data(11)
    model = fitted(student, counts, labels)
    long = counts[:5] * 4000
    log_proba = model.predict_log_proba(long)
    expected = normalised(joint_of(model, long))
    # sums of 50,000 terms of size 1e5: rounding leaves about 1e-10 of that
    expect_close(log_proba, expected, rtol=1e-9, atol=1e-5)


def test_nb_an_absent_impossible_word_says_nothing(student):
    model = fitted(student, np.array([[2, 0, 1], [0, 2, 1]]), np.array([0, 1]), 0.0)
    documents = np.array([[1, 0, 1], [0, 0, 3]])
    joint = model.joint_log_likelihood(documents)
    expect_close(joint, own_joint(model, documents), what="the joint")
    assert not np.isnan(joint).any(), "no entry may be nan"


def test_nb_one_class_impossible(student):
    model = fitted(student, np.array([[2, 0, 1], [0, 2, 1]]), np.array([0, 1]), 0.0)
    document = np.array([[1, 0, 1]])
    expect_close(model.predict_log_proba(document), normalised(joint_of(model, document)))


def test_nb_every_class_impossible(student):
    model = fitted(student, np.array([[2, 0], [0, 2]]), np.array([0, 1]), 0.0)
    both = np.array([[1, 1]])
    expect_close(model.predict_log_proba(both), normalised(joint_of(model, both)))


def test_nb_a_hopeless_document_is_of_class_0(student):
    # class 0 has no documents at all; under 1 and 2 the document is impossible
    model = fitted(student, np.array([[2, 0], [0, 2]]), np.array([1, 2]), 0.0)
    both = np.array([[1, 1]])
    expect_close(model.predict(both), joint_of(model, both).argmax(axis=1), what="the prediction")


def test_nb_a_class_without_documents_is_never_predicted(student):
    model = fitted(student, np.array([[1, 2], [3, 1]]), np.array([0, 2]))
    documents = np.array([[2, 2], [0, 0]])
    expect_close(model.predict_log_proba(documents), normalised(joint_of(model, documents)))


def test_nb_empty_document_gets_the_prior(student):
    counts, labels = some_data(12)
    model = fitted(student, counts, labels)
    empty = np.zeros((2, 12), dtype=np.int64)
    expect_close(model.predict_log_proba(empty), normalised(joint_of(model, empty)))


def expect_most_probable(model, counts):
    """That predict takes the largest of the student's own joint, wherever it is clear."""
    predicted, joint = model.predict(counts), joint_of(model, counts)
    expect_array(predicted, (len(counts),))
    largest = np.sort(joint, axis=1)
    clear = largest[:, -1] - largest[:, -2] > 1e-6
    expect_close(predicted[clear], joint.argmax(axis=1)[clear], what="the predictions")


def test_nb_predict_takes_the_most_probable_class(student):
    # classes of equal size: what the prior says is another check
    counts, _ = some_data(13, documents=42)
    expect_most_probable(fitted(student, counts, np.arange(42) % 3), counts)


def test_nb_predict_weighs_the_prior(student):
    # nine documents in ten are of class 1, and short documents say little
    labels = (np.arange(40) % 10 > 0).astype(np.int64)
    counts = np.random.default_rng(18).poisson(0.3, (40, 12))
    expect_most_probable(fitted(student, counts, labels), counts)


def test_nb_predict_of_long_documents(student):
    # 480 words and more in each: every joint is below -1000, where exp is 0
    counts, _ = some_data(13, documents=42)
    model = fitted(student, counts, np.arange(42) % 3)
    long = 80 * counts
    predicted = model.predict(long)
    expect_array(predicted, (42,))
    if not predicted.any() and not model.predict_log_proba(long).argmax(axis=1).any():
        return  # predict builds on a predict_log_proba that underflows: that is paid for there
    expect_most_probable(model, long)


def test_nb_predict_is_int64(student):
    counts, labels = some_data(13)
    expect_array(fitted(student, counts, labels).predict(counts), (40,), "int64")


def test_nb_predict_ties_go_to_the_smaller_class(student):
    # the classes have the same words in the same columns, and the same number of documents; of a
    # document with one word at most, no order of the operations can make the sums differ
    counts = np.array([[1, 2], [1, 2], [1, 2]])
    model = fitted(student, counts, np.array([2, 0, 1]))
    expect_close(model.predict(np.array([[1, 0], [0, 0], [0, 1]])), [0, 0, 0])


def test_nb_predict_leaves_its_argument_alone(student):
    counts, labels = some_data(15)
    model = fitted(student, counts, labels)
    real = counts.astype(np.float64)
    for method in (model.joint_log_likelihood, model.predict_log_proba, model.predict):
        _, (after,) = student.with_arguments(method, real)
        expect_equal(after, real, "counts after the call")


def test_nb_predict_refuses_another_number_of_words(student):
    counts, labels = some_data(16)
    model = fitted(student, counts, labels)
    for method in (model.joint_log_likelihood, model.predict_log_proba, model.predict):
        with expect_error(ValueError, naming="counts"):
            method(np.ones((2, 11), dtype=np.int64))


def test_nb_predict_refuses_negative_counts(student):
    counts, labels = some_data(16)
    model = fitted(student, counts, labels)
    counts[5, 3] = -1
    for method in (model.joint_log_likelihood, model.predict_log_proba, model.predict):
        with expect_error(ValueError, naming="counts"):
            method(counts)


def test_nb_joint_and_log_proba_are_float64(student):
    counts, labels = some_data(16)
    model = fitted(student, counts, labels)
    for dtype in (np.int64, np.float32):
        for method in (model.joint_log_likelihood, model.predict_log_proba):
            expect_array(method(counts.astype(dtype)), (40, 3), "float64")


def two_topics(seed, documents, length, prior):
    """Documents of two 30-word multinomials drawn from Dirichlet(2), and the true tables."""
    draw = np.random.default_rng(seed)
    words = draw.dirichlet(np.full(30, 2.0), 2)
    labels = (draw.random(documents) < prior).astype(np.int64)
    counts = np.stack([draw.multinomial(length, words[label]) for label in labels])
    return counts, labels, np.log(words), np.log([1 - prior, prior])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_nb_comes_close_to_the_best_possible_classifier(student, seed):
    # Prior 0.9 / 0.1 and 4 words a document. The true tables decide the bar on the same sample:
    # over 20 seeds a right fit loses at most 0.0046 to them, one without the prior at least 0.066.
    counts, labels, words, prior = two_topics(seed, 7000, 4, 0.1)
    train, test = slice(0, 2000), slice(2000, None)
    oracle = (counts[test] @ words.T + prior).argmax(axis=1)
    model = fitted(student, counts[train], labels[train])
    # judged from the tables alone: what predict makes of them is another exercise
    share = (own_joint(model, counts[test]).argmax(axis=1) == labels[test]).mean()
    best = (oracle == labels[test]).mean()
    assert share >= best - 0.008, f"{share:.4f} of the documents are right, {best:.4f} can be"


def test_nb_reaches_the_bayes_accuracy_exactly(student):
    # Fitted on exact expected counts and evaluated by enumeration: 0.86 in closed form.
    words = np.array([[0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]])
    counts = np.array([[4, 3, 2, 1]] * 4 + [[1, 2, 3, 4]])
    # an alpha that is next to nothing: 0 itself is a rare case
    model = fitted(student, counts, np.array([0, 0, 0, 0, 1]), 1e-9)
    documents = list(itertools.product(range(4), repeat=3))
    bags = np.array([np.bincount(document, minlength=4) for document in documents])
    predicted = own_joint(model, bags).argmax(axis=1)
    prior = np.array([0.8, 0.2])
    right = sum(
        prior[c] * math.prod(words[c][list(document)])
        for document, c in zip(documents, predicted.tolist(), strict=True)
    )
    expect_close(right, 0.86, rtol=1e-12, what="the probability to be right")


# ---- most informative ---------------------------------------------------------------------------


def own_order(model, positive=1, negative=0):
    table = model.feature_log_prob_
    return np.argsort(-(table[positive] - table[negative]), kind="stable").tolist()


def distinct_model(student):
    """Two classes whose log odds all differ clearly, and whose probabilities order otherwise."""
    counts = np.array([[90, 1, 30, 8, 2, 50], [60, 9, 45, 2, 30, 50], [1, 1, 1, 1, 1, 90]])
    return fitted(student, counts, np.array([0, 1, 2]))


def test_most_informative_orders_by_log_odds(student):
    model = distinct_model(student)
    expect_close(student.naive_bayes.most_informative(model, 6), own_order(model))


def test_most_informative_takes_the_first_k(student):
    model = distinct_model(student)
    for k in (1, 3, 6):
        expect_close(student.naive_bayes.most_informative(model, k), own_order(model)[:k])


def test_most_informative_for_other_classes(student):
    model = distinct_model(student)
    for positive, negative in ((0, 1), (2, 0)):
        ids = student.naive_bayes.most_informative(model, 6, positive, negative)
        expect_close(ids, own_order(model, positive, negative), what="the ids")


def test_most_informative_ties_by_id(student):
    # columns 0, 2 and 4 are the same, and so are 1 and 3
    model = fitted(student, np.array([[1, 5, 1, 5, 1], [4, 2, 4, 2, 4]]), np.array([0, 1]))
    expect_close(student.naive_bayes.most_informative(model, 5), own_order(model))


def test_most_informative_gives_all_words_when_k_is_larger(student):
    model = distinct_model(student)
    expect_close(student.naive_bayes.most_informative(model, 99), own_order(model))


def test_most_informative_where_both_are_impossible(student):
    # alpha 0: word 1 occurs in neither class, word 0 only in the positive one, word 3 only in the other
    model = fitted(student, np.array([[0, 0, 1, 2, 1], [2, 0, 1, 0, 1]]), np.array([0, 1]), 0.0)
    expect_close(student.naive_bayes.most_informative(model, 5), [0, 1, 2, 4, 3])


def test_most_informative_returns_python_ints(student):
    ids = student.naive_bayes.most_informative(distinct_model(student), 2)
    expect_type(ids, list)
    for number in ids:
        expect_type(number, int, "an id")


def test_most_informative_leaves_the_model_alone(student):
    model = distinct_model(student)
    generators, table = student.generators(), model.feature_log_prob_
    student.naive_bayes.most_informative(model, 3)
    expect_equal(model.feature_log_prob_, table, "feature_log_prob_ after the call")
    expect_equal(student.generators(), generators, "the state of the global generators")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((0,), "k"),
        ((-2,), "k"),
        ((2, 3, 0), "positive"),
        ((2, -1, 0), "positive"),
        ((2, 1, 3), "negative"),
        ((2, 1, -1), "negative"),
    ],
)
def test_most_informative_refuses_impossible_arguments(student, arguments, name):
    model = distinct_model(student)
    with expect_error(ValueError, naming=name):
        student.naive_bayes.most_informative(model, *arguments)
