"""Public checks of sentiment.py (bonus)."""

import torch

from grader.checking.expect import expect_equal, expect_tensor


def test_sentiment_worked_example(student):
    model = student.sentiment.SentimentClassifier(1000, 50, 64)
    count = sum(weight.numel() for weight in model.state_dict().values())
    expect_equal(count, 208_978, {"en": "the number of weights", "ko": "가중치의 수"})
    logits = model(torch.tensor([[1, 2, 3], [4, 5, 0]]), torch.tensor([3, 2]))
    expect_tensor(logits, (2, 2), what={"en": "the logits", "ko": "로짓"})
