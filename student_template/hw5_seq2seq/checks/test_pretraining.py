"""Public checks of pretraining.py (bonus)."""

import torch

from grader.checking.expect import expect_close, expect_tensor


def test_masked_word_loss_worked_example(student):
    logits = torch.tensor([[[2.0, 0.0], [5.0, 5.0], [0.0, 1.0]]], dtype=torch.float64)
    labels = torch.tensor([[0, -100, 0]])
    expect_close(student.pretraining.masked_word_loss(logits, labels), 0.720095, atol=1e-6)


def test_next_sentence_loss_worked_example(student):
    logits = torch.tensor([[0.0, 2.0], [0.0, 2.0]], dtype=torch.float64)
    value = student.pretraining.next_sentence_loss(logits, torch.tensor([True, False]))
    expect_close(value, 1.126928, atol=1e-6)


def test_bert_worked_example(student):
    model = student.pretraining.BERT(20, 8, 2, 1, 16, 10)
    ids, segments = torch.tensor([[1, 5, 6, 2, 7, 2]]), torch.tensor([[0, 0, 0, 0, 1, 1]])
    words, follows = model(ids, segments, torch.tensor([6]))
    expect_tensor(words, (1, 6, 20), what={"en": "the word logits", "ko": "단어의 로짓"})
    expect_tensor(
        follows, (1, 2), what={"en": "the next-sentence logits", "ko": "다음 문장의 로짓"}
    )


def test_bert_parameters_worked_example(student):
    count = student.pretraining.bert_parameters
    expect_close(count(20, 1, 8, 10), 1216, what={"en": "the small one", "ko": "작은 모델"})
    expect_close(
        count(30_522, 12, 768), 109_482_240, atol=0.5, what={"en": "BERT base", "ko": "BERT base"}
    )
