"""Public checks of model.py."""

import math

import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor, expect_type


def test_model_shapes(student):
    model = student.model.LSTMLanguageModel(11, 4, 6, num_layers=2)
    logits, state = model(torch.zeros(5, 3, dtype=torch.int64))
    expect_tensor(logits, (5, 3, 11), "float32", "the logits")
    again, _ = model(torch.zeros(1, 3, dtype=torch.int64), student.model.detach(state))
    expect_tensor(again, (1, 3, 11), "float32", "the logits of one more step")


def test_evaluate_worked_example(student):
    model = student.model.LSTMLanguageModel(11, 4, 6)
    data = torch.arange(24).view(8, 3) % 11
    # windows of 3, 3 and 1 rows, the state carried over
    first, state = model(data[:3])
    second, state = model(data[3:6], state)
    third, _ = model(data[6:7], state)
    logs = torch.log_softmax(torch.cat([first, second, third]).double(), dim=-1)
    nll = -logs.gather(2, data[1:, :, None]).mean().item()
    got = student.model.evaluate(model, data, 3)
    expect_type(got, float, "the perplexity")
    expect_close(got, math.exp(nll), rtol=1e-4, what="the perplexity by your own logits")


def test_train_worked_example(student):
    ids = torch.tensor([2, 3, 4] * 200)  # what follows is certain
    model, perplexities = student.model.train(
        ids, 5, embed_size=8, hidden_size=8, bptt=5, batch_size=4, epochs=4
    )
    expect_equal(len(perplexities), 4, "the number of perplexities, one after each epoch")
    assert perplexities[-1] < 2.5, "a cycle of three words must be learnt to a perplexity near 1"
    logits, _ = model(torch.tensor([[2], [3], [4]]))
    expect_equal(logits[:, 0].argmax(dim=1).tolist(), [3, 4, 2], "the most probable next ids")


def test_generate_worked_example(student):
    model = student.model.LSTMLanguageModel(7, 4, 6)
    greedy = student.model.generate(model, [1, 2, 3], 5, temperature=0)
    expect_equal([type(i) for i in greedy], [int] * 5, "the types of the new ids")
    expect_equal(
        student.model.generate(model, [1, 2, 3], 5, top_k=1, seed=4), greedy, "with top_k 1"
    )
