"""Public checks of crf_tagger.py (bonus)."""

import torch

from grader.checking.expect import expect_close, expect_equal


def test_crf_viterbi_worked_example(student):
    emissions = torch.tensor([[1.0, 0.0], [0.0, 0.5]], dtype=torch.float64)
    transitions = torch.tensor([[0.2, 1.0], [0.0, -0.3]], dtype=torch.float64)
    path, score = student.crf_tagger.crf_viterbi(emissions, transitions)
    expect_close(path, [0, 1], what={"en": "the best path", "ko": "가장 좋은 경로"})
    expect_close(score, 2.5, what={"en": "its score", "ko": "그 점수"})
    path, score = student.crf_tagger.crf_viterbi(0 * emissions, transitions)
    expect_close(
        path, [0, 1], what={"en": "the path without emissions", "ko": "방출이 0일 때의 경로"}
    )
    expect_close(score, 1.0, what={"en": "its score", "ko": "그 점수"})


def test_bilstm_crf_worked_example(student):
    sentences = [[("새가", "NOUN"), ("난다", "VERB")], [("강이", "NOUN"), ("흐른다", "VERB")]]
    tagger = student.crf_tagger.BiLSTMCRF(
        ["강이", "난다", "새가", "흐른다"], ["NOUN", "VERB"], 8, 8
    )
    tagger.fit(sentences * 8)
    expect_equal(
        list(tagger.tag(["새가", "흐른다"])),
        ["NOUN", "VERB"],
        {"en": "the list of tags", "ko": "태그 목록"},
    )
