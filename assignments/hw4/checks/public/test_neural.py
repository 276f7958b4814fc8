"""Public checks of neural.py (bonus)."""

from grader.checking.expect import expect_equal


def test_neural_tagger_worked_example(student):
    sentences = [[("새가", "NOUN"), ("난다", "VERB")], [("강이", "NOUN"), ("흐른다", "VERB")]]
    words = ["강이", "난다", "새가", "흐른다"]
    tagger = student.neural.BiLSTMTagger(words, ["NOUN", "VERB"], 8, 8, 8)
    tagger.fit(sentences * 10)
    expect_equal(
        list(tagger.tag(["새가", "흐른다"])),
        ["NOUN", "VERB"],
        {"en": "the list of tags", "ko": "태그 목록"},
    )
