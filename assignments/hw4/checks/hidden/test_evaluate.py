"""Hidden checks of the figures in evaluate.py."""

import numpy as np
import pytest

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_type,
)


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
    expect_close(student.evaluate.accuracy(gold, predicted), 2 / 5, what="the accuracy")


def test_accuracy_of_all_right_and_of_all_wrong(student):
    gold = [["A", "B"], ["C"]]
    expect_close(student.evaluate.accuracy(gold, gold), 1.0, what="the accuracy of what is right")
    got = student.evaluate.accuracy(gold, [["B", "A"], ["A"]])
    expect_close(got, 0.0, what="the accuracy of what is wrong")


def test_accuracy_takes_empty_sentences(student):
    got = student.evaluate.accuracy([["A"], [], ["B", "A"]], [["A"], [], ["A", "A"]])
    expect_close(got, 2 / 3, what="the accuracy")


def expect_known(student, gold, predicted, words, known, expected):
    result = student.evaluate.known_unknown_accuracy(gold, predicted, words, known)
    expect_close(list(result), expected, what="the accuracies of known and unknown words")


def test_known_and_unknown_words_apart(student):
    words = [["a", "c"], ["d", "b", "e"], ["f"]]
    gold, predicted = [["X", "X"], ["X", "Y", "Y"], ["Y"]], [["X", "X"], ["Y", "X", "Y"], ["X"]]
    expect_known(student, gold, predicted, words, {"a", "b"}, [1 / 2, 2 / 4])
    expect_known(student, gold, predicted, words, {"a", "c", "d"}, [2 / 3, 1 / 3])


def test_known_words_as_they_are_written(student):
    rows = [["X", "Y", "X"]], [["X", "X", "X"]], [["a", "A", "B"]]
    expect_known(student, *rows, {"a", "b"}, [1.0, 1 / 2])


def test_known_words_count_each_time(student):
    rows = [["X", "X", "Y", "Y", "X"]], [["X", "X", "X", "X", "X"]], [["a", "b", "a", "b", "c"]]
    expect_known(student, *rows, {"a"}, [1 / 2, 2 / 3])


def test_known_or_unknown_words_that_do_not_occur(student):
    rows = [["X", "Y"]], [["X", "X"]], [["a", "b"]]
    expect_known(student, *rows, set(), [0.0, 0.5])
    expect_known(student, *rows, {"a", "b", "c"}, [0.5, 0.0])
    expect_known(student, [], [], [], {"a"}, [0.0, 0.0])


# ---- spans --------------------------------------------------------------------------------------


def found_spans(student, sentences):
    """The spans of each sentence as tuples."""
    found = student.map(student.evaluate.spans, [(tags,) for tags in sentences])
    return [[tuple(span) for span in spans] for spans in found]


def expect_spans(student, *sentences):
    for tags, spans in zip(sentences, found_spans(student, sentences), strict=True):
        expect_equal(spans, own_spans(tags), f"the spans of {' '.join(tags)}")


def test_spans_begin_where_nothing_is_continued(student):
    expect_spans(student, ["I-X", "I-X", "O"], ["O", "I-X", "O"], ["B-X", "O", "I-X", "I-X", "O"])


def test_spans_begin_at_another_type(student):
    expect_spans(student, ["B-X", "I-Y", "I-Y", "I-X", "O"], ["B-Y", "I-X", "B-X", "I-Y", "O"])


def test_spans_begin_anew_at_every_b(student):
    expect_spans(student, ["B-X", "B-X", "I-X", "B-Y", "B-X", "O"])


def test_spans_reach_to_the_last_word(student):
    expect_spans(student, ["O", "B-X", "I-X"], ["B-X"])


def test_spans_of_nothing(student):
    expect_spans(student, [], ["O"], ["O", "O", "O"])


def test_spans_with_a_hyphen_in_the_type(student):
    expect_spans(student, ["B-NOUN-PROPER", "I-NOUN-PROPER", "I-NOUN", "O"])


def test_spans_tell_small_letters_from_capitals(student):
    expect_spans(student, ["B-X", "I-x", "I-x", "I-X", "O"])


def test_spans_of_well_formed_tags(student):
    draw, sentences = np.random.default_rng(1), []
    for _ in range(30):
        tags = []
        for _ in range(3):
            kind, outside, more = (
                str(draw.choice(["X", "Y"])),
                draw.integers(0, 3),
                draw.integers(0, 3),
            )
            tags += ["O"] * int(outside) + [f"B-{kind}"] + [f"I-{kind}"] * int(more)
        sentences.append([*tags, "O"])
    expect_spans(student, *sentences)


def test_spans_are_a_list_of_tuples(student):
    found = student.evaluate.spans(["B-X", "I-X", "O", "B-Y"])
    expect_equal(found, [("X", 0, 2), ("Y", 3, 4)], "the spans")


def test_span_f1_counts_exact_spans_of_all_sentences(student):
    names = ("O", "B-X", "I-X")
    for seed in range(20, 26):
        gold, predicted = some_tags(seed, names), some_tags(seed + 50, names)
        gold[1], predicted[1] = predicted[1][:], predicted[1]
        true, said = (
            {(n, s) for n, tags in enumerate(rows) for s in own_spans(tags)}
            for rows in (gold, predicted)
        )
        hits = len(true & said)
        expected = [hits / len(said), hits / len(true), 2 * hits / (len(said) + len(true))]
        result = student.evaluate.span_f1(gold, predicted)
        expect_close(list(result), expected, what="precision, recall and F1")


def test_span_f1_tells_precision_from_recall(student):
    gold, predicted = [["B-X", "O", "O", "B-Y"]], [["B-X", "O", "O", "O"]]
    result = student.evaluate.span_f1(gold, predicted)
    expect_close(list(result), [1.0, 0.5, 2 / 3], what="precision, recall and F1")


def expect_one_right(student, gold, predicted, spans):
    """A sentence more has the only right span, of `spans` in gold and as many predicted."""
    result = student.evaluate.span_f1([*gold, ["B-Z"]], [*predicted, ["B-Z"]])
    what = f"the values for {spans} spans of which one is right"
    expect_close(list(result), [1 / spans] * 3, what=what)


def test_span_f1_needs_the_right_sentence(student):
    gold, predicted = [["B-X", "I-X", "O"], ["O"] * 3], [["O"] * 3, ["B-X", "I-X", "O"]]
    expect_one_right(student, gold, predicted, spans=2)


def test_span_f1_needs_the_right_type(student):
    expect_one_right(student, [["B-X", "O", "B-Y"]], [["B-Y", "O", "B-X"]], spans=3)


def test_span_f1_needs_the_right_start_and_end(student):
    gold = [["B-X", "I-X", "O"], ["B-X", "I-X", "I-X"]]
    expect_one_right(student, gold, [["B-X", "O", "O"], ["O", "B-X", "I-X"]], spans=3)


def test_span_f1_is_zero_where_undefined(student):
    for gold, predicted in (
        ([["O"]], [["O"]]),
        ([["B-X"]], [["O"]]),
        ([["O"]], [["B-X"]]),
        ([["B-X"]], [["B-Y"]]),
    ):
        result = student.evaluate.span_f1(gold, predicted)
        expect_close(list(result), [0.0] * 3, what="the values for spans of which none is right")


def test_span_f1_is_a_tuple_of_floats(student):
    for gold, predicted in (([["B-X", "O"]], [["B-X", "B-X"]]), ([["B-X"]], [["B-X"]])):
        result = student.evaluate.span_f1(gold, predicted)
        expect_type(result, tuple, "the result")
        for value in result:
            expect_type(value, float, "a figure")


# ---- confusions ---------------------------------------------------------------------------------


def expect_confusions(student, gold, predicted, k, expected):
    found = [tuple(each) for each in student.evaluate.confusions(gold, predicted, k)]
    expect_equal(found, expected, f"the confusions for k = {k}")


# every error occurs a different number of times
ERRORS = {("C", "A"): 5, ("A", "B"): 4, ("B", "C"): 3, ("A", "C"): 2, ("B", "A"): 1}
MOST = [(gold, predicted, count) for (gold, predicted), count in ERRORS.items()]


def some_errors():
    """Gold and predicted tags with these errors, and as many right tokens, in any order."""
    pairs = [pair for pair, count in ERRORS.items() for _ in range(count)]
    pairs += [(gold, gold) for gold, _ in pairs]
    pairs = [pairs[i] for i in np.random.default_rng(40).permutation(len(pairs))]
    rows = pairs[:13], pairs[13:14], pairs[14:]
    return tuple([[pair[side] for pair in row] for row in rows] for side in (0, 1))


def test_confusions_are_the_most_frequent_errors(student):
    for k in (5, 99):
        expect_confusions(student, *some_errors(), k, MOST)


def test_confusions_are_the_first_k(student):
    for k in (1, 3):
        expect_confusions(student, *some_errors(), k, MOST[:k])


def test_confusions_of_equal_number_come_by_name(student):
    gold = [["B", "A", "A", "B", "C", "C"]]
    predicted = [["A", "C", "B", "C", "A", "A"]]
    expected = [("C", "A", 2), ("A", "B", 1), ("A", "C", 1), ("B", "A", 1), ("B", "C", 1)]
    expect_confusions(student, gold, predicted, 9, expected)


def test_confusions_of_equal_number_at_the_k_th_place(student):
    gold = [["B", "A", "A", "B", "C", "C"]]
    predicted = [["A", "C", "B", "C", "A", "A"]]
    expect_confusions(student, gold, predicted, 2, [("C", "A", 2), ("A", "B", 1)])
    expect_confusions(student, [["B", "A"]], [["A", "B"]], 1, [("A", "B", 1)])


def test_confusions_are_gold_then_predicted(student):
    expect_confusions(student, [["N", "N", "V"]], [["V", "V", "V"]], 9, [("N", "V", 2)])


def test_confusions_of_a_perfect_tagger(student):
    expect_confusions(student, [["A", "B"]], [["A", "B"]], 3, [])


def test_confusions_are_a_list_of_tuples(student):
    found = student.evaluate.confusions([["N", "N", "V"]], [["V", "V", "V"]], 2)
    expect_equal(found, [("N", "V", 2)], "the confusions")


# ---- all of them --------------------------------------------------------------------------------


def test_accuracy_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.evaluate.accuracy, some_tags(60), some_tags(61))


def test_known_unknown_leaves_its_arguments_alone(student):
    rows = some_tags(60), some_tags(61), some_tags(62, ("a", "b", "c"))
    expect_left_alone(student, student.evaluate.known_unknown_accuracy, *rows, {"a", "b"})


def test_spans_leave_their_argument_alone(student):
    expect_left_alone(student, student.evaluate.spans, some_tags(60)[1])


def test_span_f1_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.evaluate.span_f1, some_tags(60), some_tags(61))


def test_confusions_leave_their_arguments_alone(student):
    expect_left_alone(student, student.evaluate.confusions, some_tags(60), some_tags(61), 3)


def test_accuracy_is_a_float(student):
    for predicted in ([["A"]], [["B"]]):
        expect_type(student.evaluate.accuracy([["A"]], predicted), float, "the accuracy")


def test_known_unknown_is_a_tuple_of_floats(student):
    for known in ({"a"}, set(), {"a", "b"}):
        rows = [["X", "Y"]], [["X", "X"]], [["a", "b"]]
        result = student.evaluate.known_unknown_accuracy(*rows, known)
        expect_type(result, tuple, "the result")
        for value in result:
            expect_type(value, float, "an accuracy")


LENGTHS = [
    ([["A", "B"]], [["A"]]),
    ([["A"], ["B"]], [["A"]]),
    ([["A"], ["B", "C"]], [["A", "B"], ["C"]]),
]


@pytest.mark.parametrize(("gold", "predicted"), LENGTHS)
def test_accuracy_refuses_lengths_that_differ(student, gold, predicted):
    with expect_error(ValueError, naming=("gold", "predicted")):
        student.evaluate.accuracy(gold, predicted)


@pytest.mark.parametrize(("gold", "predicted"), LENGTHS)
def test_known_unknown_refuses_lengths_that_differ(student, gold, predicted):
    for rows in ((gold, gold, predicted), (gold, predicted, gold), (predicted, gold, gold)):
        with expect_error(ValueError, naming=("gold", "predicted", "words")):
            student.evaluate.known_unknown_accuracy(*rows, {"A"})


@pytest.mark.parametrize(("gold", "predicted"), LENGTHS)
def test_span_f1_refuses_lengths_that_differ(student, gold, predicted):
    with expect_error(ValueError, naming=("gold", "predicted")):
        student.evaluate.span_f1(gold, predicted)


@pytest.mark.parametrize(("gold", "predicted"), LENGTHS)
def test_confusions_refuse_lengths_that_differ(student, gold, predicted):
    with expect_error(ValueError, naming=("gold", "predicted")):
        student.evaluate.confusions(gold, predicted, 3)


def test_accuracy_refuses_no_tokens(student):
    for nothing in ([], [[]]):
        with expect_error(ValueError, naming=("gold", "predicted")):
            student.evaluate.accuracy(nothing, nothing)


def test_confusions_refuse_no_number(student):
    for k in (0, -1):
        with expect_error(ValueError, naming="k"):
            student.evaluate.confusions([["A"]], [["B"]], k)
