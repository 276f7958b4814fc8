"""Public checks of evaluate.py."""

from grader.checking.expect import expect_close, expect_equal


def test_accuracy_worked_example(student):
    value = student.evaluate.accuracy([["N", "V"], ["N", "V"]], [["N", "V"], ["N", "N"]])
    expect_close(value, 0.75, what={"en": "the accuracy", "ko": "정확도"})


def test_known_unknown_worked_example(student):
    rows = [["N", "V", "N"]], [["N", "N", "N"]], [["a", "b", "c"]]
    result = student.evaluate.known_unknown_accuracy(*rows, {"a", "b"})
    expect_close(
        list(result),
        [1 / 2, 1],
        what={"en": "the accuracy of (known, unknown) words", "ko": "(아는, 모르는) 단어의 정확도"},
    )


def test_spans_worked_example(student):
    rows = [
        ["B-PER", "I-PER", "O", "B-LOC", "O", "I-ORG"],
        ["I-LOC", "O", "B-PER", "I-PER"],
    ]
    expected = [
        [("PER", 0, 2), ("LOC", 3, 4), ("ORG", 5, 6)],
        [("LOC", 0, 1), ("PER", 2, 4)],
    ]
    found = student.map(student.evaluate.spans, [(tags,) for tags in rows])
    expect_equal(
        [[tuple(span) for span in each] for each in found],
        expected,
        {"en": "the list of spans of two sentences", "ko": "두 문장의 구간 목록"},
    )


def test_span_f1_worked_example(student):
    gold = [["B-PER", "I-PER", "O", "B-LOC", "O", "I-ORG"]]
    predicted = [["B-PER", "I-PER", "O", "B-ORG", "O", "B-ORG"]]
    result = student.evaluate.span_f1(gold, predicted)
    expect_close(
        list(result),
        [2 / 3] * 3,
        what={"en": "(precision, recall, F1)", "ko": "(정밀도, 재현율, F1)"},
    )


def test_confusions_worked_example(student):
    gold, predicted = [["A", "A", "B", "B"]], [["B", "B", "A", "B"]]
    found = student.evaluate.confusions(gold, predicted, 5)
    expected = [("A", "B", 2), ("B", "A", 1)]
    expect_equal(
        [tuple(each) for each in found],
        expected,
        {"en": "the list of confusions", "ko": "혼동 목록"},
    )


def test_tagger_worked_example(student):
    tagger = student.evaluate.train_tagger(
        [
            [("나는", "PRON"), ("갔다", "VERB")],
            [("나는", "PRON"), ("왔다", "VERB")],
            [("너는", "PRON"), ("갔다", "VERB")],
        ]
    )
    expect_equal(
        list(tagger.tag(["우리는", "먹었다"])),
        ["PRON", "VERB"],
        {"en": "the list of tags", "ko": "태그 목록"},
    )
    # with a sentence that begins with the verb, 는 and 다 alone decide: 0.0143 against 0.0004
    turned = student.evaluate.train_tagger(
        [
            [("나는", "PRON"), ("갔다", "VERB")],
            [("나는", "PRON"), ("왔다", "VERB")],
            [("너는", "PRON"), ("갔다", "VERB")],
            [("갔다", "VERB"), ("나는", "PRON")],
        ],
        min_count=2,
    )
    expect_equal(
        list(turned.tag(["먹었다", "우리는"])),
        ["VERB", "PRON"],
        {"en": "the list of tags after a fourth sentence", "ko": "넷째 문장을 더한 뒤의 태그 목록"},
    )
