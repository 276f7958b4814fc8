"""Public checks of evaluate.py."""

from grader.checking.expect import expect_close, expect_equal, expect_type


def test_accuracy_worked_example(student):
    value = student.evaluate.accuracy([["N", "V"], ["N", "V"]], [["N", "V"], ["N", "N"]])
    expect_type(value, float, "the accuracy")
    expect_close(value, 0.75, what="the accuracy")


def test_spans_worked_example(student):
    expect_equal(
        student.evaluate.spans(["B-PER", "I-PER", "O", "B-LOC", "O", "I-ORG"]),
        [("PER", 0, 2), ("LOC", 3, 4), ("ORG", 5, 6)],
        "the spans",
    )


def test_span_f1_worked_example(student):
    gold = [["B-PER", "I-PER", "O", "B-LOC", "O", "I-ORG"]]
    predicted = [["B-PER", "I-PER", "O", "B-ORG", "O", "B-ORG"]]
    result = student.evaluate.span_f1(gold, predicted)
    expect_type(result, tuple)
    expect_close(list(result), [2 / 3] * 3, what="precision, recall and F1")


def test_confusions_worked_example(student):
    gold, predicted = [["A", "A", "B", "B"]], [["B", "B", "A", "B"]]
    expect_equal(
        student.evaluate.confusions(gold, predicted, 5),
        [("A", "B", 2), ("B", "A", 1)],
        "the confusions",
    )


def test_tagger_worked_example(student):
    tagger = student.evaluate.train_tagger(
        [
            [("나는", "PRON"), ("갔다", "VERB")],
            [("나는", "PRON"), ("왔다", "VERB")],
            [("너는", "PRON"), ("갔다", "VERB")],
        ]
    )
    expect_equal(tagger.tag(["우리는", "먹었다"]), ["PRON", "VERB"], "the tags")
