"""Public checks of model.py."""

import math

import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor


def test_model_shapes(student):
    model = student.model.LSTMLanguageModel(11, 4, 6, num_layers=2)
    logits, state = model(torch.zeros(5, 3, dtype=torch.int64))
    expect_tensor(logits, (5, 3, 11), what="the logits")
    again, _ = model(torch.zeros(1, 3, dtype=torch.int64), state)
    expect_tensor(again, (1, 3, 11), what="the logits of one more step")


def test_detach_worked_example(student):
    model = student.model.LSTMLanguageModel(11, 4, 6)
    _, state = model(torch.arange(15).view(5, 3) % 11)
    more = torch.tensor([[1, 2, 3]])
    wanted, _ = model(more, state)
    got, _ = model(more, student.model.detach(state))
    expect_close(got, wanted, what="the logits after detach")


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
    expect_close(got, math.exp(nll), rtol=1e-4, what="the perplexity by your own logits")


def test_train_worked_example(student):
    ids = torch.tensor([2, 3, 4] * 200)  # what follows is certain
    model, perplexities = student.model.train(
        ids, 5, embed_size=8, hidden_size=8, bptt=5, batch_size=4, epochs=4
    )
    logits, _ = model(torch.tensor([[2], [3], [4]]))
    expect_equal(logits[:, 0].argmax(dim=1).tolist(), [3, 4, 2], "the most probable next ids")
    assert perplexities[-1] < 2.5, "a cycle of three words must be learnt to a perplexity near 1"


def test_generate_worked_example(student):
    model = student.model.LSTMLanguageModel(7, 4, 6)
    greedy = student.model.generate(model, [1, 2, 3], 5, temperature=0)
    text = [1, 2, 3]
    for number in range(5):
        logits, _ = model(torch.tensor(text)[:, None])
        wanted = int(logits[-1, 0].argmax())
        expect_close(greedy[number], wanted, what=f"new id {number}, by your own logits")
        text.append(wanted)


def test_generate_with_top_k_1(student):
    model = student.model.LSTMLanguageModel(7, 4, 6)
    one, two = (student.model.generate(model, [1, 2], 5, t, top_k=1) for t in (0.5, 2.0))
    expect_close(one, two, what="the ids with top_k 1 at temperature 0.5, against those at 2")
