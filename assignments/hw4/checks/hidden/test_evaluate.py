"""Hidden checks of the figures in evaluate.py."""

from collections import Counter

import numpy as np
import pytest

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_type


def some_tags(seed, names=("O", "B-X", "I-X", "B-Y", "I-Y"), lengths=(4, 9, 1, 6)):
    draw = np.random.default_rng(seed)
    return [[str(draw.choice(names)) for _ in range(n)] for n in lengths]


def own_spans(tags):
    """A machine with one open span at most."""
    found, kind, start = [], None, 0
    for i, tag in enumerate([*tags, "O"]):
        if kind is not None and tag != f"I-{kind}":
            found.append((kind, start, i))
            kind = None
        if kind is None and tag != "O":
            kind, start = tag[2:], i
    return found


# ---- accuracy -----------------------------------------------------------------------------------


def test_accuracy_counts_tokens_not_sentences(student):
    gold, predicted = [["A"], ["B", "B", "B"], ["A"]], [["A"], ["A", "A", "A"], ["A"]]
    value = student.evaluate.accuracy(gold, predicted)
    expect_type(value, float, "the accuracy")
    expect_close(value, 2 / 5, what="the accuracy")
    expect_equal(student.evaluate.accuracy(gold, gold), 1.0, "the accuracy of what is right")
    expect_equal(student.evaluate.accuracy([["A"]], [["B"]]), 0.0, "the accuracy of what is wrong")


def test_known_and_unknown_words_apart(student):
    words = [["a", "b", "c"], ["a", "d"], ["B"]]
    gold, predicted = [["X", "Y", "X"], ["X", "Y"], ["Y"]], [["X", "X", "X"], ["Y", "Y"], ["Y"]]
    result = student.evaluate.known_unknown_accuracy(gold, predicted, words, {"a", "b"})
    expect_type(result, tuple, "the result")
    for value in result:
        expect_type(value, float, "an accuracy")
    expect_close(list(result), [1 / 3, 1.0], what="the accuracies of known and unknown words")


def test_known_or_unknown_words_that_do_not_occur(student):
    gold, predicted, words = [["X", "Y"]], [["X", "X"]], [["a", "b"]]
    for known, expected in ((set(), (0.0, 0.5)), ({"a", "b", "c"}, (0.5, 0.0))):
        result = student.evaluate.known_unknown_accuracy(gold, predicted, words, known)
        expect_equal(result, expected, "the accuracies of known and unknown words")


# ---- spans --------------------------------------------------------------------------------------


def test_spans_begin_where_nothing_is_continued(student):
    cases = {
        "I- at the start": ["I-X", "I-X", "O"],
        "I- after O": ["O", "I-X", "I-X"],
        "I- of a different type": ["B-X", "I-Y", "I-Y", "I-X"],
        "I- of a type in small letters": ["B-X", "I-x", "I-x", "I-X"],
    }
    got = student.map(student.evaluate.spans, [(tags,) for tags in cases.values()])
    for (what, tags), result in zip(cases.items(), got, strict=True):
        expect_equal(result, own_spans(tags), f"the spans with {what}")


def test_spans_begin_anew_at_every_b(student):
    expect_equal(
        student.evaluate.spans(["B-X", "B-X", "I-X", "B-Y", "B-X"]),
        [("X", 0, 1), ("X", 1, 3), ("Y", 3, 4), ("X", 4, 5)],
        "the spans",
    )


def test_spans_reach_to_the_last_word(student):
    expect_equal(student.evaluate.spans(["O", "B-X", "I-X"]), [("X", 1, 3)], "the spans")


def test_spans_of_nothing(student):
    for tags in ([], ["O"], ["O", "O", "O"]):
        expect_equal(student.evaluate.spans(tags), [], f"the spans of {tags}")


def test_spans_with_a_hyphen_in_the_type(student):
    expect_equal(
        student.evaluate.spans(["B-NOUN-PROPER", "I-NOUN-PROPER", "I-NOUN"]),
        [("NOUN-PROPER", 0, 2), ("NOUN", 2, 3)],
        "the spans",
    )


def test_spans_of_any_tags(student):
    sentences = [tags for seed in range(10) for tags in some_tags(seed)]
    got = student.map(student.evaluate.spans, [(tags,) for tags in sentences])
    for tags, result in zip(sentences, got, strict=True):
        expect_equal(result, own_spans(tags), f"the spans of {' '.join(tags)}")


def test_span_f1_counts_exact_spans_of_all_sentences(student):
    for seed in range(20, 26):
        gold, predicted = some_tags(seed), some_tags(seed + 50)
        gold[1], predicted[1] = predicted[1][:], predicted[1]
        true, said = (
            {(n, s) for n, tags in enumerate(rows) for s in own_spans(tags)}
            for rows in (gold, predicted)
        )
        hits = len(true & said)
        expected = [hits / len(said), hits / len(true), 2 * hits / (len(said) + len(true))]
        result = student.evaluate.span_f1(gold, predicted)
        expect_type(result, tuple, "the result")
        for value in result:
            expect_type(value, float, "a figure")
        expect_close(list(result), expected, what="precision, recall and F1")


def test_span_f1_tells_precision_from_recall(student):
    gold, predicted = [["B-X", "O", "O", "B-Y"]], [["B-X", "O", "O", "O"]]
    result = student.evaluate.span_f1(gold, predicted)
    expect_close(list(result), [1.0, 0.5, 2 / 3], what="precision, recall and F1")


def test_span_f1_needs_the_right_sentence_type_and_end(student):
    gold = [["B-X", "I-X", "O"], ["O", "O", "O"], ["B-X", "O", "O"], ["B-X", "I-X", "I-X"]]
    predicted = [["B-X", "O", "O"], ["B-X", "I-X", "O"], ["B-Y", "O", "O"], ["O", "I-X", "I-X"]]
    result = student.evaluate.span_f1(gold, predicted)
    expect_equal(result, (0.0, 0.0, 0.0), "the values for spans of which none is right")


def test_span_f1_is_zero_where_undefined(student):
    for gold, predicted in (([["O"]], [["O"]]), ([["B-X"]], [["O"]]), ([["O"]], [["B-X"]])):
        result = student.evaluate.span_f1(gold, predicted)
        expect_equal(result, (0.0, 0.0, 0.0), "precision, recall and F1")


# ---- confusions ---------------------------------------------------------------------------------


def test_confusions_are_the_most_frequent_errors(student):
    names = ("A", "B", "C", "D")
    gold, predicted = some_tags(40, names, (30, 25, 1)), some_tags(41, names, (30, 25, 1))
    pairs = [p for rows in zip(gold, predicted, strict=True) for p in zip(*rows, strict=True)]
    counts = Counter((g, p) for g, p in pairs if g != p)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    expected = [(g, p, count) for (g, p), count in ordered]
    for k in (3, len(expected), 99):
        got = student.evaluate.confusions(gold, predicted, k)
        expect_equal(got, expected[:k], f"the confusions for k = {k}")


def test_confusions_of_equal_number_come_by_name(student):
    gold = [["B", "A", "A", "B", "C", "C"]]
    predicted = [["A", "C", "B", "C", "A", "A"]]
    expected = [("C", "A", 2), ("A", "B", 1), ("A", "C", 1), ("B", "A", 1), ("B", "C", 1)]
    expect_equal(student.evaluate.confusions(gold, predicted, 9), expected, "the confusions")


def test_confusions_are_gold_then_predicted(student):
    expect_equal(
        student.evaluate.confusions([["N", "N", "V"]], [["V", "V", "V"]], 1),
        [("N", "V", 2)],
        "the confusions",
    )


def test_confusions_of_a_perfect_tagger(student):
    expect_equal(student.evaluate.confusions([["A", "B"]], [["A", "B"]], 3), [], "the confusions")


# ---- all of them --------------------------------------------------------------------------------


def test_figures_leave_their_arguments_alone(student):
    gold, predicted = some_tags(60), some_tags(61)
    for name, more in (("accuracy", ()), ("span_f1", ()), ("confusions", (3,))):
        _, after = student.with_arguments(getattr(student.evaluate, name), gold, predicted, *more)
        expect_equal(after[:2], [gold, predicted], f"the tags after {name}")


@pytest.mark.parametrize(
    ("gold", "predicted"),
    [
        ([["A", "B"]], [["A"]]),
        ([["A"], ["B"]], [["A"]]),
        ([["A"], ["B", "C"]], [["A", "B"], ["C"]]),
    ],
)
def test_figures_refuse_lengths_that_differ(student, gold, predicted):
    for name, more in (("accuracy", ()), ("span_f1", ()), ("confusions", (3,))):
        with expect_error(ValueError, naming=("gold", "predicted")):
            getattr(student.evaluate, name)(gold, predicted, *more)
    with expect_error(ValueError, naming=("gold", "predicted", "words")):
        student.evaluate.known_unknown_accuracy(gold, gold, predicted, {"A"})


def test_accuracy_refuses_no_tokens(student):
    for nothing in ([], [[]]):
        with expect_error(ValueError, naming=("gold", "predicted")):
            student.evaluate.accuracy(nothing, nothing)


def test_confusions_refuse_no_number(student):
    with expect_error(ValueError, naming="k"):
        student.evaluate.confusions([["A"]], [["B"]], 0)
