"""Public checks of lstm_seq2seq.py (bonus)."""

import torch

from grader.checking.expect import expect_equal, expect_tensor


def test_lstm_seq2seq_worked_example(student):
    model = student.lstm_seq2seq.LSTMSeq2Seq(10, 12, 4, 8)
    count = sum(weight.numel() for weight in model.state_dict().values())
    expect_equal(count, 2244, {"en": "the number of weights", "ko": "가중치의 수"})
    src, lengths = torch.tensor([[3, 4, 5], [6, 7, 0]]), torch.tensor([3, 2])
    logits = model(src, lengths, torch.tensor([[1, 3, 4, 2], [1, 5, 2, 0]]))
    expect_tensor(logits, (2, 3, 12), what={"en": "the logits", "ko": "로짓"})
