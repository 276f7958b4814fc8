"""Public checks of model.py."""

import math

import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor, expect_true


def test_model_shapes(student):
    model = student.model.LSTMLanguageModel(11, 4, 6, num_layers=2)
    logits, state = model(torch.zeros(5, 3, dtype=torch.int64))
    expect_tensor(logits, (5, 3, 11), what={"en": "the logit tensor", "ko": "로짓"})
    again, _ = model(torch.zeros(1, 3, dtype=torch.int64), state)
    expect_tensor(
        again,
        (1, 3, 11),
        what={"en": "the logit tensor of one more step", "ko": "한 단계 더 읽었을 때의 로짓"},
    )


def test_detach_worked_example(student):
    model = student.model.LSTMLanguageModel(11, 4, 6)
    _, state = model(torch.arange(15).view(5, 3) % 11)
    more = torch.tensor([[1, 2, 3]])
    wanted, _ = model(more, state)
    parts = list(state) if isinstance(state, tuple | list) else []
    if parts and all(isinstance(part, torch.Tensor) for part in parts):  # its form is your business
        ones = [torch.ones_like(part) for part in parts]
        found = student.gradients(student.model.detach, [state], ones).by_argument
        expect_true(
            any(g is None or not bool((g != 0).any()) for g in found),
            {
                "en": "detach must cut the state from what came before it: a gradient still flows back",
                "ko": "detach는 상태를 그 앞의 계산에서 끊어야 합니다. 기울기가 아직 뒤로 흐릅니다",
            },
        )
    got, _ = model(more, student.model.detach(state))
    expect_close(
        got, wanted, what={"en": "the logit tensor after detach", "ko": "detach 뒤의 로짓"}
    )


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
    expect_close(
        got,
        math.exp(nll),
        rtol=1e-4,
        what={"en": "the perplexity (by your own logits)", "ko": "펄플렉시티(여러분의 로짓 기준)"},
    )


def test_train_worked_example(student):
    ids = torch.tensor([2, 3, 4] * 200)  # what follows is certain
    model, perplexities = student.model.train(
        ids, 5, embed_size=8, hidden_size=8, bptt=5, batch_size=4, epochs=4
    )
    logits, _ = model(torch.tensor([[2], [3], [4]]))
    expect_equal(
        logits[:, 0].argmax(dim=1).tolist(),
        [3, 4, 2],
        {"en": "the list of most probable next ids", "ko": "확률이 가장 높은 다음 id"},
    )
    expect_true(
        perplexities[-1] < 2.5,
        {
            "en": "a cycle of three words must be learnt to a perplexity near 1",
            "ko": "세 단어가 되풀이되는 글에서는 펄플렉시티가 1에 가까워야 합니다",
        },
    )


def test_generate_worked_example(student):
    model = student.model.LSTMLanguageModel(7, 4, 6)
    greedy = student.model.generate(model, [1, 2, 3], 5, temperature=0)
    text = [1, 2, 3]
    for number in range(5):
        logits, _ = model(torch.tensor(text)[:, None])
        wanted = int(logits[-1, 0].argmax())
        expect_close(
            greedy[number],
            wanted,
            what={
                "en": f"new id {number} (by your own logits)",
                "ko": f"새 id {number}(여러분의 로짓 기준)",
            },
        )
        text.append(wanted)


def test_generate_with_top_k_1(student):
    model = student.model.LSTMLanguageModel(7, 4, 6)
    one, two = (student.model.generate(model, [1, 2], 20, t, top_k=1) for t in (0.1, 10.0))
    expect_true(len(one) > 0, {"en": "the list of ids is empty", "ko": "id 목록이 비어 있습니다"})
    expect_close(
        one,
        two,
        what={
            "en": "the id list with top_k 1 at temperature 0.1 (compared with 10)",
            "ko": "top_k 1, temperature 0.1의 id(temperature 10과 비교)",
        },
    )
